/**
 * Amounts of attoFIL and attoHSM (10⁻¹⁸ of a coin) as branded integers.
 * On every wire (HTTP, Temporal, JSON, SQL parameters) an amount is its canonical decimal text.
 */

/** An amount in attoFIL or attoHSM. Never a `number`: 2⁵³ atto is less than a hundredth of a coin. */
export type Atto = bigint & { readonly __unit: 'atto' };

/** Canonical decimal text of an amount: no sign for ≥ 0, no leading zeros, no exponent, no point. */
export type AttoText = string & { readonly __unit: 'attoText' };

export const ATTO_PER_COIN = 10n ** 18n;

const CANONICAL = /^(?:0|[1-9][0-9]{0,38})$/;

/** Wraps an integer as an amount of atto. */
export function atto(value: bigint): Atto {
  return value as Atto;
}

/**
 * Reads the canonical decimal text of a non-negative amount in atto.
 * @returns the amount, or null where the text is not canonical (sign, leading zero, point, exponent, over 39 digits).
 */
export function parseAtto(text: unknown): Atto | null {
  if (typeof text !== 'string' || !CANONICAL.test(text)) return null;
  return atto(BigInt(text));
}

/** Reads a canonical amount that our own code wrote; throws where it is not one. */
export function attoFrom(text: string): Atto {
  const value = parseAtto(text);
  if (value === null) throw new RangeError(`not a canonical amount in atto: ${JSON.stringify(text)}`);
  return value;
}

/** The canonical decimal text of an amount in atto. */
export function attoText(value: bigint): AttoText {
  return value.toString() as AttoText;
}

/** Whole coins as atto: `coins(60_000n)` is 60,000 FIL. */
export function coins(whole: bigint): Atto {
  return atto(whole * ATTO_PER_COIN);
}

/**
 * Reads an amount in FIL as people write it ("1.5", at most 18 decimals, no grouping, no sign).
 * @returns the amount in atto, or null where it is not one or is finer than one atto.
 */
export function parseCoins(text: string): Atto | null {
  const match = /^(0|[1-9][0-9]{0,20})(?:\.([0-9]{1,18}))?$/.exec(text);
  if (!match) return null;
  return atto(BigInt(match[1] ?? '0') * ATTO_PER_COIN + BigInt((match[2] ?? '').padEnd(18, '0')));
}

/** Exact text in FIL, trailing zeros dropped: 1500000000000000000 → "1.5". Thousands are grouped by commas. */
export function formatCoins(value: bigint): string {
  const sign = value < 0n ? '-' : '';
  const size = value < 0n ? -value : value;
  const whole = (size / ATTO_PER_COIN).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = (size % ATTO_PER_COIN).toString().padStart(18, '0').replace(/0+$/, '');
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Rate versions and proposals as the API gives them; rates in ray as text. */

export interface RateValues {
  readonly base: string;
  readonly slope1: string;
  readonly slope2: string;
  readonly kink: string;
  readonly reserveFactor: string;
}

export interface Rate extends RateValues {
  readonly id: string;
  readonly poolId: string;
  readonly version: number;
  readonly fromEpoch: number;
  readonly approvalId: string | null;
  readonly createdAt: string;
  readonly state: string;
}

/** What each value is, in the order of a form. */
export const rateNames: readonly (readonly [keyof RateValues, string])[] = [
  ['base', 'Base rate'],
  ['slope1', 'Slope up to the kink'],
  ['slope2', 'Slope above the kink'],
  ['kink', 'Kink, utilisation'],
  ['reserveFactor', 'To the loss reserve'],
];

/** A text for each value. */
export function ratesBy(text: (field: keyof RateValues) => string): RateValues {
  return {
    base: text('base'),
    slope1: text('slope1'),
    slope2: text('slope2'),
    kink: text('kink'),
    reserveFactor: text('reserveFactor'),
  };
}

/** Borrow APR at a utilisation, as numbers: for pictures only. */
export function drawnApr(values: RateValues, utilisation: number): number {
  const [base, slope1, slope2, kink] = [values.base, values.slope1, values.slope2, values.kink].map(
    (ray) => Number(ray) / 1e27,
  ) as [number, number, number, number];
  if (utilisation <= kink) return base + (slope1 * utilisation) / kink;
  return base + slope1 + (slope2 * (utilisation - kink)) / (1 - kink);
}

/** The rates that an approval is about; null where it names none. */
export function ratesIn(
  subject: Readonly<Record<string, unknown>>,
): (RateValues & { readonly poolId: string }) | null {
  const { poolId, base, slope1, slope2, kink, reserveFactor } = subject;
  const texts = [poolId, base, slope1, slope2, kink, reserveFactor].map(String);
  if (texts.some((text) => text === 'undefined')) return null;
  const [pool = '', ...rates] = texts;
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = rates;
  return { poolId: pool, base: first, slope1: second, slope2: third, kink: fourth, reserveFactor: fifth };
}

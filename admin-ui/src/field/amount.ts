/** Amounts in atto as people read them. Text in, text out: no amount ever becomes a number. */

const decimals = 18;

export interface AmountText {
  readonly sign: '' | '−';
  readonly whole: string;
  /** the decimals shown */
  readonly fraction: string;
  /** true where digits were left out */
  readonly cut: boolean;
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * Cuts (never rounds) an amount in atto to some decimals: what is shown is always there.
 * @returns null where the text is not a whole number of atto.
 */
export function shortAmount(atto: string, shown = 4): AmountText | null {
  const match = /^(-?)(\d{1,60})$/.exec(atto);
  if (!match) return null;
  const digits = (match[2] ?? '').replace(/^0+(?=\d)/, '').padStart(decimals + 1, '0');
  const whole = digits.slice(0, -decimals);
  const fraction = digits.slice(-decimals);
  return {
    sign: match[1] === '-' ? '−' : '',
    whole: grouped(whole),
    fraction: fraction.slice(0, shown),
    cut: /[1-9]/.test(fraction.slice(shown)),
  };
}

/** As `shortAmount`, but an amount that four decimals would show as nothing is shown in full. */
export function legibleAmount(atto: string): AmountText | null {
  const short = shortAmount(atto);
  if (!short?.cut || /[1-9]/.test(short.whole + short.fraction)) return short;
  const full = shortAmount(atto, decimals);
  return full && { ...full, fraction: full.fraction.replace(/0+$/, '') };
}

/** The whole amount in coins without trailing zeros or grouping: what one would paste into a form. */
export function exactAmount(atto: string): string {
  const full = shortAmount(atto, decimals);
  if (!full) return atto;
  const fraction = full.fraction.replace(/0+$/, '');
  return `${full.sign === '' ? '' : '-'}${full.whole.replaceAll(',', '')}${fraction === '' ? '' : `.${fraction}`}`;
}

/**
 * Reads an amount in coins as people write it ("1,000.5").
 * @returns atto as canonical decimal text, or null where it is none or finer than one atto.
 */
export function attoOf(coins: string): string | null {
  const match = /^(\d{1,3}(?:,\d{3})+|\d{1,20})(?:\.(\d{1,18}))?$/.exec(coins.trim());
  if (!match) return null;
  const digits = `${(match[1] ?? '').replaceAll(',', '')}${(match[2] ?? '').padEnd(decimals, '0')}`;
  return digits.replace(/^0+(?=\d)/, '');
}

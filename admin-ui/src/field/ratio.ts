/** Rates and shares scaled 10²⁷ ("ray") as percentages, by digits and not by floating point. */

const scale = 27;

/** 593500000000000000000000000 → "59.35 %". Cut after `shown` decimals, trailing zeros kept to two. */
export function percentOf(ray: string, shown = 5): string {
  if (!/^\d{1,60}$/.test(ray)) return '—';
  const digits = ray.padStart(scale + 1, '0');
  const point = digits.length - scale + 2;
  const whole = digits.slice(0, point).replace(/^0+(?=\d)/, '');
  const fraction = digits
    .slice(point, point + shown)
    .replace(/0+$/, '')
    .padEnd(2, '0');
  return `${whole}.${fraction} %`;
}

/** For drawing only: the ratio as a number between 0 and 1 or above. */
export function ratioForDrawing(ray: string): number {
  return Number(ray) / 1e27;
}

/** ⌊part·10²⁷ ÷ whole⌋ as text; 0 of nothing is 0. */
export function shareOf(part: bigint, whole: bigint): string {
  return whole <= 0n ? '0' : ((part * 10n ** 27n) / whole).toString();
}

/** A ray as a percentage to type: 150000000000000000000000000 → "15". Exact, no trailing zeros. */
export function percentText(ray: string): string {
  const digits = ray.padStart(scale + 1, '0');
  const point = digits.length - scale + 2;
  const whole = digits.slice(0, point).replace(/^0+(?=\d)/, '');
  const fraction = digits.slice(point).replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** Reads a percentage as people write it ("12.5", "12.5 %"). @returns ray as text, or null where it is none. */
export function rayOf(percent: string): string | null {
  const match = /^(\d{1,5})(?:\.(\d{1,25}))?\s*%?$/.exec(percent.trim());
  if (!match) return null;
  const digits = `${match[1] ?? ''}${(match[2] ?? '').padEnd(scale - 2, '0')}`;
  return digits.replace(/^0+(?=\d)/, '');
}

/** As `percentOf`, for what may be below zero. */
export function signedPercentOf(ray: string, shown = 5): string {
  return ray.startsWith('-') ? `−${percentOf(ray.slice(1), shown)}` : percentOf(ray, shown);
}

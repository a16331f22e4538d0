/** Power in bytes, decimal text, as people read it. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** 17592186044416 → "16 TiB"; cut after two decimals, never rounded up. */
export function powerText(bytes: string): string {
  let whole = BigInt(bytes) * 100n;
  let unit = 0;
  while (whole >= 102_400n && unit < units.length - 1) {
    whole /= 1024n;
    unit += 1;
  }
  const fraction = (whole % 100n).toString().padStart(2, '0').replace(/0+$/, '');
  const digits = (whole / 100n).toLocaleString('en');
  return `${digits}${fraction === '' ? '' : `.${fraction}`} ${units[unit] ?? ''}`;
}

/** The unit in which the largest of some powers is told: its name, and how many bytes it is. */
export function powerUnit(bytes: readonly number[]): readonly [name: string, bytes: number] {
  const most = Math.max(1, ...bytes);
  const at = Math.min(units.length - 1, Math.floor(Math.log2(most) / 10));
  return [units[at] ?? '', 1024 ** at];
}

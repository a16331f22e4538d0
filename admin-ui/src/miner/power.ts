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

/** Rows as CSV (RFC 4180) that a spreadsheet shows as text and never runs. */

/** What a spreadsheet would take for a formula; plain figures, also below zero, are none. */
const FORMULA = /^[=+\-@\t\r]/;
const FIGURE = /^-?\d+(?:\.\d+)?$/;

function cell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  const tame = FORMULA.test(text) && !FIGURE.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

/** The header and the rows, CRLF after each. */
export function csvOf(
  header: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  return [header, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

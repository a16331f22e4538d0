const MARK = '\u0001int:';
const MARKED = /"\\u0001int:(-?\d+)"/g;
const ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON as Go's encoder writes it: a bigint becomes a bare number, and <, >, & are escaped. */
export function goJson(value: unknown): string {
  const text = JSON.stringify(value, (_key, held: unknown) =>
    typeof held === 'bigint' ? `${MARK}${held}` : held,
  );
  return text.replace(MARKED, '$1').replace(/[<>&\u2028\u2029]/g, (letter) => ESCAPES[letter] ?? letter);
}

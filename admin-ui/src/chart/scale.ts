/** From figures to pixels. */

export type Range = readonly [low: number, high: number];

/** The range of some figures; one that has no width is given some, so that nothing divides by zero. */
export function rangeOf(values: readonly number[]): Range {
  const low = Math.min(...values);
  const high = Math.max(...values);
  return high > low ? [low, high] : [low, low + (low === 0 ? 1 : Math.abs(low) * 0.1)];
}

/** A linear map of `from` onto `to`. */
export function scaleOf([low, high]: Range, [start, end]: Range): (value: number) => number {
  return (value) => start + ((value - low) / (high - low)) * (end - start);
}

/** About `wanted` round ticks within a range. */
export function ticksOf([low, high]: Range, wanted: number): number[] {
  const raw = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw) ?? raw;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

/** Widest letter of the axes' numbers, in SVG units, and the room beside them. */
const LETTER = 7.4;
const BESIDE = 12;

/** How far right a picture begins, so that the longest of its numbers is not cut off; `least` at least. */
export function leftOf(numbers: readonly string[], least: number): number {
  return Math.max(least, Math.ceil(Math.max(0, ...numbers.map(({ length }) => length)) * LETTER + BESIDE));
}

const HOUR_MS = 3_600_000;
const TIME_STEPS = [1, 2, 6, 12, 24, 48, 168, 336, 720, 2160, 8760].map((hours) => hours * HOUR_MS);

/** As `ticksOf` for milliseconds since 1970: whole hours or days, UTC. */
export function timeTicksOf([low, high]: Range, wanted: number): number[] {
  const step = TIME_STEPS.find((size) => (high - low) / size <= wanted) ?? high - low;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, index) => (first + index) * step);
}

/** An SVG path through points; stepped keeps each value until the next. */
export function pathOf(points: readonly (readonly [x: number, y: number])[], stepped: boolean): string {
  return points
    .map(([x, y], index) => {
      const at = x.toFixed(1);
      const height = y.toFixed(1);
      if (index === 0) return `M${at} ${height}`;
      return stepped ? `H${at}V${height}` : `L${at} ${height}`;
    })
    .join('');
}

/** Measures of the picture, and the lines between its places. */
import type { Edge, Place } from './path';

export const figure = {
  width: 1192,
  height: 268,
  box: 108,
  tall: 46,
  gap: 26,
  left: 6,
  rows: [112, 208],
} as const;

export function leftOf({ column }: Pick<Place, 'column'>): number {
  return figure.left + column * (figure.box + figure.gap);
}

export function topOf({ row }: Pick<Place, 'row'>): number {
  return figure.rows[row] - figure.tall / 2;
}

const middle = (place: Place): number => leftOf(place) + figure.box / 2;

/** An arc over the row, from the top of one box to the top of another. */
function arc(from: Place, to: Place, height: number): string {
  const back = to.column < from.column;
  const x1 = middle(from) + (back ? -14 : 20);
  const x2 = middle(to) + (back ? 14 : -20);
  const y = topOf(from);
  return `M${x1} ${y}C${x1} ${y - height} ${x2} ${y - height} ${x2} ${y - 2}`;
}

/** From one row to the other, leaving the box downwards (or upwards). */
function slope(from: Place, to: Place): string {
  const down = to.row > from.row;
  const shift = from.column === to.column ? (down ? -10 : 10) : 0;
  const x1 = middle(from) + (from.column === to.column ? shift : 22 * Math.sign(to.column - from.column));
  const y1 = topOf(from) + (down ? figure.tall : 0);
  const x2 = from.column === to.column ? x1 : middle(to) - 18 * Math.sign(to.column - from.column);
  const y2 = topOf(to) + (down ? -2 : figure.tall + 2);
  const half = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${half} ${x2} ${half} ${x2} ${y2}`;
}

/** The line of an edge as an SVG path, ending where its arrow touches. */
export function lineOf([, to]: Edge, start: Place, end: Place): string {
  if (start.row !== end.row) return slope(start, end);
  if (end.column === start.column + 1) {
    const y = figure.rows[start.row];
    return `M${leftOf(start) + figure.box} ${y}H${leftOf(end) - 2}`;
  }
  const span = Math.abs(end.column - start.column);
  return arc(start, end, to === 'returning' ? 26 + span * 10 : 30);
}

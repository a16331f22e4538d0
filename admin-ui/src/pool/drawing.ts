/** Rays as numbers, for pictures only. */
import { ratioForDrawing } from '../field/ratio';
import type { Point } from '../chart/figure';

export const percentText = (ratio: number): string => `${Number((ratio * 100).toFixed(2))} %`;
export const epochText = (value: number): string => Math.round(value).toLocaleString('en');

export function pointsBy<Row>(
  rows: readonly Row[],
  x: (row: Row) => number,
  y: (row: Row) => string,
): Point[] {
  return rows.map((row) => ({ x: x(row), y: ratioForDrawing(y(row)) }));
}

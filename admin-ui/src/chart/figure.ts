/** What the parts of a chart share: its frame in SVG units, and the figures drawn in it. */

export const frame = { width: 640, height: 300, left: 58, right: 610, top: 16, bottom: 252 };

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  readonly dashed?: boolean;
}

export type Place = (value: number) => number;

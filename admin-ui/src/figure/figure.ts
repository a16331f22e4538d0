/** Open figures as /public/v1 gives them to everybody: amounts in atto, ratios and rates in ray, as text. */
import { request } from '../providers/request';
import { listOf, objectOf } from '../providers/row';
import type { ComparedFigures } from '../comparison/comparison';

export interface Rates {
  readonly utilisation: string;
  readonly borrowApr: string;
  readonly borrowApy: string;
  readonly depositApr: string;
  readonly depositApy: string;
}

export interface Locked {
  readonly tvl: string;
  readonly deposited: string;
  readonly lent: string;
  readonly idle: string;
  readonly committed: string;
  readonly reserve: string;
}

export interface OpenFigures extends Rates, Locked {
  readonly inRounds: string;
  readonly depositors: number;
  readonly loans: number;
  readonly lastEpoch: number;
  readonly at: string | null;
}

export interface OpenCurve {
  readonly kink: string;
  readonly now: Rates;
  readonly points: readonly Rates[];
}

export interface SeriesPoint extends Rates, Locked {
  /** RFC 3339: when the hour or day begins. */
  readonly begins: string;
  readonly epoch: number;
}

export type Every = 'hour' | 'day';

export interface ComparedRow extends ComparedFigures {
  readonly platform: string;
  readonly own: boolean;
}

const OPEN = '/public/v1';

export async function readFigures(signal: AbortSignal): Promise<OpenFigures> {
  return objectOf<OpenFigures>((await request(`${OPEN}/figures`, { signal })).json);
}

export async function readOpenCurve(signal: AbortSignal): Promise<OpenCurve> {
  return objectOf<OpenCurve>((await request(`${OPEN}/pools/flexible/curve`, { signal })).json);
}

/** The newest week of hours, or 90 days. */
export async function readSeries(every: Every, signal: AbortSignal): Promise<readonly SeriesPoint[]> {
  const limit = every === 'hour' ? 168 : 90;
  const path = `${OPEN}/pools/flexible/series?every=${every}&limit=${limit}`;
  return objectOf<{ points: readonly SeriesPoint[] }>((await request(path, { signal })).json).points;
}

export async function readCompared(signal: AbortSignal): Promise<ComparedRow[]> {
  return listOf<ComparedRow>((await request(`${OPEN}/comparisons`, { signal })).json);
}

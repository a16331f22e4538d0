import { API, request } from '../providers/request';
import { objectOf, rowsOf } from '../providers/row';
import type { Rate, RateValues } from './rate';

/** All versions of a pool's rates, the latest first. */
export async function readRates(poolId: string, signal: AbortSignal): Promise<Rate[]> {
  const query = new URLSearchParams({ filter: JSON.stringify({ poolId }), sort: '["fromEpoch","DESC"]' });
  return rowsOf<Rate>((await request(`${API}/rates?${query.toString()}`, { signal })).json);
}

interface RatesThen {
  readonly borrowApr: string;
  readonly depositApr: string;
}

interface Earned {
  readonly interest: string;
  readonly toDepositors: string;
  readonly toReserve: string;
}

export interface RatePreview {
  readonly fromEpoch: number;
  readonly toEpoch: number;
  readonly points: readonly {
    readonly epoch: number;
    readonly utilisation: string;
    readonly was: RatesThen;
    readonly would: RatesThen;
  }[];
  readonly was: Earned;
  readonly would: Earned;
}

/** What these rates would have meant over the last 90 days. */
export async function readPreview(
  poolId: string,
  { base, slope1, slope2, kink, reserveFactor }: RateValues,
  signal: AbortSignal,
): Promise<RatePreview> {
  const query = new URLSearchParams({ base, slope1, slope2, kink, reserveFactor });
  const path = `${API}/pools/${encodeURIComponent(poolId)}/rate-preview?${query.toString()}`;
  return objectOf<RatePreview>((await request(path, { signal })).json);
}

import { API, request } from '../providers/request';
import { listOf, rowOf } from '../providers/row';
import type { CurvePoint, Pool, PoolPoint } from './pool';

const path = (id: string): string => `${API}/pools/${encodeURIComponent(id)}`;

export async function readPool(id: string, signal: AbortSignal): Promise<Pool> {
  return rowOf<Pool>((await request(path(id), { signal })).json);
}

/** The pool's history, oldest first. */
export async function readPoints(id: string, signal: AbortSignal): Promise<PoolPoint[]> {
  return listOf<PoolPoint>((await request(`${path(id)}/points`, { signal })).json);
}

/** The rate curve in force, by rising utilisation. */
export async function readCurve(id: string, signal: AbortSignal): Promise<CurvePoint[]> {
  return listOf<CurvePoint>((await request(`${path(id)}/curve`, { signal })).json);
}

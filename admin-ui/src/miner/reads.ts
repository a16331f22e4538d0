import { API, request } from '../providers/request';
import { listOf } from '../providers/row';
import type { Alert } from './miner';

/** Alerts that the filter lets through, the newest first. */
export async function readAlerts(
  filter: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<Alert[]> {
  const query = new URLSearchParams({
    filter: JSON.stringify(filter),
    sort: '["id","DESC"]',
    range: '[0,99]',
  });
  return listOf<Alert>((await request(`${API}/alerts?${query.toString()}`, { signal })).json);
}

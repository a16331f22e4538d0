import { API, request } from '../providers/request';
import { objectOf } from '../providers/row';

/** Something that wants a person: how many, and since when the oldest waits. */
export interface Count {
  readonly count: number;
  readonly oldestAt: string | null;
}

export type Home = Readonly<Record<string, unknown>>;

export async function readHome(signal: AbortSignal): Promise<Home> {
  return objectOf<Home>((await request(`${API}/home`, { signal })).json);
}

import { API, request } from '../providers/request';
import { listOf, objectOf } from '../providers/row';

/** Something that wants a person: how many, and since when the oldest waits. */
export interface Count {
  readonly count: number;
  readonly oldestAt: string | null;
}

export type Home = Readonly<Record<string, unknown>>;

export async function readHome(signal: AbortSignal): Promise<Home> {
  return objectOf<Home>((await request(`${API}/home`, { signal })).json);
}

/** A workflow that cannot go on, and why; null where it does not answer now. */
export interface Need {
  readonly id: string;
  readonly sentence: string | null;
  readonly startedAt: string;
}

/** Those that the server names, the oldest first. */
export function needsOf({ needsAction }: Home): Need[] {
  if (typeof needsAction !== 'object' || needsAction === null || !('workflows' in needsAction)) return [];
  return listOf<Need>(needsAction.workflows);
}

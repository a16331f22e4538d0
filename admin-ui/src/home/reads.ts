import { API, request } from '../providers/request';
import { objectOf } from '../providers/row';

/** Something that wants a person: how many, and since when the oldest waits. */
export interface Count {
  readonly count: number;
  readonly oldestAt: string | null;
}

/** A workflow that cannot go on alone. */
export interface Asking {
  readonly id: string;
  readonly lifecycle: string;
  readonly state: string | null;
  readonly startedAt: string;
  /** What it asks for, where it answered. */
  readonly sentence: string | null;
}

/** Workflows that need a person; `stopped` of them were ended before their work was done. */
export interface Help extends Count {
  readonly stopped: number;
  readonly workflows: readonly Asking[];
}

export interface ChainStanding {
  readonly head: number;
  readonly headAt: string | null;
  readonly clock: number;
  readonly halted: string | null;
  readonly stalled: boolean;
}

export interface Home extends Readonly<Record<string, unknown>> {
  readonly approvals?: Count & { readonly mine: Count; readonly kinds: readonly string[] };
  readonly needsAction?: Help;
  /** `amount` in atto, decimal text. */
  readonly unattributed?: Count & { readonly amount: string };
  readonly chain?: ChainStanding | null;
}

export async function readHome(signal: AbortSignal): Promise<Home> {
  return objectOf<Home>((await request(`${API}/home`, { signal })).json);
}

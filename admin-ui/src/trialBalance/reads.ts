import { API, request } from '../providers/request';
import { objectOf } from '../providers/row';

export interface TrialLine {
  readonly asset: string;
  readonly code: string;
  readonly normalSide: string;
  readonly debits: string;
  readonly credits: string;
  readonly balance: string;
}

export interface TrialTotal {
  readonly asset: string;
  readonly debits: string;
  readonly credits: string;
  /** debits − credits: always 0 */
  readonly difference: string;
}

/** Assets = claims of others + what is the platform's own. */
export interface Identity {
  readonly asset: string;
  readonly assets: string;
  readonly claims: string;
  readonly own: string;
  readonly holds: boolean;
}

export interface TrialBalance {
  readonly lines: readonly TrialLine[];
  readonly totals: readonly TrialTotal[];
  readonly balanced: boolean;
  readonly identity: Identity;
}

export async function readTrialBalance(signal: AbortSignal): Promise<TrialBalance> {
  return objectOf<TrialBalance>((await request(`${API}/trial-balance`, { signal })).json);
}

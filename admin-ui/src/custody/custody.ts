/** Wallets and transfers between hot and cold, as /admin/v1/custody and /admin/v1/custody-transfers give them. */
import { API, request } from '../providers/request';

export interface CustodyTransfer {
  readonly id: number;
  readonly direction: 'to-cold' | 'refill';
  /** Amounts in atto, decimal text. */
  readonly amount: string;
  readonly hot: string;
  readonly owed: string;
  readonly policyVersion: number;
  readonly coldAddress: string | null;
  readonly workflowId: string;
  readonly state: string;
  readonly messageId: string | null;
  readonly detail: string | null;
  readonly approvalId: string | null;
  readonly createdAt: string;
  readonly closedAt: string | null;
}

export interface Wallet {
  readonly kind: string;
  readonly addresses: number;
  readonly balance: string;
}

export interface Custody {
  readonly hot: string;
  readonly owed: string;
  /** hot − owed; may be negative. */
  readonly level: string;
  readonly low: string;
  readonly high: string;
  readonly target: string;
  readonly policyVersion: number;
  readonly coldAddress: string | null;
  readonly wallets: readonly Wallet[];
}

export async function readCustody(signal: AbortSignal): Promise<Custody> {
  return (await request(`${API}/custody`, { signal })).json as Custody;
}

export const directionNames: Readonly<Record<CustodyTransfer['direction'], string>> = {
  'to-cold': 'To the cold address',
  refill: 'Refill of the hot wallet',
};

/** How the level stands: in words and as a tone. */
export function standOf({ level, low, high }: Custody): {
  readonly words: string;
  readonly tone: 'good' | 'care' | 'bad';
} {
  if (BigInt(level) < BigInt(low)) return { words: 'Below the low mark', tone: 'bad' };
  if (BigInt(level) > BigInt(high)) return { words: 'Above the high mark', tone: 'care' };
  return { words: 'Between the marks', tone: 'good' };
}

/** Where an amount stands on the bar, 0 to 100; the bar ends a fifth above the highest. */
export function placeOf({ level, high }: Custody, amount: string): number {
  const most = [BigInt(level), BigInt(high), 1n].reduce((a, b) => (a > b ? a : b));
  const value = BigInt(amount) < 0n ? 0n : BigInt(amount);
  return Number((value * 10_000n) / (most + most / 5n)) / 100;
}

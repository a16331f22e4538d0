/** Withdrawals as /admin/v1/withdrawals gives them. Amounts: atto, decimal text. */

export type WithdrawalState =
  'held' | 'approved' | 'paid' | 'failed' | 'cancelled' | 'expired' | 'declined' | 'refused';

/** What counts against it now; of one withdrawal nothing does. */
export interface Limit {
  readonly name: 'transaction' | 'customerHour' | 'customerDay' | 'platformHour' | 'platformDay';
  readonly most: string;
  readonly used: string;
}

export interface WithdrawalApproval {
  readonly id: string;
  readonly state: string;
  readonly quorum: number;
  readonly accepted: number;
  readonly policyVersion: number;
  readonly createdAt: string;
}

export interface Withdrawal {
  readonly id: string;
  readonly customerId: string;
  readonly customerEmail: string | null;
  readonly addressId: string;
  readonly address: string | null;
  readonly addressName: string | null;
  readonly proven: boolean;
  readonly amount: string;
  readonly state: WithdrawalState;
  readonly refusal: string | null;
  readonly reason: string | null;
  readonly approvalsNeeded: number | null;
  readonly policyVersion: number | null;
  readonly approvalId: string | null;
  readonly messageId: string | null;
  readonly messageCid: string | null;
  readonly closedBy: string | null;
  readonly needsAction: string | null;
  readonly workflowId: string;
  readonly createdAt: string;
  readonly closedAt: string | null;
  readonly approvals?: readonly WithdrawalApproval[];
  readonly limits?: readonly Limit[];
  readonly cancellable?: boolean;
}

export const limitNames: Readonly<Record<Limit['name'], string>> = {
  transaction: 'One withdrawal',
  customerHour: 'This customer, last hour',
  customerDay: 'This customer, last day',
  platformHour: 'All customers, last hour',
  platformDay: 'All customers, last day',
};

/** How much of a limit is used, in tenths of a percent; never more than whole. */
export function permilleOf({ most, used }: Pick<Limit, 'most' | 'used'>): number {
  const [whole, part] = [BigInt(most), BigInt(used)];
  if (part >= whole) return 1000;
  return Number((part * 1000n) / whole);
}

/** Who must agree, in words. */
export function peopleOf({ approvalsNeeded }: Pick<Withdrawal, 'approvalsNeeded'>): string {
  if (approvalsNeeded === null) return '—';
  return (
    ['nobody: within the automatic threshold', 'one person', 'two different people'][approvalsNeeded] ?? '—'
  );
}

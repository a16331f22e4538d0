/** Journals as /admin/v1/journals gives them. */

export interface Posting {
  readonly line: number;
  readonly code: string;
  readonly owner: string;
  readonly accountId?: number;
  readonly side: 'debit' | 'credit';
  /** atto, decimal text */
  readonly amount: string;
  readonly balanceAfter: string;
}

/** What a journal moves: the sum of its debits, atto. */
export function amountOf({ postings = [] }: Pick<Journal, 'postings'>): string {
  const debits = postings.filter(({ side }) => side === 'debit');
  return debits.reduce((sum, { amount }) => sum + BigInt(amount), 0n).toString();
}

export interface Journal {
  readonly id: number;
  readonly key: string;
  readonly kind: string;
  readonly asset: string;
  readonly effectiveEpoch: number;
  readonly executedEpoch: number | null;
  readonly bookedEpoch: number;
  readonly bookedAt: string;
  readonly workflowId: string;
  readonly approvalId: string | null;
  readonly messageCid: string | null;
  readonly reversesId: number | null;
  readonly postings?: readonly Posting[];
}

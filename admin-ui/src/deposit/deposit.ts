/** Arrivals on chain as /admin/v1/deposits gives them; `id` is `<cid>-<place>`. */

export interface Deposit {
  readonly id: string;
  readonly cid: string;
  readonly index: number;
  readonly toKind: string;
  readonly customerId: string | null;
  readonly loanId: string | null;
  readonly toAddress: string;
  readonly fromAddress: string;
  /** atto, decimal text */
  readonly amount: string;
  readonly state: string;
  readonly bookedAs: string | null;
  readonly includedEpoch: number;
  readonly executedEpoch: number | null;
  readonly journalId: number | null;
  /** Epochs on top of its execution; null once it is final. */
  readonly confirmations: number | null;
  /** About as many make it final; null once it is. */
  readonly finality: number | null;
  readonly reorgs: number;
  readonly reorgedAt: string | null;
  readonly seenAt: string;
  readonly finalAt: string | null;
}

/** Requests to take FIL out of a pool as /admin/v1/redemptions gives them. Amounts: atto, decimal text. */

export interface RedemptionFill {
  readonly n: number;
  readonly shares: string;
  readonly paid: string;
  readonly epoch: number;
  readonly journalId: number;
  readonly at: string;
}

export interface Redemption {
  readonly id: string;
  readonly customerId: string;
  readonly positionId: number;
  readonly poolId: string | null;
  /** null = everything that was free of the position */
  readonly amount: string | null;
  readonly state: 'requested' | 'waiting' | 'paid' | 'cancelled' | 'refused';
  readonly refusal: string | null;
  readonly shares: string | null;
  readonly burnt: string;
  readonly paid: string;
  readonly ordinal: number | null;
  readonly placedEpoch: number | null;
  readonly closedEpoch: number | null;
  readonly cancelReason: string | null;
  readonly workflowId: string;
  readonly createdAt: string;
  readonly closedAt: string | null;
  readonly fills?: readonly RedemptionFill[];
}

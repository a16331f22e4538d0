/** Depositors' shares of pools as /admin/v1/positions gives them. */

export interface PositionEvent {
  readonly seq: number;
  readonly kind: string;
  readonly epoch: number;
  readonly ownerId: string;
  readonly shares: string;
  /** atto, decimal text: net principal after this event */
  readonly principal: string;
  readonly journalId: number | null;
  readonly hash: string;
  readonly at: string;
}

export interface Position {
  readonly id: number;
  readonly poolId: string;
  readonly customerId: string;
  readonly subscriptionId: string;
  readonly shares: string;
  /** atto, decimal text */
  readonly value: string;
  readonly mintedEpoch: number;
  readonly createdAt: string;
  readonly events?: readonly PositionEvent[];
}

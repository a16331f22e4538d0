/** Sweeps as /admin/v1/sweeps gives them; amounts in atto, decimal text. */

export interface Sweep {
  readonly id: string;
  readonly address: string;
  readonly n: number;
  readonly kind: string;
  readonly customerId: string | null;
  readonly loanId: string | null;
  readonly state: string;
  readonly amount: string | null;
  readonly gas: string | null;
  readonly messageId: string | null;
  readonly cid: string | null;
  readonly includedEpoch: number | null;
  readonly journalId: number | null;
  readonly openedBy: string;
  readonly workflowId: string;
  readonly createdAt: string;
  readonly closedAt: string | null;
}

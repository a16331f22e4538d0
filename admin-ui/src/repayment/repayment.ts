/** Payments on loans as /admin/v1/repayments gives them: the parts make up the amount. All in atto, decimal text. */

export interface Repayment {
  readonly id: number;
  readonly loanId: string;
  readonly loanNumber: number | null;
  readonly miner: string | null;
  readonly source: string;
  readonly amount: string;
  readonly penalty: string;
  readonly fee: string;
  readonly interest: string;
  readonly principal: string;
  readonly excess: string;
  readonly debtAfter: string;
  readonly includedEpoch: number;
  readonly executedEpoch: number;
  readonly journalId: number;
  readonly cid: string;
  readonly messageId: string | null;
  readonly workflowId: string;
  readonly createdAt: string;
}

/** The treasury's announced top-ups of the hot wallet as /admin/v1/top-ups gives them. */

export interface TopUp {
  readonly id: string;
  readonly workflowId: string;
  /** atto, decimal text */
  readonly amount: string;
  readonly fromAddress: string;
  readonly toAddress: string;
  readonly announcedBy: string;
  readonly announcedByEmail: string | null;
  readonly approvalId: string | null;
  readonly state: string;
  readonly cid: string | null;
  readonly journalId: number | null;
  readonly createdAt: string;
  readonly arrivedAt: string | null;
}

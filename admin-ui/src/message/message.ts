/** Our own on-chain messages as /admin/v1/messages gives them. */

export interface Attempt {
  readonly id: string | number;
  readonly nonce: number;
  readonly cidSigned: string;
  readonly gasLimit: number;
  readonly feeCap: string;
  readonly premium: string;
  readonly createdEpoch: number;
  readonly createdAt: string;
  readonly supersedes?: string | number | null;
}

export interface Message {
  readonly id: string;
  readonly workflowId: string;
  readonly kind: string;
  readonly fromAddress: string;
  readonly toAddress: string;
  /** atto, decimal text; null while "everything" is not yet a figure */
  readonly value: string | null;
  readonly method: number;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly summary: string;
  readonly needsAction: string | null;
  readonly approvalId: string | null;
  readonly state: string;
  readonly cid: string | null;
  readonly nonce: number | null;
  readonly includedEpoch: number | null;
  readonly executedEpoch: number | null;
  readonly exitCode: number | null;
  readonly gas: string | null;
  readonly journalId: number | null;
  readonly createdAt: string;
  readonly attempts?: readonly Attempt[];
}

/** Ledger accounts as /admin/v1/accounts gives them. */

export interface Account {
  readonly id: number | string;
  readonly code: string;
  readonly owner: string;
  readonly asset: string;
  readonly normalSide: string;
  /** atto, decimal text, positive on the normal side */
  readonly balance: string;
  readonly debits: string;
  readonly credits: string;
  readonly version: number;
}

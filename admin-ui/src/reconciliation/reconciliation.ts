/** Reconciliation runs as /admin/v1/reconciliations gives them. */

export interface ReconciliationItem {
  readonly address: string;
  readonly kind: string;
  /** atto, decimal text */
  readonly chainBalance: string;
  readonly ledgerBalance: string;
  /** chain − ledger */
  readonly diff: string;
  readonly class: string;
  /** Why it is of this class. */
  readonly sentence: string | null;
}

export interface Reconciliation {
  readonly id: string;
  readonly workflowId: string;
  readonly height: number;
  readonly tipsetKey: string;
  readonly outcome: string;
  readonly addresses: number;
  readonly breaks: number;
  /** Breaks that stop payouts. */
  readonly unexplained: number;
  readonly chainTotal: string;
  readonly ledgerTotal: string;
  readonly createdAt: string;
  readonly items?: readonly ReconciliationItem[];
  readonly trialBalance?: { readonly balanced?: boolean };
  readonly identity?: { readonly holds?: boolean };
}

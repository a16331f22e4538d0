/** What chain-watch could not explain, as /admin/v1/findings gives it. */

export interface Finding {
  readonly id: number;
  readonly kind: string;
  /** An address, a CID or a tipset key, by its kind. */
  readonly subject: string;
  readonly epoch: number;
  readonly sentence: string;
  readonly open: boolean;
  readonly createdAt: string;
  readonly resolvedAt: string | null;
  /** Why it counts as dealt with, by who asked for that. */
  readonly resolution: string | null;
  /** The correction of the books, where it took one. */
  readonly journalId: number | null;
  /** By which it was resolved, or which waits for a second person. */
  readonly approvalId: string | null;
}

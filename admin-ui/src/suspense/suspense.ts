/** FIL that belongs to nobody yet, as /admin/v1/suspense-arrivals gives it. */
export interface SuspenseArrival {
  /** `<message CID>-<place in its trace>` */
  readonly id: string;
  readonly cid: string;
  readonly index: number;
  readonly toAddress: string;
  readonly toKind: string;
  readonly fromAddress: string;
  /** atto, decimal text */
  readonly amount: string;
  readonly includedEpoch: number;
  readonly journalId: number | null;
  readonly bookedAt: string | null;
  readonly state: 'unassigned' | 'asked' | 'assigned';
  readonly customerId: string | null;
  readonly customerEmail: string | null;
  readonly reason: string | null;
  readonly workflowId: string | null;
  readonly assignedJournalId: number | null;
  /** By which it was assigned, or which waits for a second person. */
  readonly approvalId: string | null;
}

/** Miners and alerts as /admin/v1/miners and /admin/v1/alerts give them: amounts in atto and power in bytes, as text. */

export interface Term {
  readonly quota: string;
  readonly usedQuota: string;
  readonly expiration: number;
}

export interface PendingTerm {
  readonly quota: string;
  readonly expiration: number;
  readonly approvedByBeneficiary: boolean;
  readonly approvedByNominee: boolean;
}

export interface Reading {
  readonly height: number;
  readonly at: string;
  readonly owner: string | null;
  readonly pendingOwner: string | null;
  readonly beneficiary: string | null;
  readonly beneficiaryTerm: Term | null;
  readonly pendingBeneficiary: string | null;
  readonly pendingTerm: PendingTerm | null;
  readonly worker: string | null;
  readonly pendingWorker: string | null;
  readonly workerChangeEpoch: number | null;
  readonly consensusFaultElapsed: number | null;
  readonly feeDebt: string;
  readonly available: string;
  readonly initialPledge: string;
  readonly preCommitDeposits: string;
  readonly locked: string;
  readonly rawPower: string;
  readonly qualityPower: string;
  readonly liveSectors: number | null;
  readonly activeSectors: number | null;
  readonly faultySectors: number | null;
  readonly tipsetKey: readonly string[];
}

export interface Miner extends Reading {
  readonly id: string;
  readonly loanId: string;
  readonly loanNumber: number;
  readonly loanState: string;
  readonly watched: boolean;
  readonly escrow: string | null;
  readonly openAlerts: number;
  /** Oldest first. */
  readonly readings?: readonly Reading[];
}

export interface Alert {
  readonly id: number;
  readonly loanId: string;
  readonly loanNumber: number;
  readonly miner: string;
  readonly kind: string;
  readonly state: 'open' | 'acknowledged' | 'gone';
  readonly seenHeight: number;
  readonly sentence: string;
  readonly openedAt: string;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedRole: string | null;
  readonly acknowledgedReason: string | null;
  readonly acknowledgedAt: string | null;
  readonly clearedHeight: number | null;
  readonly clearedWhy: 'gone' | 'loan-over' | null;
  readonly clearedAt: string | null;
}

/** Loans as /admin/v1/loans gives them: amounts in atto as text, times in epochs or RFC 3339. */

export interface LoanStep {
  readonly seq: number;
  readonly step: string;
  readonly state: string;
  readonly at: string;
  readonly epoch: number | null;
  readonly actorId: string | null;
  readonly actorRole: string | null;
  readonly messageId: string | null;
  readonly journalId: number | null;
  readonly sentence: string;
}

export interface PreflightCheck {
  readonly name: string;
  readonly value: string;
  readonly wanted: string;
  readonly passed: boolean;
  readonly code: string | null;
}

export interface PreflightReport {
  readonly stage: string;
  readonly height: number;
  readonly checks: readonly PreflightCheck[];
  readonly passed: boolean;
  readonly code: string | null;
  readonly at: string;
}

export interface LoanDebt {
  readonly debt: string;
  readonly principal: string;
  readonly interest: string;
  readonly fee: string;
  readonly penalty: string;
  readonly epoch: number;
  /** The epoch lies after what is booked. */
  readonly estimate: boolean;
}

export interface Disbursement {
  readonly n: number;
  readonly amount: string;
  readonly messageId: string;
  readonly cid: string;
  readonly includedEpoch: number;
}

export interface Repayment {
  readonly id: string;
  readonly source: string;
  readonly amount: string;
  readonly penalty: string;
  readonly fee: string;
  readonly interest: string;
  readonly principal: string;
  readonly excess: string;
  readonly debtAfter: string;
  readonly includedEpoch: number;
  readonly journalId: number;
  readonly cid: string;
}

export interface PlannedDisbursement {
  readonly amount: string;
  readonly condition: string | null;
}

/** A disbursement after the first, as a maker asked for it. */
export interface DisbursementRequest {
  readonly n: number;
  readonly amount: string;
  readonly condition: string;
  readonly evidence: string;
  readonly state: string;
  readonly detail: string | null;
  readonly makerId: string;
  readonly checkerId: string | null;
  readonly approvalId: string;
  readonly askedAt: string;
}

/** What the loan is lent on; the last version counts. */
export interface Terms {
  readonly version: number;
  /** Hundredths of a percent a year; null = the pool's own rate. */
  readonly fixedBps: number | null;
  readonly fee: string;
  readonly penaltyBps: number;
  readonly waterfall: readonly string[];
  /** The disbursements in order; none = the whole amount at once. */
  readonly plan: readonly PlannedDisbursement[];
  readonly actorRole: string;
  readonly at: string;
}

export interface Extension {
  readonly n: number;
  readonly fromEpoch: number;
  readonly toEpoch: number;
  readonly state: string;
  readonly reason: string;
  readonly makerId: string;
  readonly checkerId: string | null;
  readonly approvalId: string;
  readonly grantedEpoch: number | null;
  readonly askedAt: string;
}

export interface Loan {
  readonly id: string;
  readonly number: number;
  readonly borrowerId: string;
  readonly miner: string;
  readonly amount: string;
  readonly termEpochs: number;
  readonly poolId: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly outcomeDetail: string | null;
  readonly ownerBefore: string | null;
  readonly forwardedBy: string | null;
  readonly approvalId: string | null;
  readonly escrowAddress: string | null;
  readonly escrowIdAddress: string | null;
  readonly repaymentAddress: string | null;
  readonly offerDeadlineEpoch: number | null;
  readonly repayFromMinerAt: string | null;
  readonly maturityEpoch: number | null;
  readonly needsAction: string | null;
  readonly createdAt: string;
  readonly closedAt: string | null;
  readonly steps?: readonly LoanStep[];
  readonly reports?: readonly PreflightReport[];
  readonly disbursements?: readonly Disbursement[];
  readonly repayments?: readonly Repayment[];
  readonly terms?: readonly Terms[];
  readonly extensions?: readonly Extension[];
  readonly disbursementRequests?: readonly DisbursementRequest[];
  readonly debt?: LoanDebt | null;
  readonly allowedActions?: readonly string[];
}

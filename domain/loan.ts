/** What a loan may become: its states, their order, and the words that people and chains sign for it. */

export type LoanState =
  | 'applied'
  | 'preflight'
  | 'in_approval'
  | 'approved'
  | 'escrow_offered'
  | 'escrow_proposed'
  | 'escrow_confirmed'
  | 'disbursing'
  | 'active'
  | 'overdue'
  | 'settled'
  | 'returning'
  | 'closed'
  | 'rejected'
  | 'expired'
  | 'cancelled';

/** From each state, the states that may follow. From our confirm on, every way out leads through 'returning'. */
export const LOAN_TRANSITIONS: Readonly<Record<LoanState, readonly LoanState[]>> = {
  applied: ['preflight', 'rejected', 'cancelled'],
  preflight: ['in_approval', 'rejected', 'cancelled', 'expired'],
  in_approval: ['approved', 'rejected', 'cancelled', 'expired'],
  approved: ['escrow_offered', 'cancelled'],
  escrow_offered: ['escrow_proposed', 'expired', 'cancelled'],
  escrow_proposed: ['escrow_confirmed', 'escrow_offered', 'cancelled'],
  escrow_confirmed: ['disbursing', 'returning'],
  disbursing: ['active', 'returning'],
  active: ['overdue', 'settled'],
  overdue: ['settled'],
  settled: ['returning'],
  returning: ['closed', 'cancelled'],
  closed: [],
  rejected: [],
  expired: [],
  cancelled: [],
};

/** May a loan in state `from` go to state `to` in one step? */
export function mayMove(from: LoanState, to: LoanState): boolean {
  return LOAN_TRANSITIONS[from].includes(to);
}

/** Over: nothing follows, and the miner is free for another loan. */
export function isOver(state: LoanState): boolean {
  return LOAN_TRANSITIONS[state].length === 0;
}

/** Has debt that accrues and may be repaid. */
export function hasDebt(state: LoanState): boolean {
  return state === 'active' || state === 'overdue';
}

/** May the staff, with a reason, end the loan before any FIL was sent? */
export function mayCancel(state: LoanState): boolean {
  return ['preflight', 'in_approval', 'approved', 'escrow_offered'].includes(state);
}

/** What a person may do with the loan now. */
export type LoanAction = 'forward' | 'decide' | 'cancel' | 'retry' | 'repay-from-miner';

/** The actions open in a state; who may take them is the API's matter. */
export function allowedActions(state: LoanState, needsAction: boolean, repayAsked: boolean): LoanAction[] {
  const actions: LoanAction[] = [];
  if (state === 'preflight') actions.push('forward');
  if (state === 'in_approval') actions.push('decide');
  if (mayCancel(state)) actions.push('cancel');
  if (needsAction) actions.push('retry');
  if (hasDebt(state) && !repayAsked) actions.push('repay-from-miner');
  return actions;
}

export interface OwnerProofSubject {
  readonly network: string;
  readonly loanId: string;
  /** The miner's ID address as printed. */
  readonly miner: string;
  readonly nonce: string;
  /** Last epoch at which the proof is taken. */
  readonly expiryEpoch: number;
}

/** The text that a miner's owner signs, as `lotus wallet sign` does, to show that the application is theirs (design 6). */
export function ownerProofText(subject: OwnerProofSubject): string {
  const { network, loanId, miner, nonce, expiryEpoch } = subject;
  return `loanstone owner proof ${network} ${loanId} ${miner} ${nonce} ${expiryEpoch}`;
}

/** First epoch at which an unpaid loan is overdue. */
export function maturityEpoch(disbursedEpoch: number, termEpochs: number): number {
  return disbursedEpoch + termEpochs;
}

/** Unpaid at or after its maturity, judged at a final epoch. */
export function isMature(maturity: number | null, epoch: number): boolean {
  return maturity !== null && epoch >= maturity;
}

/** Milliseconds to wait for an epoch before looking again: to its wall-clock time, at least `least`, at most `cap`. */
export function waitForEpochMs(epochsAway: number, epochSeconds: number, least: number, cap: number): number {
  return Math.min(cap, Math.max(least, epochsAway * epochSeconds * 1000));
}

/** What a loan may become: its states, their order, and the terms the platform lends on. */
import { attoText, coins, type AttoText } from './money';

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
  overdue: ['active', 'settled'],
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
export type LoanAction =
  'forward' | 'decide' | 'cancel' | 'retry' | 'repay-from-miner' | 'extend' | 'disburse';

/** What, beside its state, decides what may be done with a loan. */
export interface LoanSituation {
  readonly needsAction: boolean;
  readonly repayAsked: boolean;
  /** The plan has disbursements that were not sent. */
  readonly undisbursed: boolean;
}

/** The actions open in a state; who may take them is the API's matter. */
export function allowedActions(
  state: LoanState,
  { needsAction, repayAsked, undisbursed }: LoanSituation,
): LoanAction[] {
  const actions: LoanAction[] = [];
  if (state === 'preflight') actions.push('forward');
  if (state === 'in_approval') actions.push('decide');
  if (mayCancel(state) || (needsAction && state === 'disbursing')) actions.push('cancel');
  if (needsAction) actions.push('retry');
  if (hasDebt(state) && !repayAsked) actions.push('repay-from-miner');
  if (hasDebt(state)) actions.push('extend');
  if (state === 'active' && undisbursed) actions.push('disburse');
  return actions;
}

/** How the platform lends; spans in epochs are the chain's, whatever its epoch length. Amounts in atto, as text. */
export interface LoanPolicy {
  /** From a challenge to the last epoch at which its proof is taken. */
  readonly challengeEpochs: number;
  readonly minTermEpochs: number;
  readonly maxTermEpochs: number;
  /** Passed pre-flight and not forwarded, or not decided, for so long: expired. */
  readonly decisionDays: number;
  /** From the offer of the escrow address to the last epoch at which a final proposal is taken. */
  readonly offerEpochs: number;
  /** From our proposal of the owner's return to the first reminder to confirm it, and between two. */
  readonly reminderEpochs: number;
  /** Before an offer or a loan runs out the borrower is reminded, so many epochs ahead or in the last quarter of its time. */
  readonly noticeEpochs: number;
  /** How often a loan that waits for the chain looks, in epochs; never more than `waitCapSeconds`. */
  readonly pollEpochs: number;
  readonly waitCapSeconds: number;
  /** Sent from the hot wallet to each escrow address: it makes the ID and pays for its messages. */
  readonly escrowGas: AttoText;
  /** A sweep of income below this waits. */
  readonly sweepMinimum: AttoText;
  /** The same once nothing is kept back: what is left is asked for down to this. */
  readonly releasedMinimum: AttoText;
  /** Payoffs are asked for so many epochs ahead; what is not owed then is the borrower's. */
  readonly payoffAheadEpochs: number;
  /** An address with less than this is left as it is when a loan ends. */
  readonly returnMinimum: AttoText;
}

/** Defaults; `escrowGas` and `waitCapSeconds` come from configuration. */
export const LOAN_POLICY: Omit<LoanPolicy, 'escrowGas' | 'waitCapSeconds'> = {
  challengeEpochs: 2_880,
  minTermEpochs: 10,
  maxTermEpochs: 5_256_000,
  decisionDays: 30,
  offerEpochs: 86_400,
  reminderEpochs: 2_880,
  noticeEpochs: 20_160,
  pollEpochs: 10,
  sweepMinimum: attoText(coins(1n)),
  releasedMinimum: attoText(coins(1n) / 100n),
  payoffAheadEpochs: 60,
  returnMinimum: attoText(coins(1n) / 100n),
};

/** Milliseconds between two looks at the chain. */
export function pollMs(
  policy: Pick<LoanPolicy, 'pollEpochs' | 'waitCapSeconds'>,
  epochSeconds: number,
): number {
  return 1000 * Math.max(1, Math.min(policy.waitCapSeconds, policy.pollEpochs * epochSeconds));
}

/** First epoch at which an unpaid loan is overdue. */
export function maturityEpoch(disbursedEpoch: number, termEpochs: number): number {
  return disbursedEpoch + termEpochs;
}

/** Unpaid at or after its maturity, judged at a final epoch. */
export function isMature(maturity: number | null, epoch: number): boolean {
  return maturity !== null && epoch >= maturity;
}

/**
 * Whether what lasts `span` epochs until epoch `until` runs out soon: `noticeEpochs` ahead, or in the last quarter of it
 * where that is shorter. What has run out does not run out soon.
 */
export function endsSoon(
  { span, until, noticeEpochs }: { span: number; until: number | null; noticeEpochs: number },
  epoch: number,
): boolean {
  if (until === null || epoch >= until) return false;
  return until - epoch <= Math.min(noticeEpochs, Math.floor(span / 4));
}

/** A loan's steps in the database, task queue `ledger`. Each is one transaction and, done twice, done once. */
import type { Knex } from 'knex';
import {
  closeApproval,
  openApproval,
  recordDecision,
  type DecisionInput,
  type NewApproval,
} from '../db/approval';
import { poolClock } from '../db/clock';
import { expectNotFrozen } from '../db/freeze';
import {
  amendLoan,
  getLoan,
  lockLoan,
  moveLoan,
  type LoanPatch,
  type LoanRow,
  type StepInput,
} from '../db/loan';
import { addTerms, latestTerms } from '../db/loan-terms';
import { numbered } from '../domain/disbursement';
import { endsSoon, hasDebt, isMature, LOAN_POLICY, type LoanState } from '../domain/loan';
import { bucketName, judgeTerms, type LendingTerms } from '../domain/loan-terms';
import { attoFrom, attoText, type AttoText } from '../domain/money';
import { RefusalError, type RefusalCode } from '../domain/refusal';
import { debtAt } from '../db/loan-account';
import { noteRepayments, paymentsAfter } from '../db/loan-repayment';
import { commitToLoan, releaseCommitment } from '../ledger/pool';
import type { LoanDeps } from './loan-deps';
import { cancelDisbursements, makeLoanDisbursementActivities } from './loan-disbursement';
import { cancelExtensions, makeLoanExtensionActivities } from './loan-extension';
import { refusing } from './refusal';

export interface MoveInput {
  readonly loanId: string;
  readonly to: LoanState;
  readonly step: StepInput;
  readonly patch?: Pick<LoanPatch, 'owner_before' | 'offer_deadline_epoch'>;
}

export interface EndInput {
  readonly loanId: string;
  readonly to: 'rejected' | 'expired' | 'cancelled' | 'returning';
  readonly step: StepInput;
  readonly code:
    RefusalCode | 'repaid' | 'offer-expired' | 'refused-by-staff' | 'cancelled-by-staff' | 'decision-expired';
  readonly detail: string;
}

export interface LoanDebt {
  /** At the pool's clock, atto. */
  readonly debt: AttoText;
  readonly clock: number;
  /** Its epoch; null before anything is lent. */
  readonly maturity: number | null;
  readonly mature: boolean;
  readonly matureSoon: boolean;
  /** Booked since the one that the borrower was told of last, oldest first; at most so many as one look takes. */
  readonly payments: readonly LoanPayment[];
  /** There are more of them: nothing is judged before all are told. */
  readonly more: boolean;
}

export interface LoanPayment {
  readonly id: number;
  readonly amount: AttoText;
  /** Beyond the debt: the borrower's. */
  readonly excess: AttoText;
  /** What was owed after it. */
  readonly debt: AttoText;
}

async function release(trx: Knex.Transaction, loan: LoanRow): Promise<void> {
  if (!loan.committed) return;
  await releaseCommitment(trx, { poolId: loan.pool_id, loanId: loan.id });
}

/** Ends a loan before FIL was lent: its approval closed, its commitment given back to the pool. */
async function endLoan(trx: Knex.Transaction, input: EndInput): Promise<void> {
  const loan = await lockLoan(trx, input.loanId);
  if (loan.outcome !== null) return;
  if (loan.state === 'in_approval' && loan.approval_id !== null)
    await closeApproval(trx, loan.approval_id, 'cancelled');
  await release(trx, loan);
  await moveLoan(trx, input.loanId, input.to, input.step, {
    committed: false,
    outcome: input.code,
    outcome_detail: input.detail,
    ...(input.to === 'returning' ? {} : { closed_at: new Date() }),
  });
}

/**
 * One person's decision and what follows from it, together: with the last acceptance the pool's cash is committed, or
 * the decision is refused because there is not enough of it.
 */
async function decideLoan(
  trx: Knex.Transaction,
  input: { readonly loanId: string; readonly decision: DecisionInput },
): Promise<{ approvalId: string; state: 'waiting' | 'accepted' | 'refused' }> {
  const { decision, loanId } = input;
  const loan = await lockLoan(trx, loanId);
  if (loan.approval_id !== decision.approvalId)
    throw new RefusalError('not-found', 'The loan has no such approval.');
  const outcome = await recordDecision(trx, decision);
  const actor = decision.actor;
  if (outcome.state === 'accepted') {
    const terms = { ...(await latestTerms(trx, loanId)), termEpochs: loan.term_epochs };
    if (!loan.committed && loan.state === 'in_approval') {
      await expectNotFrozen(trx, 'loan', loan.borrower_id);
      const [{ amount }] = numbered(terms.plan, BigInt(loan.amount));
      await commitToLoan(trx, { poolId: loan.pool_id, loanId, amount: attoFrom(amount), terms });
    }
    const what = terms.plan.length > 1 ? 'first disbursement' : 'amount';
    const sentence = `Approved by ${actor.role}; the pool has set the ${what} aside`;
    await moveLoan(trx, loanId, 'approved', { step: 'approved', sentence, actor }, { committed: true });
  }
  if (outcome.state === 'refused') {
    const sentence = `Refused by ${actor.role}`;
    await moveLoan(
      trx,
      loanId,
      'rejected',
      { step: 'refused', sentence, actor },
      {
        outcome: 'refused-by-staff',
        outcome_detail: decision.reason,
        closed_at: new Date(),
      },
    );
  }
  return outcome;
}

/** Anybody can pay an atto as often as he likes: neither a transaction nor a workflow's history takes all at once. */
const PAYMENTS_A_LOOK = 50;

async function takeStock(knex: Knex, loanId: string, told: number): Promise<LoanDebt> {
  await knex.transaction(async (trx) => noteRepayments(trx, await lockLoan(trx, loanId), PAYMENTS_A_LOOK));
  const loan = await getLoan(knex, loanId);
  const clock = await poolClock(knex);
  const { debt } = await debtAt(knex, loanId, clock);
  const payments = await paymentsAfter(knex, loanId, told, PAYMENTS_A_LOOK);
  const more = payments.length === PAYMENTS_A_LOOK;
  const { maturity_epoch: until, term_epochs: span } = loan;
  const { noticeEpochs } = LOAN_POLICY;
  const matureSoon = endsSoon({ span, until, noticeEpochs }, clock);
  const due = { maturity: until, mature: isMature(until, clock), matureSoon };
  return { debt: attoText(debt), clock, ...due, payments, more };
}

export interface UnderWayInput {
  readonly loanId: string;
  /** Arrivals included later than this epoch hold nothing up; null: none does. */
  readonly upTo: number | null;
}

/** At the end of their way, 'conflict' too: a foreign message has that nonce, finally. */
const LANDED = ['final', 'failed', 'cancelled', 'conflict'];

/**
 * Anybody can have an atto under way to the loan for ever, and an orphan may never come again: neither may keep the
 * owner role here. So only arrivals up to an epoch count, and of them those that stand on the chain.
 */
async function countUnderWay(knex: Knex, { loanId, upTo }: UnderWayInput): Promise<{ underWay: number }> {
  const messages = await knex('chain.message')
    .where({ subject_kind: 'loan', subject_id: loanId })
    .whereNotIn('state', LANDED)
    .select('id');
  const arrivals = await knex('watch.transfer')
    .where({ owner_kind: 'loan', owner_id: loanId, state: 'seen' })
    .andWhere('included_epoch', '<=', upTo ?? -1)
    .select('cid');
  return { underWay: messages.length + arrivals.length };
}

export interface ForwardInput {
  readonly loanId: string;
  readonly step: StepInput;
  readonly approval: NewApproval;
  /** Absent: those of the application stand. */
  readonly terms?: LendingTerms | undefined;
}

async function forward(
  trx: Knex.Transaction,
  { loanId, step, approval, terms }: ForwardInput,
): Promise<void> {
  const loan = await lockLoan(trx, loanId);
  if (loan.state !== 'preflight' && loan.approval_id !== approval.id)
    throw new RefusalError('wrong-state', `The loan is ${loan.state}.`);
  if (loan.state === 'preflight') await expectNotFrozen(trx, 'loan', loan.borrower_id);
  await openApproval(trx, approval);
  if (loan.state !== 'preflight') return;
  if (terms !== undefined) {
    const refused = judgeTerms(terms, BigInt(loan.amount));
    if (refused !== null) throw new RefusalError(refused.refusal, refused.detail);
    await addTerms(trx, loanId, terms, step.actor ?? { id: 'workflow', role: 'workflow' });
  }
  await moveLoan(trx, loanId, 'in_approval', step, {
    approval_id: approval.id,
    forwarded_by: approval.makerId,
    ...(terms !== undefined && { bucket: bucketName(terms.fixedBps) }),
  });
}

async function move(trx: Knex.Transaction, input: MoveInput): Promise<void> {
  const { loanId, to, step, patch = {} } = input;
  await moveLoan(trx, loanId, to, step, patch);
  if (to !== 'settled') return;
  await cancelExtensions(trx, loanId);
  await cancelDisbursements(trx, loanId);
}

export function makeLoanActivities(deps: Pick<LoanDeps, 'knex'>) {
  const { knex } = deps;
  return {
    ...makeLoanExtensionActivities(deps),
    ...makeLoanDisbursementActivities(deps),

    /** Moves a loan along, with the step that says so. With the debt gone, what was asked about its terms ends. */
    moveLoan: refusing((input: MoveInput) => knex.transaction((trx) => move(trx, input))),

    endLoan: refusing((input: EndInput) => knex.transaction((trx) => endLoan(trx, input))),

    /** The maker forwards, on these terms: the approval is opened and names who may not decide. */
    openLoanApproval: refusing((input: ForwardInput) => knex.transaction((trx) => forward(trx, input))),

    /** The owner role is back where it was: repaid, or turned back before anything was lent. */
    closeLoan: refusing(
      async (input: { loanId: string; to: 'closed' | 'cancelled'; step: StepInput }): Promise<void> => {
        const patch = { closed_at: new Date(), ...(input.to === 'closed' ? { outcome: 'repaid' } : {}) };
        await knex.transaction((trx) => moveLoan(trx, input.loanId, input.to, input.step, patch));
      },
    ),

    noteLoanStep: refusing(async (input: { loanId: string; step: StepInput }): Promise<void> => {
      await knex.transaction((trx) => amendLoan(trx, input.loanId, input.step, {}));
    }),

    /** Messages of the loan, and arrivals at its addresses up to an epoch, that are not final yet. */
    readLoanUnderWay: (input: UnderWayInput) => countUnderWay(knex, input),

    decideLoan: refusing((input: { loanId: string; decision: DecisionInput }) =>
      knex.transaction((trx) => decideLoan(trx, input)),
    ),

    /** The borrower asks to repay from the miner's balance: nothing is kept back from now on. */
    noteRepayFromMiner: refusing(async (input: { loanId: string; actor: { id: string; role: string } }) => {
      await knex.transaction(async (trx) => {
        const loan = await lockLoan(trx, input.loanId);
        if (!hasDebt(loan.state)) throw new RefusalError('nothing-to-repay', `The loan is ${loan.state}.`);
        const sentence = "The borrower asked to repay from the miner's balance";
        const step = { step: 'repay-from-miner', sentence, actor: input.actor };
        await amendLoan(trx, input.loanId, step, {
          repay_from_miner_by: input.actor.id,
          repay_from_miner_at: new Date(),
        });
      });
    }),

    /** A sentence for the home screen, or null when the help has come. */
    noteLoanHelp: refusing(async (input: { loanId: string; sentence: string | null; step: StepInput }) => {
      await knex.transaction((trx) =>
        amendLoan(trx, input.loanId, input.step, { needs_action: input.sentence }),
      );
    }),

    /**
     * Writes a step for each payment booked since the last time, then reads what is owed at the pool's clock and
     * whether the loan has reached its maturity there. `told`: the last payment that the borrower knows of.
     */
    takeStock: refusing((input: { loanId: string; told: number }) =>
      takeStock(knex, input.loanId, input.told),
    ),
  };
}

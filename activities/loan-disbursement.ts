/**
 * The disbursements of a loan after its first, task queue `ledger`: a maker says how the condition is met, another
 * person decides, the pool's cash is set aside with the acceptance. Each call is one transaction.
 */
import type { Knex } from 'knex';
import { closeApproval, openApproval, type DecisionInput } from '../db/approval';
import { poolClock } from '../db/clock';
import {
  insertRequest,
  moveRequest,
  requestsOf,
  type DisbursementRequestRow,
} from '../db/disbursement-request';
import { expectNotFrozen } from '../db/freeze';
import { amendLoan, lockLoan, type LoanRow } from '../db/loan';
import { disbursementsOf } from '../db/loan-facts';
import { latestTerms } from '../db/loan-terms';
import { nextDisbursement, numbered, type NumberedDisbursement } from '../domain/disbursement';
import { isMature } from '../domain/loan';
import { attoFrom, attoText, formatCoins, type AttoText } from '../domain/money';
import { isRefusal, RefusalError } from '../domain/refusal';
import { commitToLoan, releaseCommitment } from '../ledger/pool';
import { workflowIds } from '../workflows/handles';
import { decideAsked, type DecideAsked } from './loan-decision';
import type { LoanDeps } from './loan-deps';
import { refusing } from './refusal';

export interface AskDisbursement {
  readonly loanId: string;
  readonly approvalId: string;
  readonly actor: { readonly id: string; readonly role: string };
  /** How the condition is met. */
  readonly reason: string;
}

/** How a decision on a disbursement ended, for the workflow. */
export interface DisbursementDecided {
  readonly approvalId: string;
  readonly state: 'waiting' | 'accepted' | 'refused';
  readonly n: number;
  /** attoFIL. */
  readonly amount: AttoText;
}

/** The disbursement that may be asked for, or sent, now. @throws RefusalError wrong-state, nothing-to-disburse */
async function expectNext(trx: Knex.Transaction, loan: LoanRow): Promise<NumberedDisbursement> {
  const { plan } = await latestTerms(trx, loan.id);
  const next = nextDisbursement({
    state: loan.state,
    mature: isMature(loan.maturity_epoch, await poolClock(trx)),
    plan: numbered(plan, BigInt(loan.amount)),
    done: (await disbursementsOf(trx, loan.id)).length,
  });
  if (isRefusal(next)) throw new RefusalError(next.refusal, next.detail);
  return next;
}

const fil = (amount: string): string => `${formatCoins(BigInt(amount))} FIL`;

async function ask(trx: Knex.Transaction, input: AskDisbursement): Promise<void> {
  const { loanId, approvalId, actor, reason } = input;
  const loan = await lockLoan(trx, loanId);
  const known = await requestsOf(trx, loanId);
  if (known.some(({ approval_id }) => approval_id === approvalId)) return;
  if (known.some(({ closed_at }) => closed_at === null)) throw new RefusalError('disbursement-pending');
  await expectNotFrozen(trx, 'loan', loan.borrower_id);
  const { n, amount, condition } = await expectNext(trx, loan);
  const wanted = condition ?? '';
  await openApproval(trx, {
    id: approvalId,
    kind: 'loan-disbursement',
    subjectKind: 'loan',
    subjectId: loanId,
    workflowId: workflowIds.loan(loanId),
    subject: {
      loan: loanId,
      miner: loan.miner,
      disbursement: n,
      amount,
      condition: wanted,
      evidence: reason,
    },
    makerId: actor.id,
    quorum: 1,
  });
  await insertRequest(trx, {
    approval_id: approvalId,
    loan_id: loanId,
    n,
    amount,
    condition: wanted,
    evidence: reason,
    maker_id: actor.id,
  });
  const sentence = `Disbursement ${n} of ${fil(amount)} asked for by ${actor.role}: ${reason}`;
  await amendLoan(trx, loanId, { step: `disbursement-asked-${approvalId}`, sentence, actor }, {});
}

async function grant(
  trx: Knex.Transaction,
  loan: LoanRow,
  asked: DisbursementRequestRow,
  { actor }: DecisionInput,
): Promise<void> {
  const { approval_id: commitmentId, n, amount } = asked;
  await expectNotFrozen(trx, 'loan', loan.borrower_id);
  await expectNext(trx, loan);
  await commitToLoan(trx, { poolId: loan.pool_id, loanId: loan.id, amount: attoFrom(amount), commitmentId });
  await moveRequest(trx, asked, { state: 'granted', checker_id: actor.id });
  const sentence = `Disbursement ${n} of ${fil(amount)} approved by ${actor.role}; the pool has set it aside`;
  const step = { step: `disbursement-granted-${commitmentId}`, sentence, actor };
  await amendLoan(trx, loan.id, step, { committed: true });
}

async function refuse(
  trx: Knex.Transaction,
  { id }: LoanRow,
  asked: DisbursementRequestRow,
  { actor }: DecisionInput,
): Promise<void> {
  await moveRequest(trx, asked, { state: 'refused', checker_id: actor.id });
  const sentence = `Disbursement ${asked.n} refused by ${actor.role}`;
  await amendLoan(trx, id, { step: `disbursement-refused-${asked.approval_id}`, sentence, actor }, {});
}

async function decide(trx: Knex.Transaction, input: DecideAsked): Promise<DisbursementDecided> {
  const { outcome, asked } = await decideAsked(trx, input, { rowsOf: requestsOf, grant, refuse });
  return { ...outcome, n: asked.n, amount: attoText(BigInt(asked.amount)) };
}

export interface DropDisbursement {
  readonly loanId: string;
  readonly approvalId: string;
  readonly why: string;
}

async function drop(trx: Knex.Transaction, { loanId, approvalId, why }: DropDisbursement): Promise<void> {
  const loan = await lockLoan(trx, loanId);
  const granted = (await requestsOf(trx, loanId)).find((one) => one.approval_id === approvalId);
  if (granted?.state === 'granted') await giveBack(trx, loan, granted, why);
}

/** The money that was set aside for it is the pool's again; the caller locks the loan. */
async function giveBack(
  trx: Knex.Transaction,
  { id: loanId, pool_id: poolId }: LoanRow,
  granted: DisbursementRequestRow,
  why: string,
): Promise<void> {
  const { approval_id: approvalId } = granted;
  await releaseCommitment(trx, { poolId, loanId, commitmentId: approvalId });
  await moveRequest(trx, granted, { state: 'failed', detail: why });
  const sentence = `Disbursement ${granted.n} was not lent: ${why}; the pool has it back`;
  await amendLoan(trx, loanId, { step: `disbursement-failed-${approvalId}`, sentence }, { committed: false });
}

/**
 * With the debt gone, what still waits for a decision waits no more; what was granted after the debt was read, and so is
 * never sent, goes back to the pool.
 */
export async function cancelDisbursements(trx: Knex.Transaction, loanId: string): Promise<void> {
  const loan = await lockLoan(trx, loanId);
  for (const asked of await requestsOf(trx, loanId)) {
    if (asked.state === 'granted') await giveBack(trx, loan, asked, 'the loan was repaid meanwhile');
    if (asked.state !== 'asked') continue;
    await closeApproval(trx, asked.approval_id, 'cancelled');
    await moveRequest(trx, asked, { state: 'cancelled' });
  }
}

export function makeLoanDisbursementActivities({ knex }: Pick<LoanDeps, 'knex'>) {
  return {
    /** A maker asks for the next disbursement: opens the approval that names who may not decide. */
    askDisbursement: refusing((input: AskDisbursement) => knex.transaction((trx) => ask(trx, input))),

    /** One person's decision; with the acceptance the pool's cash is set aside, or the decision is refused. */
    decideDisbursement: refusing((input: DecideAsked) => knex.transaction((trx) => decide(trx, input))),

    /** A granted disbursement that was not lent after all: its money goes back to the pool. */
    dropDisbursement: refusing((input: DropDisbursement) => knex.transaction((trx) => drop(trx, input))),
  };
}

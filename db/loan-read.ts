/** Loans as people see them: rows of the list, and what belongs to one. Amounts as decimal text in atto. */
import type { Knex } from 'knex';
import { hasDebt } from '../domain/loan';
import { RefusalError } from '../domain/refusal';
import { readCursor } from './clock';
import { payoffQuote } from './loan-account';
import { extensionsOf } from './loan-extension';
import { requestsOf } from './disbursement-request';
import { plansOf, termsOf } from './loan-terms';
import { disbursementsOf, reportsOf } from './loan-facts';
import type { LoanRow, StepRow } from './loan';

/** The columns of a loan under their names on the wire. */
export const LOAN_SQL = `
  SELECT id, number, borrower_id AS "borrowerId", miner, amount::text, term_epochs AS "termEpochs",
    pool_id AS "poolId", state, outcome, outcome_detail AS "outcomeDetail", owner_before AS "ownerBefore",
    forwarded_by AS "forwardedBy", approval_id AS "approvalId", escrow_address AS "escrowAddress",
    escrow_id_address AS "escrowIdAddress", repayment_address AS "repaymentAddress",
    offer_deadline_epoch AS "offerDeadlineEpoch", maturity_epoch AS "maturityEpoch",
    repay_from_miner_at AS "repayFromMinerAt", needs_action AS "needsAction",
    created_at AS "createdAt", updated_at AS "updatedAt", closed_at AS "closedAt"
  FROM loan`;

interface RepaymentRow {
  readonly id: number;
  readonly loan_id: string;
  readonly source: string;
  readonly amount: string;
  readonly penalty: string;
  readonly fee: string;
  readonly interest: string;
  readonly principal: string;
  readonly excess: string;
  readonly debt_after: string;
  readonly included_epoch: number;
  readonly journal_id: number;
  readonly message_cid: string;
}

/** What is owed at an epoch. Beyond the booked epoch it is an estimate: other loans and deposits move the rate. */
export interface DebtView {
  readonly debt: string;
  readonly principal: string;
  readonly interest: string;
  readonly fee: string;
  readonly penalty: string;
  readonly epoch: number;
  readonly bookedEpoch: number;
  readonly estimate: boolean;
}

/** The loan's payoff for a payment included at `epoch`. @throws RefusalError not-found, malformed-request */
export async function debtView(db: Knex, loanId: string, epoch: number): Promise<DebtView> {
  const quote = await payoffQuote(db, loanId, epoch);
  const { debt, principal, interest, fee, penalty, bookedEpoch } = quote;
  return {
    debt: debt.toString(),
    principal: principal.toString(),
    interest: interest.toString(),
    fee: fee.toString(),
    penalty: penalty.toString(),
    epoch: quote.epoch,
    bookedEpoch,
    estimate: quote.epoch > bookedEpoch && !quote.fixedRate,
  };
}

/** A payoff is quoted so far ahead unless another epoch is asked for: time to sign and send a message. */
const QUOTE_AHEAD_EPOCHS = 60;

/** What pays the loan off if it is included at `epoch`. @throws RefusalError nothing-to-repay, malformed-request */
export async function quoteOf(
  db: Knex,
  loan: Pick<LoanRow, 'id' | 'maturity_epoch'>,
  epoch: number | undefined,
): Promise<DebtView & { readonly id: string }> {
  if (loan.maturity_epoch === null) throw new RefusalError('nothing-to-repay', 'Nothing was lent yet.');
  const at = epoch ?? (await knownHead(db)) + QUOTE_AHEAD_EPOCHS;
  return { id: loan.id, ...(await debtView(db, loan.id, at)) };
}

/** The chain head that the database knows; 0 before chain-watch has begun. */
export async function knownHead(db: Knex): Promise<number> {
  return (await readCursor(db))?.head ?? 0;
}

async function stepsOf(db: Knex, loanId: string) {
  const rows = await db<StepRow>('loan_step').where({ loan_id: loanId }).orderBy('seq');
  return rows.map((row) => ({
    seq: row.seq,
    step: row.step,
    state: row.state,
    at: row.at.toISOString(),
    epoch: row.epoch,
    actorId: row.actor_id,
    actorRole: row.actor_role,
    messageId: row.message_id,
    journalId: row.journal_id,
    sentence: row.sentence,
  }));
}

async function repaymentsOf(db: Knex, loanId: string) {
  const rows = await db<RepaymentRow>('repayment').where({ loan_id: loanId }).orderBy('id');
  return rows.map((row) => ({
    id: String(row.id),
    source: row.source,
    amount: row.amount,
    penalty: row.penalty,
    fee: row.fee,
    interest: row.interest,
    principal: row.principal,
    excess: row.excess,
    debtAfter: row.debt_after,
    includedEpoch: row.included_epoch,
    journalId: row.journal_id,
    cid: row.message_cid,
  }));
}

/** What was asked of a checker: who asked, who decided, and when. */
function askedView<S extends string>(row: {
  readonly state: S;
  readonly maker_id: string;
  readonly checker_id: string | null;
  readonly approval_id: string;
  readonly asked_at: Date;
  readonly closed_at: Date | null;
}) {
  return {
    state: row.state,
    makerId: row.maker_id,
    checkerId: row.checker_id,
    approvalId: row.approval_id,
    askedAt: row.asked_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
  };
}

async function extensionViews(db: Knex, loanId: string) {
  const rows = await extensionsOf(db, loanId);
  return rows.map((row) => ({
    n: row.n,
    fromEpoch: row.from_epoch,
    toEpoch: row.to_epoch,
    reason: row.reason,
    grantedEpoch: row.granted_epoch,
    ...askedView(row),
  }));
}

async function requestViews(db: Knex, loanId: string) {
  const rows = await requestsOf(db, loanId);
  return rows.map((row) => ({
    n: row.n,
    amount: row.amount,
    condition: row.condition,
    evidence: row.evidence,
    detail: row.detail,
    ...askedView(row),
  }));
}

async function termsViews(db: Knex, loanId: string) {
  const [rows, plans] = await Promise.all([termsOf(db, loanId), plansOf(db, loanId)]);
  return rows.map((row) => ({
    version: row.version,
    fixedBps: row.fixed_bps,
    fee: row.fee,
    penaltyBps: row.penalty_bps,
    waterfall: [...row.waterfall],
    plan: [...(plans.get(row.version) ?? [])],
    actorRole: row.actor_role,
    at: row.at.toISOString(),
  }));
}

/** Everything that belongs to one loan: its track, reports, payments and present debt. */
export async function loanParts(db: Knex, loan: Pick<LoanRow, 'id' | 'state'>) {
  const [steps, reports, disbursements, repayments, extensions, requests, terms, account, head] =
    await Promise.all([
      stepsOf(db, loan.id),
      reportsOf(db, loan.id),
      disbursementsOf(db, loan.id),
      repaymentsOf(db, loan.id),
      extensionViews(db, loan.id),
      requestViews(db, loan.id),
      termsViews(db, loan.id),
      db('loan_account').where({ loan_id: loan.id }).first<object | undefined>('loan_id'),
      knownHead(db),
    ]);
  return {
    steps,
    reports: reports.map(({ stage, height, tipset_key, checks, passed, code, hash, at }) => ({
      stage,
      height,
      tipsetKey: [...tipset_key],
      checks: checks.map((check) => ({ ...check })),
      passed,
      code,
      hash,
      at: at.toISOString(),
    })),
    disbursements: disbursements.map((row) => ({
      n: row.n,
      amount: row.amount,
      messageId: row.message_id,
      cid: row.cid,
      includedEpoch: row.included_epoch,
      executedEpoch: row.executed_epoch,
    })),
    repayments,
    extensions,
    disbursementRequests: requests,
    terms,
    debt: account === undefined ? null : await debtView(db, loan.id, hasDebt(loan.state) ? head : 0),
  };
}

/** What chain events do to a loan's debt. On-chain events count from the epoch that included them (design 5). */
import type { Knex } from 'knex';
import { readLoanAccount, saveLoanAccount } from '../db/loan-account';
import { lockPool, savePool } from '../db/pool';
import { beginTerm, countPenalty, dueCharges, moveDue, payCharges } from '../domain/charge';
import { disburse, owedBy, repay } from '../domain/debt';
import { atto, type Atto } from '../domain/money';
import { credit, debit, type AccountRef, type Posting } from '../domain/posting';
import { RefusalError } from '../domain/refusal';
import { assertBooks } from './check-pool';
import { accrue, lines } from './pool';
import { post } from './post';

export { debtAt, payoffQuote, type Debt, type PayoffQuote } from '../db/loan-account';

interface ChainEvent {
  readonly loanId: string;
  readonly amount: Atto;
  readonly includedEpoch: number;
  readonly executedEpoch: number;
  readonly messageCid: string;
  /** The address that the money left or reached. */
  readonly custody: AccountRef;
  /** `<workflowId>/<step>`; the same key again changes nothing and answers as the first time. */
  readonly key: string;
  readonly workflowId: string;
  readonly approvalId?: string;
}

export interface DisbursementBooked {
  readonly journalId: number;
  readonly principal: Atto;
}

/** To the debit side where it is positive, to the credit side where it is negative. */
function signed(code: 'pool.interest', owner: string, amount: bigint): Posting {
  return amount < 0n ? credit(code, owner, atto(-amount)) : debit(code, owner, atto(amount));
}

/**
 * Books FIL sent into the miner: the open commitment of that amount is lent from the epoch of inclusion on.
 * @throws RefusalError 'not-found' (no such loan account), 'wrong-state' (no open commitment of that amount),
 *   'amount-above-balance' (the custody account holds less).
 */
export async function bookDisbursement(
  trx: Knex.Transaction,
  event: ChainEvent,
): Promise<DisbursementBooked> {
  const { loanId, amount, includedEpoch, custody, key, workflowId } = event;
  const { poolId } = await readLoanAccount(trx, loanId);
  const record = await lockPool(trx, poolId);
  const { account, charges, termEpochs } = await readLoanAccount(trx, loanId);
  const before = await trx<{ id: number; key: string }>('ledger.journal').where({ key }).first('id');
  if (before !== undefined) return { journalId: before.id, principal: atto(account.principal) };
  const closed = await trx('loan_commitment')
    .where({ loan_id: loanId, state: 'open', amount: amount.toString() })
    .update({ state: 'lent', closed_at: trx.fn.now() });
  if (closed !== 1)
    throw new RefusalError('wrong-state', `Loan ${loanId} has no open commitment of ${amount} atto.`);
  const { pool } = await accrue(trx, record, includedEpoch, { workflowId, key });
  const lent = disburse(pool, account, amount);
  const { journalId } = await post(trx, {
    ...journalOf(event, 'disbursement', poolId),
    postings: lines(
      debit('loan.principal', loanId, amount),
      { account: custody, side: 'credit', amount },
      debit('pool.interest', poolId, atto(lent.difference)),
      credit('pool.depositors', poolId, atto(lent.difference)),
    ),
  });
  const counted = countPenalty(charges, account.principal, includedEpoch);
  await saveLoanAccount(trx, loanId, lent.loan, beginTerm(counted, termEpochs, includedEpoch));
  await savePool(trx, record, lent.pool);
  await assertBooks(trx, poolId, lent.pool, 'loans');
  return { journalId, principal: atto(lent.loan.principal) };
}

export interface RepaymentEvent extends ChainEvent {
  /** Where it came from: 'sweep', 'direct'… */
  readonly source: string;
  /** Gets what is paid beyond the debt. */
  readonly borrowerId: string;
}

export interface RepaymentBooked {
  readonly journalId: number;
  readonly penalty: Atto;
  readonly fee: Atto;
  readonly interest: Atto;
  readonly principal: Atto;
  readonly excess: Atto;
  readonly debtAfter: Atto;
}

interface RepaymentRow {
  readonly key: string;
  readonly loan_id: string;
  readonly amount: string;
  readonly journal_id: number;
  readonly penalty: string;
  readonly fee: string;
  readonly interest: string;
  readonly principal: string;
  readonly excess: string;
  readonly debt_after: string;
}

/**
 * Books FIL that arrived for a loan, split in the order of its terms: interest and principal are the pool's, fee and
 * penalty are income of the platform, the rest is the borrower's available balance.
 * @throws RefusalError 'not-found' (no such loan account).
 */
export async function bookRepayment(trx: Knex.Transaction, event: RepaymentEvent): Promise<RepaymentBooked> {
  const { loanId, amount, includedEpoch, executedEpoch, custody, key, workflowId } = event;
  const { poolId } = await readLoanAccount(trx, loanId);
  const record = await lockPool(trx, poolId);
  const { account, charges: known, order } = await readLoanAccount(trx, loanId);
  const before = await trx<RepaymentRow>('repayment').where({ key }).first();
  if (before !== undefined) return recorded(before, event);
  const { pool } = await accrue(trx, record, includedEpoch, { workflowId, key });
  const charges = countPenalty(known, account.principal, includedEpoch);
  const paid = repay(pool, account, amount, { charges: dueCharges(charges), order });
  const { journalId } = await post(trx, {
    ...journalOf(event, 'repayment', poolId),
    postings: lines(
      { account: custody, side: 'debit', amount },
      credit('loan.principal', loanId, atto(paid.principal)),
      signed('pool.interest', poolId, paid.difference - paid.interest),
      credit('pool.depositors', poolId, atto(paid.difference)),
      credit('fee.income', '', atto(paid.fee + paid.penalty)),
      credit('customer.available', event.borrowerId, atto(paid.excess)),
    ),
  });
  const after = payCharges(charges, paid);
  const left = dueCharges(after);
  const debtAfter = owedBy(paid.pool, paid.loan) + left.fee + left.penalty;
  await trx('repayment').insert({
    key,
    loan_id: loanId,
    source: event.source,
    amount: amount.toString(),
    penalty: paid.penalty.toString(),
    fee: paid.fee.toString(),
    interest: paid.interest.toString(),
    principal: paid.principal.toString(),
    excess: paid.excess.toString(),
    debt_after: debtAfter.toString(),
    included_epoch: includedEpoch,
    executed_epoch: executedEpoch,
    journal_id: journalId,
    message_cid: event.messageCid,
    workflow_id: workflowId,
  });
  await saveLoanAccount(trx, loanId, paid.loan, after);
  await savePool(trx, record, paid.pool);
  await assertBooks(trx, poolId, paid.pool, 'loans');
  const { penalty, fee, interest, principal, excess } = paid;
  return {
    journalId,
    penalty: atto(penalty),
    fee: atto(fee),
    interest: atto(interest),
    principal: atto(principal),
    excess: atto(excess),
    debtAfter: atto(debtAfter),
  };
}

function recorded(row: RepaymentRow, { loanId, amount, key }: RepaymentEvent): RepaymentBooked {
  if (row.loan_id !== loanId || BigInt(row.amount) !== amount)
    throw new RefusalError('idempotency-key-reused', `Repayment ${key} was booked with another amount.`);
  return {
    journalId: row.journal_id,
    penalty: atto(BigInt(row.penalty)),
    fee: atto(BigInt(row.fee)),
    interest: atto(BigInt(row.interest)),
    principal: atto(BigInt(row.principal)),
    excess: atto(BigInt(row.excess)),
    debtAfter: atto(BigInt(row.debt_after)),
  };
}

function journalOf(event: ChainEvent, kind: string, poolId: string) {
  const { key, workflowId, includedEpoch, executedEpoch, messageCid, approvalId, loanId } = event;
  return {
    key,
    kind,
    asset: 'FIL' as const,
    effectiveEpoch: includedEpoch,
    executedEpoch,
    workflowId,
    messageCid,
    poolId,
    loanId,
    ...(approvalId !== undefined && { approvalId }),
  };
}

/**
 * Moves the maturity at the pool's clock: the penalty of the epochs before is counted by the old one. Takes the pool's
 * lock. A loan without an agreed term has no maturity in the books to move.
 */
export async function moveLoanDue(
  trx: Knex.Transaction,
  { loanId, clock, dueEpoch }: { readonly loanId: string; readonly clock: number; readonly dueEpoch: number },
): Promise<void> {
  const { poolId } = await readLoanAccount(trx, loanId);
  await lockPool(trx, poolId);
  const { account, charges } = await readLoanAccount(trx, loanId);
  if (charges.dueEpoch === null) return;
  await saveLoanAccount(trx, loanId, account, moveDue(charges, account.principal, clock, dueEpoch));
}

/** A loan's debt as rows, and what it will be at an epoch. */
import type { Knex } from 'knex';
import { owedBy, type LoanAccount } from '../domain/debt';
import { atto, type Atto } from '../domain/money';
import { advance } from '../domain/pool';
import { RefusalError } from '../domain/refusal';
import { readPool } from './pool';

interface LoanAccountRow {
  readonly loan_id: string;
  readonly pool_id: string;
  readonly bucket: string;
  readonly scaled: string;
  readonly principal: string;
}

/** A loan's account and its pool. @throws RefusalError 'not-found' before anything was committed to the loan. */
export async function readLoanAccount(
  db: Knex,
  loanId: string,
): Promise<{ poolId: string; account: LoanAccount }> {
  const row = await db<LoanAccountRow>('loan_account').where({ loan_id: loanId }).first();
  if (row === undefined) throw new RefusalError('not-found', `Loan ${loanId} has no account in a pool.`);
  const { bucket, scaled, principal } = row;
  return { poolId: row.pool_id, account: { bucket, scaled: BigInt(scaled), principal: BigInt(principal) } };
}

/** Writes the loan's account; the pool's row lock must be held. */
export async function saveLoanAccount(
  trx: Knex.Transaction,
  loanId: string,
  account: LoanAccount,
): Promise<void> {
  await trx('loan_account')
    .where({ loan_id: loanId })
    .update({ scaled: account.scaled.toString(), principal: account.principal.toString() });
}

export interface Debt {
  /** What pays the loan off: ⌈scaled × index⌉, in atto. */
  readonly debt: Atto;
  readonly principal: Atto;
  readonly interest: Atto;
}

export interface PayoffQuote extends Debt {
  /** The epoch of inclusion that the figure is for. */
  readonly epoch: number;
  /** The pool's last booked epoch; what lies after it is an estimate: other loans and deposits move the rate. */
  readonly bookedEpoch: number;
}

/** 30 days of 30 s: so far ahead may be asked, since every epoch is counted. */
export const QUOTE_EPOCHS_MAX = 86_400;

/**
 * What paying off costs if the payment is included at `epoch`, all else equal; at the pool's last epoch where `epoch`
 * lies before it. Computed on a copy. A loan with no account owes nothing.
 * @throws RefusalError 'malformed-request' where `epoch` is more than QUOTE_EPOCHS_MAX past the booked one.
 */
export async function payoffQuote(db: Knex, loanId: string, epoch: number): Promise<PayoffQuote> {
  const { poolId, account } = await readLoanAccount(db, loanId);
  const record = await readPool(db, poolId);
  if (record === null) throw new RefusalError('not-found', `There is no pool ${poolId}.`);
  const bookedEpoch = record.pool.lastEpoch;
  const at = Math.max(epoch, bookedEpoch);
  if (at - bookedEpoch > QUOTE_EPOCHS_MAX && account.scaled > 0n)
    throw new RefusalError('malformed-request', `A quote reaches at most ${QUOTE_EPOCHS_MAX} epochs ahead.`);
  const debt = account.scaled === 0n ? 0n : owedBy(advance(record.pool, record.rates, at).pool, account);
  const { principal } = account;
  return {
    debt: atto(debt),
    principal: atto(principal),
    interest: atto(debt - principal),
    epoch: at,
    bookedEpoch,
  };
}

/** The loan's debt at an epoch not before the pool's; all zero for a loan with no account yet. */
export async function debtAt(db: Knex, loanId: string, epoch: number): Promise<Debt> {
  const known = await db('loan_account').where({ loan_id: loanId }).first<object | undefined>('loan_id');
  if (known === undefined) return { debt: atto(0n), principal: atto(0n), interest: atto(0n) };
  const { debt, principal, interest } = await payoffQuote(db, loanId, epoch);
  return { debt, principal, interest };
}

/** A loan's debt as rows, and what it will be at an epoch. */
import type { Knex } from 'knex';
import { countPenalty, dueCharges, type Charges } from '../domain/charge';
import { owedBy, type LoanAccount } from '../domain/debt';
import { atto, type Atto } from '../domain/money';
import { advance } from '../domain/pool';
import { RefusalError } from '../domain/refusal';
import type { Part } from '../domain/waterfall';
import { readPool } from './pool';

interface LoanAccountRow {
  readonly loan_id: string;
  readonly pool_id: string;
  readonly bucket: string;
  readonly scaled: string;
  readonly principal: string;
  readonly term_epochs: number | null;
  readonly due_epoch: number | null;
  readonly fee: string;
  readonly fee_paid: string;
  readonly penalty_rate: string;
  readonly penalty_accrued: string;
  readonly penalty_paid: string;
  readonly penalty_epoch: number | null;
  readonly waterfall: readonly Part[];
}

/** A loan in the books: its part of the pool's debt, and what it owes beside that. */
export interface LoanBooks {
  readonly poolId: string;
  readonly account: LoanAccount;
  readonly charges: Charges;
  readonly order: readonly Part[];
  /** From the first disbursement to the maturity; null where none was agreed. */
  readonly termEpochs: number | null;
}

/** A loan's account and its pool. @throws RefusalError 'not-found' before anything was committed to the loan. */
export async function readLoanAccount(db: Knex, loanId: string): Promise<LoanBooks> {
  const row = await db<LoanAccountRow>('loan_account').where({ loan_id: loanId }).first();
  if (row === undefined) throw new RefusalError('not-found', `Loan ${loanId} has no account in a pool.`);
  const { bucket, scaled, principal } = row;
  return {
    poolId: row.pool_id,
    account: { bucket, scaled: BigInt(scaled), principal: BigInt(principal) },
    charges: {
      fee: BigInt(row.fee),
      feePaid: BigInt(row.fee_paid),
      penaltyRate: BigInt(row.penalty_rate),
      penaltyAccrued: BigInt(row.penalty_accrued),
      penaltyPaid: BigInt(row.penalty_paid),
      penaltyEpoch: row.penalty_epoch,
      dueEpoch: row.due_epoch,
    },
    order: row.waterfall,
    termEpochs: row.term_epochs,
  };
}

/** Writes the loan's account; the pool's row lock must be held. */
export async function saveLoanAccount(
  trx: Knex.Transaction,
  loanId: string,
  account: LoanAccount,
  charges: Charges,
): Promise<void> {
  await trx('loan_account').where({ loan_id: loanId }).update({
    scaled: account.scaled.toString(),
    principal: account.principal.toString(),
    due_epoch: charges.dueEpoch,
    fee_paid: charges.feePaid.toString(),
    penalty_accrued: charges.penaltyAccrued.toString(),
    penalty_paid: charges.penaltyPaid.toString(),
    penalty_epoch: charges.penaltyEpoch,
  });
}

export interface Debt {
  /** What pays the loan off: ⌈scaled × index⌉ + fee + penalty, in atto. */
  readonly debt: Atto;
  readonly principal: Atto;
  readonly interest: Atto;
  readonly fee: Atto;
  readonly penalty: Atto;
}

const NONE: Debt = {
  debt: atto(0n),
  principal: atto(0n),
  interest: atto(0n),
  fee: atto(0n),
  penalty: atto(0n),
};

export interface PayoffQuote extends Debt {
  /** The epoch of inclusion that the figure is for. */
  readonly epoch: number;
  /** The pool's last booked epoch; what lies after it is an estimate: other loans and deposits move the rate. */
  readonly bookedEpoch: number;
  /** Nothing but a payment or a disbursement of the loan itself changes the figure: its rate is fixed. */
  readonly fixedRate: boolean;
}

/** 30 days of 30 s: so far ahead may be asked, since every epoch is counted. */
export const QUOTE_EPOCHS_MAX = 86_400;

/**
 * What paying off costs if the payment is included at `epoch`, all else equal; at the pool's last epoch where `epoch`
 * lies before it. Computed on a copy. A loan with no account owes nothing.
 * @throws RefusalError 'malformed-request' where `epoch` is more than QUOTE_EPOCHS_MAX past the booked one.
 */
export async function payoffQuote(db: Knex, loanId: string, epoch: number): Promise<PayoffQuote> {
  const { poolId, account, charges } = await readLoanAccount(db, loanId);
  const record = await readPool(db, poolId);
  if (record === null) throw new RefusalError('not-found', `There is no pool ${poolId}.`);
  const bookedEpoch = record.pool.lastEpoch;
  const at = Math.max(epoch, bookedEpoch);
  if (at - bookedEpoch > QUOTE_EPOCHS_MAX && account.scaled > 0n)
    throw new RefusalError('malformed-request', `A quote reaches at most ${QUOTE_EPOCHS_MAX} epochs ahead.`);
  const owed = account.scaled === 0n ? 0n : owedBy(advance(record.pool, record.rates, at).pool, account);
  const { principal } = account;
  const { fee, penalty } = dueCharges(countPenalty(charges, principal, at));
  return {
    debt: atto(owed + fee + penalty),
    principal: atto(principal),
    interest: atto(owed - principal),
    fee: atto(fee),
    penalty: atto(penalty),
    epoch: at,
    bookedEpoch,
    fixedRate: record.pool.buckets.some(({ name, fixedApr }) => name === account.bucket && fixedApr !== null),
  };
}

/** The loan's debt at an epoch not before the pool's; all zero for a loan with no account yet. */
export async function debtAt(db: Knex, loanId: string, epoch: number): Promise<Debt> {
  const known = await db('loan_account').where({ loan_id: loanId }).first<object | undefined>('loan_id');
  if (known === undefined) return NONE;
  const { debt, principal, interest, fee, penalty } = await payoffQuote(db, loanId, epoch);
  return { debt, principal, interest, fee, penalty };
}

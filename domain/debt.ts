/**
 * One loan's debt inside a pool's bucket: opening and repayment (docs/money.md). Amounts in attoFIL.
 * Each result names what differs between the money moved and the change of the pool's debt: it is the depositors'.
 */
import { debtOf, type Bucket, type Pool } from './pool';
import { mulDivCeil, mulDivFloor, RAY } from './ray';
import { refuse, type Refusal } from './refusal';

/** A loan as its pool knows it. */
export interface LoanAccount {
  readonly bucket: string;
  readonly scaled: bigint;
  readonly principal: bigint;
}

export interface Disbursement {
  readonly pool: Pool;
  readonly loan: LoanAccount;
  /** Growth of the pool's debt beyond the amount lent, ≥ 0: to pool.interest and pool.depositors. */
  readonly difference: bigint;
}

export interface Repayment {
  readonly pool: Pool;
  readonly loan: LoanAccount;
  /** Part of the payment that pays interest, and principal. */
  readonly interest: bigint;
  readonly principal: bigint;
  /** What was paid beyond the debt: the borrower's. */
  readonly excess: bigint;
  /** interest + principal less the fall of the pool's debt, ≥ 0: to the depositors. */
  readonly difference: bigint;
}

function bucketOf(pool: Pool, name: string): Bucket {
  const bucket = pool.buckets.find((one) => one.name === name);
  if (bucket === undefined) throw new RangeError(`the pool has no rate bucket ${name}`);
  return bucket;
}

function withScaled(pool: Pool, name: string, change: bigint): Pool {
  const buckets = pool.buckets.map((b) => (b.name === name ? { ...b, scaled: b.scaled + change } : b));
  return { ...pool, buckets };
}

/** What the loan owes: ⌈scaled × index ÷ ray⌉. */
export function owedBy(pool: Pool, loan: LoanAccount): bigint {
  return mulDivCeil(loan.scaled, bucketOf(pool, loan.bucket).index, RAY);
}

/** Sets `amount` aside for a loan; it stays part of the assets. */
export function commit(pool: Pool, amount: bigint): Pool | Refusal {
  if (amount > pool.cash) return refuse('pool-cash-short');
  return { ...pool, cash: pool.cash - amount, committed: pool.committed + amount };
}

/** Gives a commitment back to the idle money. */
export function release(pool: Pool, amount: bigint): Pool {
  return { ...pool, cash: pool.cash + amount, committed: pool.committed - amount };
}

/** Lends a committed amount: scaled debt ⌈amount·ray ÷ index⌉. */
export function disburse(pool: Pool, loan: LoanAccount, amount: bigint): Disbursement {
  const scaled = mulDivCeil(amount, RAY, bucketOf(pool, loan.bucket).index);
  const moved = { ...pool, committed: pool.committed - amount, principal: pool.principal + amount };
  const lent = withScaled(moved, loan.bucket, scaled);
  return {
    pool: lent,
    loan: { ...loan, scaled: loan.scaled + scaled, principal: loan.principal + amount },
    difference: debtOf(lent) - debtOf(pool) - amount,
  };
}

/**
 * Takes a payment: interest ⌊scaled × index⌋ − principal first, the rest principal; scaled falls by ⌊payment·ray ÷ index⌋.
 * From the whole debt on it is a pay-off: the ceil is charged, scaled becomes 0, what is above is the excess.
 */
export function repay(pool: Pool, loan: LoanAccount, payment: bigint): Repayment {
  const { index } = bucketOf(pool, loan.bucket);
  const owed = owedBy(pool, loan);
  const paid = payment < owed ? payment : owed;
  const closes = payment >= owed;
  const due = (closes ? owed : mulDivFloor(loan.scaled, index, RAY)) - loan.principal;
  const interest = paid < due ? paid : due;
  const scaled = closes ? loan.scaled : mulDivFloor(paid, RAY, index);
  const principal = paid - interest;
  const moved = { ...pool, cash: pool.cash + paid, principal: pool.principal - principal };
  const repaid = withScaled(moved, loan.bucket, -scaled);
  return {
    pool: repaid,
    loan: { ...loan, scaled: loan.scaled - scaled, principal: loan.principal - principal },
    interest,
    principal,
    excess: payment - paid,
    difference: paid - (debtOf(pool) - debtOf(repaid)),
  };
}

/**
 * One loan's debt inside a pool's bucket: opening and repayment (docs/money.md). Amounts in attoFIL.
 * Each result names what differs between the money moved and the change of the pool's debt: it is the depositors'.
 */
import { debtOf, type Bucket, type Pool } from './pool';
import { mulDivCeil, mulDivFloor, RAY } from './ray';
import { refuse, type Refusal } from './refusal';
import { pour, WATERFALL, type Part } from './waterfall';

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
  /** Part of the payment that pays interest, and principal: the pool's. */
  readonly interest: bigint;
  readonly principal: bigint;
  /** Part that pays fee and penalty: the platform's. */
  readonly fee: bigint;
  readonly penalty: bigint;
  /** What was paid beyond the debt: the borrower's. */
  readonly excess: bigint;
  /** interest + principal less the fall of the pool's debt, ≥ 0: to the depositors. */
  readonly difference: bigint;
}

export interface RepaymentRules {
  /** Due of both, attoFIL. */
  readonly charges?: { readonly fee: bigint; readonly penalty: bigint };
  readonly order?: readonly Part[];
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

/**
 * Sets `amount` aside for a loan; it stays part of the assets. `keep`: cash that must stay idle (liquidity reserve). The
 * loss reserve is not lent on its own account: what is lent and promised stays within what is the depositors'.
 */
export function commit(pool: Pool, amount: bigint, keep: bigint): Pool | Refusal {
  if (amount > pool.cash - pool.reserve) return refuse('pool-cash-short');
  if (amount > pool.cash - keep) return refuse('liquidity-reserve');
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
 * Takes a payment and splits it in the order given, by default interest ⌊scaled × index⌋ − principal first, the rest
 * principal; scaled falls by ⌊paid·ray ÷ index⌋. Where interest and principal get the whole debt it is a pay-off of
 * the pool: the ceil is charged, scaled becomes 0. What is above all that is due is the excess.
 */
export function repay(
  pool: Pool,
  loan: LoanAccount,
  payment: bigint,
  { charges = { fee: 0n, penalty: 0n }, order = WATERFALL }: RepaymentRules = {},
): Repayment {
  const { index } = bucketOf(pool, loan.bucket);
  const owed = owedBy(pool, loan);
  const due = (debt: bigint) => ({ ...charges, interest: debt - loan.principal, principal: loan.principal });
  const whole = pour(order, due(owed), payment);
  const closes = whole.parts.interest + whole.parts.principal === owed;
  const { parts, rest } = closes ? whole : pour(order, due(mulDivFloor(loan.scaled, index, RAY)), payment);
  const { interest, principal, fee, penalty } = parts;
  const paid = interest + principal;
  const scaled = closes ? loan.scaled : mulDivFloor(paid, RAY, index);
  const moved = { ...pool, cash: pool.cash + paid, principal: pool.principal - principal };
  const repaid = withScaled(moved, loan.bucket, -scaled);
  return {
    pool: repaid,
    loan: { ...loan, scaled: loan.scaled - scaled, principal: loan.principal - principal },
    interest,
    principal,
    fee,
    penalty,
    excess: rest,
    difference: paid - (debtOf(pool) - debtOf(repaid)),
  };
}

/** A pool's figures for people: its statement, its history, its curve. Amounts in atto, rates in ray, all as text. */
import type { Knex } from 'knex';
import { attoText, type AttoText } from '../domain/money';
import { claimOf, debtOf, ratesOf } from '../domain/pool';
import { borrowApr, depositApr, rateAt } from '../domain/rate';
import { RAY } from '../domain/ray';
import { RefusalError } from '../domain/refusal';
import { residueBound, residueOf, valueOfShares } from '../domain/share';
import { readPool, type PoolRecord } from './pool';

export interface PoolStatement {
  readonly poolId: string;
  /** The pool's last booked epoch. */
  readonly epoch: number;
  readonly utilisation: string;
  readonly borrowApr: string;
  readonly depositApr: string;
  readonly cash: AttoText;
  readonly committed: AttoText;
  readonly debt: AttoText;
  readonly principal: AttoText;
  readonly reserve: AttoText;
  readonly payable: AttoText;
  /** Put in by depositors so far. */
  readonly deposits: AttoText;
  /** Paid out to them so far. */
  readonly redeemed: AttoText;
  /** All interest and rounding gains so far: deposits − redeemed + interest − reserve = claim. */
  readonly interest: AttoText;
  /** The part of `interest` that is roundings of disbursements and repayments in the pool's favour. */
  readonly roundings: AttoText;
  /** What belongs to the depositors: cash + committed + debt − reserve − payable. */
  readonly claim: AttoText;
  readonly shares: string;
  readonly positions: number;
  /** Σ worth of the positions, each floored. */
  readonly positionsValue: AttoText;
  /** claim − positionsValue: floors of the positions and the virtual shares' part; below residueBound. */
  readonly residue: AttoText;
  readonly residueBound: AttoText;
}

const FLOWS = `
  SELECT coalesce(sum(change) FILTER (WHERE kind NOT IN ('accrual', 'disbursement', 'repayment', 'redemption')), 0)
      AS deposits,
    coalesce(-sum(change) FILTER (WHERE kind = 'redemption'), 0) AS redeemed,
    coalesce(sum(change) FILTER (WHERE kind IN ('disbursement', 'repayment')), 0) AS roundings,
    coalesce((SELECT sum(interest) FROM accrual_run WHERE pool_id = :poolId), 0) AS accrued
  FROM (
    SELECT j.kind, CASE p.side WHEN 'C' THEN p.amount ELSE -p.amount END AS change
    FROM ledger.account a JOIN ledger.posting p ON p.account_id = a.id JOIN ledger.journal j ON j.id = p.journal_id
    WHERE a.code = 'pool.depositors' AND a.owner = :poolId AND j.phase IN ('posted', 'post_pending')) AS moved`;

interface Flows {
  readonly deposits: string;
  readonly redeemed: string;
  readonly roundings: string;
  readonly accrued: string;
}

async function mustRead(db: Knex, poolId: string): Promise<PoolRecord> {
  const record = await readPool(db, poolId);
  if (record === null) throw new RefusalError('not-found', `There is no pool ${poolId}.`);
  return record;
}

/**
 * The pool at its last booked epoch, with the named residue (docs/money.md): deposits and interest come from journals,
 * the rest from the pool, so that `deposits − redeemed + interest − reserve = claim` is a check and not a definition.
 * Read it in one REPEATABLE READ transaction where other writes may come between.
 */
export async function poolStatement(db: Knex, poolId: string): Promise<PoolStatement> {
  const { pool, rates } = await mustRead(db, poolId);
  const { rows } = await db.raw<{ rows: [Flows] }>(FLOWS, { poolId });
  const shares = (
    await db('position')
      .where({ pool_id: poolId })
      .where('shares', '>', 0)
      .select<{ shares: string }[]>('shares')
  ).map((row) => BigInt(row.shares));
  const { utilisation, borrowApr: borrow, depositApr: deposit } = ratesOf(pool, rates);
  const roundings = BigInt(rows[0].roundings);
  return {
    poolId,
    epoch: pool.lastEpoch,
    utilisation: utilisation.toString(),
    borrowApr: borrow.toString(),
    depositApr: deposit.toString(),
    cash: attoText(pool.cash),
    committed: attoText(pool.committed),
    debt: attoText(debtOf(pool)),
    principal: attoText(pool.principal),
    reserve: attoText(pool.reserve),
    payable: attoText(pool.payable),
    deposits: attoText(BigInt(rows[0].deposits)),
    redeemed: attoText(BigInt(rows[0].redeemed)),
    interest: attoText(BigInt(rows[0].accrued) + roundings),
    roundings: attoText(roundings),
    claim: attoText(claimOf(pool)),
    shares: pool.shares.toString(),
    positions: shares.length,
    positionsValue: attoText(shares.reduce((sum, one) => sum + valueOfShares(pool, one), 0n)),
    residue: attoText(residueOf(pool, shares)),
    residueBound: attoText(residueBound(pool, shares.length)),
  };
}

export interface PoolPoint {
  readonly epoch: number;
  readonly utilisation: string;
  readonly borrowApr: string;
  readonly depositApr: string;
  readonly claim: AttoText;
  readonly debt: AttoText;
  readonly cash: AttoText;
  readonly committed: AttoText;
  readonly reserve: AttoText;
  readonly at: string;
}

/**
 * The pool's history: the last point of each stretch of `every` epochs in [from, to], oldest first, at most `limit`
 * (the newest). 120 epochs of 30 s are an hour, 2,880 a day; 1 gives every point.
 */
export async function poolPoints(
  db: Knex,
  poolId: string,
  { from = 0, to = Number.MAX_SAFE_INTEGER, every = 1, limit = 1000 } = {},
): Promise<PoolPoint[]> {
  const { rows } = await db.raw<{ rows: (Omit<PoolPoint, 'at'> & { at: Date })[] }>(
    `SELECT DISTINCT ON (stretch) epoch, utilisation, borrow_apr AS "borrowApr", deposit_apr AS "depositApr",
       claim, debt, cash, committed, reserve, at
     FROM (SELECT *, epoch / :every AS stretch FROM pool_point
       WHERE pool_id = :poolId AND epoch BETWEEN :from AND :to) AS points
     ORDER BY stretch DESC, epoch DESC LIMIT :limit`,
    { poolId, from, to, every, limit },
  );
  return rows.reverse().map((row) => ({ ...row, at: row.at.toISOString() }));
}

export interface CurvePoint {
  readonly utilisation: string;
  readonly borrowApr: string;
  readonly depositApr: string;
}

/** The rate curve of the version in force, from 0 to 100 % in `steps` steps, the kink included; for a picture. */
export async function poolCurve(db: Knex, poolId: string, steps = 20): Promise<CurvePoint[]> {
  const { pool, rates } = await mustRead(db, poolId);
  const rate = rateAt(rates, pool.lastEpoch);
  const at = Array.from({ length: steps + 1 }, (_, i) => (RAY * BigInt(i)) / BigInt(steps));
  const used = [...new Set([...at, rate.kink])].sort((a, b) => (a < b ? -1 : 1));
  return used.map((utilisation) => {
    const apr = borrowApr(rate, utilisation);
    return {
      utilisation: utilisation.toString(),
      borrowApr: apr.toString(),
      depositApr: depositApr(rate, utilisation, apr).toString(),
    };
  });
}

/** When a request in the queue may be paid, from what loans are expected to bring back. An estimate, and told as one. */
import type { Knex } from 'knex';
import { mulDivCeil, RAY } from '../domain/ray';

/** A range: two ways of counting, the earlier answer first. Now and now where cash covers it already. */
export interface Estimate {
  /** At the pace of the last twelfth of a year; null where that is no answer: nothing came back, or next to nothing. */
  readonly fromEpoch: number | null;
  /** When loans that are due until then cover it, each paid at its maturity; null where all loans together do not. */
  readonly untilEpoch: number | null;
}

/** What takes longer than a hundred years is not told as a date. */
const MOST_MONTHS = 1_200n;

interface Now {
  readonly epoch: number;
  readonly epochsPerMonth: number;
}

/** @param needed atto that have to come back before the request is paid whole */
export async function estimate(db: Knex, poolId: string, needed: bigint, now: Now): Promise<Estimate> {
  if (needed <= 0n) return { fromEpoch: now.epoch, untilEpoch: now.epoch };
  const pace = await byPace(db, poolId, needed, now);
  const maturities = await byMaturities(db, poolId, needed, now);
  return pace !== null && maturities !== null && maturities < pace
    ? { fromEpoch: maturities, untilEpoch: pace }
    : { fromEpoch: pace, untilEpoch: maturities };
}

async function byPace(db: Knex, poolId: string, needed: bigint, now: Now): Promise<number | null> {
  const since = Math.max(0, now.epoch - now.epochsPerMonth);
  const paid = await db('repayment as r')
    .join('loan_account as a', 'a.loan_id', 'r.loan_id')
    .where('a.pool_id', poolId)
    .where('r.included_epoch', '>=', since)
    .first<{ total: string | null }>(db.raw('sum(r.interest + r.principal) AS total'));
  const total = BigInt(paid.total ?? '0');
  if (total === 0n) return null;
  const epochs = (needed * BigInt(now.epoch - since) + total - 1n) / total;
  return epochs > MOST_MONTHS * BigInt(now.epochsPerMonth) ? null : now.epoch + Number(epochs);
}

async function byMaturities(db: Knex, poolId: string, needed: bigint, now: Now): Promise<number | null> {
  const loans = await db('loan as l')
    .join('loan_account as a', 'a.loan_id', 'l.id')
    .join('pool_bucket as b', { 'b.pool_id': 'a.pool_id', 'b.bucket': 'a.bucket' })
    .where('a.pool_id', poolId)
    .where('a.scaled', '>', 0)
    .whereNotNull('l.maturity_epoch')
    .orderBy('l.maturity_epoch')
    .select<{ maturity_epoch: number; scaled: string; borrow_index: string }[]>(
      'l.maturity_epoch',
      'a.scaled',
      'b.borrow_index',
    );
  let covered = 0n;
  // With the interest owed by now: it is part of what the last in the queue is owed.
  const last = loans.find(({ scaled, borrow_index: index }) => {
    covered += mulDivCeil(BigInt(scaled), BigInt(index), RAY);
    return covered >= needed;
  });
  return last === undefined ? null : Math.max(now.epoch, last.maturity_epoch);
}

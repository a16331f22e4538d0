/** When a request in the queue may be paid, from what loans are expected to bring back. An estimate, and told as one. */
import type { Knex } from 'knex';

export interface Estimate {
  /** At the pace of the last twelfth of a year; null where nothing came back in it. */
  readonly fromEpoch: number | null;
  /** When loans that are due until then cover it, each paid at its maturity; null where all loans together do not. */
  readonly untilEpoch: number | null;
}

/** @param needed atto that have to come back before the request is paid whole */
export async function estimate(
  db: Knex,
  poolId: string,
  needed: bigint,
  now: { readonly epoch: number; readonly epochsPerMonth: number },
): Promise<Estimate> {
  const since = Math.max(0, now.epoch - now.epochsPerMonth);
  const paid = await db('repayment as r')
    .join('loan_account as a', 'a.loan_id', 'r.loan_id')
    .where('a.pool_id', poolId)
    .where('r.included_epoch', '>=', since)
    .first<{ total: string | null }>(db.raw('sum(r.interest + r.principal) AS total'));
  const loans = await db('loan as l')
    .join('loan_account as a', 'a.loan_id', 'l.id')
    .where('a.pool_id', poolId)
    .where('a.principal', '>', 0)
    .whereNotNull('l.maturity_epoch')
    .orderBy('l.maturity_epoch')
    .select<{ maturity_epoch: number; principal: string }[]>('l.maturity_epoch', 'a.principal');
  const total = BigInt(paid.total ?? '0');
  let covered = 0n;
  const last = loans.find(({ principal }) => {
    covered += BigInt(principal);
    return covered >= needed;
  });
  const span = BigInt(now.epoch - since);
  return {
    fromEpoch: total === 0n ? null : now.epoch + Number((needed * span + total - 1n) / total),
    untilEpoch: last === undefined ? null : Math.max(now.epoch, last.maturity_epoch),
  };
}

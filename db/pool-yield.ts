import type { Knex } from 'knex';
import { claimOf } from '../domain/pool';
import { rateAt } from '../domain/rate';
import { realisedYield, type RealisedYield } from '../domain/yield';
import type { PoolRecord } from './pool';

interface Row {
  readonly epoch: number;
  readonly claim: string;
  readonly shares: string;
}

const DAYS = 7;

/**
 * What a share brought over the last seven days, from the recorded points: from the last one that is as old, else from
 * the first there is. A pool that was emptied meanwhile began anew, so only what came after counts. Null while there
 * is nothing to compare with.
 */
export async function trailingYield(
  db: Knex,
  { id, pool, rates }: PoolRecord,
): Promise<RealisedYield | null> {
  const { epochsPerYear } = rateAt(rates, pool.lastEpoch);
  const since = pool.lastEpoch - Number((epochsPerYear * BigInt(DAYS)) / 365n);
  const { rows } = await db.raw<{ rows: Row[] }>(
    `WITH start AS (SELECT coalesce((SELECT max(epoch) FROM pool_point
         WHERE pool_id = :id AND epoch <= :since), 0) AS epoch),
       emptied AS (SELECT max(p.epoch) AS epoch FROM pool_point p, start s
         WHERE p.pool_id = :id AND p.epoch >= s.epoch AND (p.shares = 0 OR p.emptied))
     SELECT p.epoch, p.claim, p.shares FROM pool_point p, start s, emptied e
     WHERE p.pool_id = :id AND p.epoch >= s.epoch AND p.epoch >= coalesce(e.epoch, -1) AND p.shares > 0
     ORDER BY p.epoch LIMIT 1`,
    { id, since },
  );
  const [first] = rows;
  if (first === undefined || pool.shares === 0n) return null;
  const from = { epoch: first.epoch, claim: BigInt(first.claim), shares: BigInt(first.shares) };
  const to = { epoch: pool.lastEpoch, claim: claimOf(pool), shares: pool.shares };
  return realisedYield(from, to, epochsPerYear);
}

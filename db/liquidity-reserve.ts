import type { Knex } from 'knex';
import { readPolicy } from './policy';
import type { PoolRecord } from './pool';

/** Share of the deposits, in ray, that lending may not touch now. A round lends all it raised: none. */
export async function liquidityShare(
  db: Knex,
  { id, kind }: Pick<PoolRecord, 'id' | 'kind'>,
): Promise<bigint> {
  if (kind === 'round') return 0n;
  return (await readPolicy(db, 'liquidity-reserve', id)).policy.share;
}

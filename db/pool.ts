/** Rows ↔ pools. Reading is open to everybody; a pool is written by compare-and-set, under its row lock. */
import type { Knex } from 'knex';
import { claimOf, debtOf, ratesOf, type Pool } from '../domain/pool';
import type { RateVersion } from '../domain/rate';
import { RefusalError } from '../domain/refusal';

export interface PoolRecord {
  readonly id: string;
  readonly kind: 'flexible' | 'round';
  readonly state: 'open' | 'closed';
  /** Counts the writes of the row. */
  readonly seq: number;
  readonly pool: Pool;
  readonly rates: readonly RateVersion[];
}

type Amounts = Record<'cash' | 'committed' | 'payable' | 'principal' | 'shares' | 'reserve', string>;

interface PoolRow extends Amounts {
  readonly id: string;
  readonly kind: 'flexible' | 'round';
  readonly state: 'open' | 'closed';
  readonly last_epoch: number;
  readonly seq: number;
  readonly buckets: readonly { name: string; index: string; scaled: string; fixedApr: string | null }[];
  readonly rates: readonly (Record<'base' | 'slope1' | 'slope2' | 'kink' | 'reserveFactor', string> & {
    version: number;
    fromEpoch: number;
    epochsPerYear: number;
  })[];
}

/** One statement, so that the row and its buckets are of one moment. */
const READ = `
  SELECT p.*,
    (SELECT jsonb_agg(jsonb_build_object('name', bucket, 'index', borrow_index::text, 'scaled', scaled::text,
      'fixedApr', fixed_apr::text) ORDER BY bucket) FROM pool_bucket WHERE pool_id = p.id) AS buckets,
    (SELECT jsonb_agg(jsonb_build_object('version', version, 'fromEpoch', from_epoch, 'base', base::text,
      'slope1', slope1::text, 'slope2', slope2::text, 'kink', kink::text, 'reserveFactor', reserve_factor::text,
      'epochsPerYear', epochs_per_year) ORDER BY version) FROM rate_version WHERE pool_id = p.id) AS rates
  FROM pool p`;

function fromRow(row: PoolRow): PoolRecord {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    seq: row.seq,
    pool: {
      cash: BigInt(row.cash),
      committed: BigInt(row.committed),
      payable: BigInt(row.payable),
      principal: BigInt(row.principal),
      shares: BigInt(row.shares),
      reserve: BigInt(row.reserve),
      lastEpoch: row.last_epoch,
      buckets: row.buckets.map(({ name, index, scaled, fixedApr }) => ({
        name,
        index: BigInt(index),
        scaled: BigInt(scaled),
        fixedApr: fixedApr === null ? null : BigInt(fixedApr),
      })),
    },
    rates: row.rates.map((rate) => ({
      version: rate.version,
      fromEpoch: rate.fromEpoch,
      base: BigInt(rate.base),
      slope1: BigInt(rate.slope1),
      slope2: BigInt(rate.slope2),
      kink: BigInt(rate.kink),
      reserveFactor: BigInt(rate.reserveFactor),
      epochsPerYear: BigInt(rate.epochsPerYear),
    })),
  };
}

/** The pool, or null. */
export async function readPool(db: Knex, poolId: string): Promise<PoolRecord | null> {
  const { rows } = await db.raw<{ rows: PoolRow[] }>(`${READ} WHERE p.id = ?`, [poolId]);
  return rows[0] ? fromRow(rows[0]) : null;
}

/** As `readPool`. @throws RefusalError 'not-found' */
export async function mustReadPool(db: Knex, poolId: string): Promise<PoolRecord> {
  const record = await readPool(db, poolId);
  if (record === null) throw new RefusalError('not-found', `There is no pool ${poolId}.`);
  return record;
}

/** All pools, the oldest first. */
export async function listPools(db: Knex): Promise<PoolRecord[]> {
  const { rows } = await db.raw<{ rows: PoolRow[] }>(`${READ} ORDER BY p.created_at, p.id`);
  return rows.map(fromRow);
}

/**
 * The pool, its row locked until the transaction ends: its events are journaled in one order.
 * Take it before any account of the ledger. @throws RefusalError 'not-found'
 */
export async function lockPool(trx: Knex.Transaction, poolId: string): Promise<PoolRecord> {
  // A statement of its own: one that waited for the lock would still see the buckets of before.
  await trx.raw('SELECT FROM pool WHERE id = ? FOR NO KEY UPDATE', [poolId]);
  const record = await readPool(trx, poolId);
  if (record === null) throw new RefusalError('not-found', `There is no pool ${poolId}.`);
  return record;
}

/**
 * Locks the pools of these loans, in the order of their ids: a transaction that books several events takes them all
 * before the first account (docs/decisions/004-lock-order.md).
 */
export async function lockPoolsOf(trx: Knex.Transaction, loanIds: readonly string[]): Promise<void> {
  if (loanIds.length === 0) return;
  await trx.raw(
    `SELECT FROM pool WHERE id IN (SELECT pool_id FROM loan WHERE id = ANY (:loanIds)
       UNION SELECT pool_id FROM loan_account WHERE loan_id = ANY (:loanIds))
     ORDER BY id FOR NO KEY UPDATE`,
    { loanIds: [...loanIds] },
  );
}

/** Writes what the transaction made of the pool, and its point for the charts. Throws where another write came between. */
export async function savePool(trx: Knex.Transaction, from: PoolRecord, pool: Pool): Promise<void> {
  const { buckets, lastEpoch, ...amounts } = pool;
  const row = Object.fromEntries(Object.entries(amounts).map(([name, value]) => [name, value.toString()]));
  const written = await trx('pool')
    .where({ id: from.id, last_epoch: from.pool.lastEpoch, seq: from.seq })
    .update({ ...row, last_epoch: lastEpoch, seq: from.seq + 1 });
  if (written !== 1) throw new Error(`pool ${from.id} was written by somebody else since it was read`);
  for (const { name, index, scaled } of buckets) {
    await trx('pool_bucket')
      .where({ pool_id: from.id, bucket: name })
      .update({ borrow_index: index.toString(), scaled: scaled.toString() });
  }
  await notePoint(trx, { ...from, pool });
}

async function notePoint(trx: Knex.Transaction, { id, pool, rates }: PoolRecord): Promise<void> {
  const { utilisation, borrowApr, depositApr } = ratesOf(pool, rates);
  const point = {
    utilisation: utilisation.toString(),
    borrow_apr: borrowApr.toString(),
    deposit_apr: depositApr.toString(),
    claim: claimOf(pool).toString(),
    debt: debtOf(pool).toString(),
    curve_debt: debtOf({ buckets: pool.buckets.filter(({ fixedApr }) => fixedApr === null) }).toString(),
    cash: pool.cash.toString(),
    committed: pool.committed.toString(),
    reserve: pool.reserve.toString(),
    shares: pool.shares.toString(),
  };
  await trx('pool_point')
    .insert({ pool_id: id, epoch: pool.lastEpoch, ...point, at: trx.fn.now() })
    .onConflict(['pool_id', 'epoch'])
    .merge({
      ...point,
      at: trx.fn.now(),
      emptied: trx.raw('pool_point.emptied OR pool_point.shares = 0'),
    });
}

/**
 * Opens a rate bucket where the pool has none of that name: its index counts from the pool's last epoch. The pool's row
 * lock must be held.
 */
export async function openBucket(
  trx: Knex.Transaction,
  { id, pool }: PoolRecord,
  name: string,
  fixedApr: bigint,
): Promise<void> {
  if (pool.buckets.some((bucket) => bucket.name === name)) return;
  await trx('pool_bucket').insert({
    pool_id: id,
    bucket: name,
    fixed_apr: fixedApr.toString(),
    opened_epoch: pool.lastEpoch,
  });
}

/** Positions: whose part of a pool is whose, and what it is worth at the pool's last epoch. */
import type { Knex } from 'knex';
import { attoText, type AttoText } from '../domain/money';
import { valueOfShares } from '../domain/share';
import { listPools } from './pool';

interface PositionRow {
  readonly token_id: number;
  readonly pool_id: string;
  readonly customer_id: string;
  readonly subscription_id: string;
  readonly shares: string;
  readonly minted_epoch: number;
  readonly created_at: Date;
  readonly principal: string;
}

export interface PositionView {
  readonly id: number;
  readonly poolId: string;
  readonly customerId: string;
  readonly subscriptionId: string;
  readonly shares: string;
  /** What was put in and not taken out. */
  readonly principal: AttoText;
  /** Worth at the pool's last booked epoch: floor. */
  readonly value: AttoText;
  readonly epoch: number;
  readonly mintedEpoch: number;
  readonly createdAt: string;
}

export interface PositionFilter {
  readonly id?: number;
  readonly customerId?: string;
  readonly poolId?: string;
}

/** Positions, oldest first, with their worth. */
export async function listPositions(
  db: Knex,
  filter: PositionFilter = {},
  page: { readonly offset: number; readonly limit: number } = { offset: 0, limit: 1000 },
): Promise<{ rows: PositionView[]; total: number }> {
  const pools = new Map((await listPools(db)).map(({ id, pool }) => [id, pool]));
  const query = db('position as p');
  if (filter.id !== undefined) void query.where('p.token_id', filter.id);
  if (filter.customerId !== undefined) void query.where('p.customer_id', filter.customerId);
  if (filter.poolId !== undefined) void query.where('p.pool_id', filter.poolId);
  const [count] = await query.clone().count<{ count: number }[]>('* as count');
  const rows = await query
    .orderBy('p.token_id')
    .limit(page.limit)
    .offset(page.offset)
    .select<PositionRow[]>(
      'p.*',
      db.raw(`(SELECT e.principal FROM position_event e WHERE e.token_id = p.token_id ORDER BY e.seq DESC LIMIT 1)
        AS principal`),
    );
  return {
    rows: rows.map((row) => {
      const pool = pools.get(row.pool_id);
      if (pool === undefined) throw new Error(`position ${row.token_id} is of an unknown pool`);
      return {
        id: row.token_id,
        poolId: row.pool_id,
        customerId: row.customer_id,
        subscriptionId: row.subscription_id,
        shares: row.shares,
        principal: attoText(BigInt(row.principal)),
        value: attoText(valueOfShares(pool, BigInt(row.shares))),
        epoch: pool.lastEpoch,
        mintedEpoch: row.minted_epoch,
        createdAt: row.created_at.toISOString(),
      };
    }),
    total: count?.count ?? 0,
  };
}

export interface PositionEventView {
  readonly seq: number;
  readonly kind: 'mint' | 'add' | 'burn' | 'transfer';
  readonly epoch: number;
  readonly ownerId: string;
  readonly shares: string;
  readonly principal: AttoText;
  readonly principalEpochs: string;
  readonly journalId: number | null;
  readonly previousHash: string;
  readonly hash: string;
  readonly at: string;
}

interface PositionEventRow {
  readonly seq: number;
  readonly kind: PositionEventView['kind'];
  readonly epoch: number;
  readonly owner_id: string;
  readonly shares: string;
  readonly principal: string;
  readonly principal_epochs: string;
  readonly journal_id: number | null;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
  readonly at: Date;
}

/** The story of one position; each event carries the hash of the one before. */
export async function positionEvents(db: Knex, tokenId: number): Promise<PositionEventView[]> {
  const rows = await db('position_event')
    .where({ token_id: tokenId })
    .orderBy('seq')
    .select<PositionEventRow[]>();
  return rows.map((row) => ({
    seq: row.seq,
    kind: row.kind,
    epoch: row.epoch,
    ownerId: row.owner_id,
    shares: row.shares,
    principal: attoText(BigInt(row.principal)),
    principalEpochs: row.principal_epochs,
    journalId: row.journal_id,
    previousHash: row.previous_hash.toString('hex'),
    hash: row.hash.toString('hex'),
    at: row.at.toISOString(),
  }));
}

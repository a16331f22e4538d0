/** Requests to redeem, the queue they wait in, and what each was paid. Amounts in atto, as the columns hold them. */
import type { Knex } from 'knex';
import type { AttoText } from '../domain/money';
import { ahead, type QueueMarks } from '../domain/redemption';
import { nodesBefore, nodesOf } from '../domain/redemption-place';
import type { RefusalCode } from '../domain/refusal';

export interface RedemptionRequest {
  readonly redemptionId: string;
  readonly customerId: string;
  readonly tokenId: number;
  /** null = everything that is free of the position. */
  readonly amount: AttoText | null;
  /** Refused where it is worth less when it is placed. */
  readonly atLeast: AttoText | null;
  readonly workflowId: string;
}

export type RedemptionState = 'requested' | 'waiting' | 'paid' | 'cancelled' | 'refused';

export interface RedemptionRow {
  readonly id: string;
  readonly customer_id: string;
  readonly token_id: number;
  readonly amount: string | null;
  readonly at_least: string | null;
  readonly state: RedemptionState;
  readonly refusal: RefusalCode | null;
  readonly pool_id: string | null;
  readonly ordinal: number | null;
  readonly queue_from: string | null;
  readonly shares: string | null;
  readonly burnt: string;
  readonly paid: string;
  readonly placed_epoch: number | null;
  readonly closed_epoch: number | null;
  readonly cancelled_by: string | null;
  readonly cancel_reason: string | null;
  readonly workflow_id: string;
  readonly created_at: Date;
  readonly closed_at: Date | null;
}

/** Writes the request down; nothing where it is there already. */
export async function insertRedemption(db: Knex, request: RedemptionRequest): Promise<void> {
  await db('redemption')
    .insert({
      id: request.redemptionId,
      customer_id: request.customerId,
      token_id: request.tokenId,
      amount: request.amount,
      at_least: request.atLeast,
      workflow_id: request.workflowId,
    })
    .onConflict('id')
    .ignore();
}

/** The request; throws where there is none. Its pool's lock comes first where it is to be changed. */
export async function readRedemption(db: Knex, id: string): Promise<RedemptionRow> {
  const row = await db<RedemptionRow>('redemption').where({ id }).first();
  if (row === undefined) throw new Error(`there is no redemption ${id}`);
  return row;
}

/** Closes the request as refused; nothing where it was placed or closed already. */
export async function refuseRedemption(db: Knex, id: string, refusal: RefusalCode): Promise<void> {
  await db('redemption')
    .where({ id, state: 'requested' })
    .update({ state: 'refused', refusal, closed_at: db.fn.now() });
}

export interface QueueRow extends QueueMarks {
  readonly waiting: number;
}

/** Where the pool's queue stands; its pool's lock must be held to change it. */
export async function readQueue(db: Knex, poolId: string): Promise<QueueRow> {
  const row = await db('redemption_queue')
    .where({ pool_id: poolId })
    .first<{ tail: string; placed: number; head: string; passed: number; waiting: number } | undefined>();
  if (row === undefined) throw new Error(`pool ${poolId} has no queue`);
  return { ...row, tail: BigInt(row.tail), head: BigInt(row.head) };
}

/** Writes the marks. */
export async function saveQueue(trx: Knex.Transaction, poolId: string, queue: QueueRow): Promise<void> {
  const { tail, placed, head, passed, waiting } = queue;
  const row = { tail: tail.toString(), placed, head: head.toString(), passed, waiting };
  await trx('redemption_queue').where({ pool_id: poolId }).update(row);
}

/** Shares and requests ahead of one that waits; null where it does not. */
export async function placeOf(
  db: Knex,
  row: Pick<RedemptionRow, 'state' | 'pool_id' | 'ordinal' | 'queue_from'>,
): Promise<{ readonly shares: bigint; readonly requests: number } | null> {
  const { state, pool_id: poolId, ordinal, queue_from: from } = row;
  if (state !== 'waiting' || poolId === null || ordinal === null || from === null) return null;
  const marks = await readQueue(db, poolId);
  const [below, passed] = [nodesBefore(ordinal), nodesBefore(marks.passed)];
  const rows = await db('redemption_given_up')
    .where({ pool_id: poolId })
    .whereIn('node', [...new Set([...below, ...passed])])
    .select<{ node: number; shares: string; requests: number }[]>('node', 'shares', 'requests');
  const gaps = { shares: 0n, requests: 0 };
  for (const { node, shares, requests } of rows) {
    const sign = (below.includes(node) ? 1 : 0) - (passed.includes(node) ? 1 : 0);
    gaps.shares += BigInt(sign) * BigInt(shares);
    gaps.requests += sign * requests;
  }
  return ahead(marks, { from: BigInt(from), ordinal }, gaps);
}

/** Counts a request that was given up with this many shares left; its pool's lock must be held. */
export async function noteGivenUp(
  trx: Knex.Transaction,
  poolId: string,
  { ordinal, shares }: { readonly ordinal: number; readonly shares: bigint },
): Promise<void> {
  await trx.raw(
    `INSERT INTO redemption_given_up AS g (pool_id, node, shares, requests)
     SELECT :poolId, node, :shares::numeric, 1 FROM unnest(:nodes::bigint[]) AS node
     ON CONFLICT (pool_id, node) DO UPDATE SET shares = g.shares + EXCLUDED.shares, requests = g.requests + 1`,
    { poolId, shares: shares.toString(), nodes: nodesOf(ordinal) },
  );
}

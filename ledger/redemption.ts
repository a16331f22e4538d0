/**
 * Out of a pool: requests are placed, filled from the head, given up. Each call takes the pool's row lock first; journal,
 * pool row, queue, positions and their events are written in one transaction.
 */
import type { Knex } from 'knex';
import { poolClock } from '../db/clock';
import { findCustomer } from '../db/customer';
import { oweLooks } from '../db/look';
import { lockPool, savePool, type PoolRecord } from '../db/pool';
import {
  noteGivenUp,
  readQueue,
  readRedemption,
  saveQueue,
  type QueueRow,
  type RedemptionRow,
} from '../db/redemption';
import { atto } from '../domain/money';
import type { Pool } from '../domain/pool';
import { credit, debit } from '../domain/posting';
import { fill, REDEMPTION_POLICY, sharesFor } from '../domain/redemption';
import { isRefusal, RefusalError } from '../domain/refusal';
import { valueOfShares } from '../domain/share';
import { assertBooks } from './check-pool';
import { accrue, type Origin } from './pool';
import { burnShares, lockPosition, queueShares } from './position';
import { post } from './post';

/** A queue under its pool's lock, the pool at its clock. */
interface Open {
  readonly trx: Knex.Transaction;
  readonly record: PoolRecord;
  readonly epoch: number;
  pool: Pool;
  queue: QueueRow;
}

/** Locks the pool and brings it to its clock; whoever opens it closes it, or rolls back. */
async function open(trx: Knex.Transaction, poolId: string, origin: Origin): Promise<Open> {
  const record = await lockPool(trx, poolId);
  const epoch = await poolClock(trx);
  const { pool } = await accrue(trx, record, epoch, origin);
  return { trx, record, epoch, pool, queue: await readQueue(trx, poolId) };
}

async function close({ trx, record, pool, queue }: Open): Promise<void> {
  await saveQueue(trx, record.id, queue);
  await savePool(trx, record, pool);
  await assertBooks(trx, record.id, pool);
}

/**
 * Fixes a request in shares and gives it its place; pays it at once as far as cash allows and nobody waits before it.
 * A request that was placed already is left as it is.
 * @throws RefusalError 'not-found' (no such position of this customer), 'customer-not-open', 'wrong-state' (a pool
 *   that pays at maturity only), 'amount-zero', 'amount-above-balance', 'value-below-bound'.
 */
export async function placeRedemption(trx: Knex.Transaction, redemptionId: string): Promise<void> {
  const asked = await readRedemption(trx, redemptionId);
  if (asked.state !== 'requested') return;
  const poolId = await poolOfPosition(trx, asked);
  await lockPool(trx, poolId);
  if ((await readRedemption(trx, redemptionId)).state !== 'requested') return;
  const queue = await open(trx, poolId, { workflowId: asked.workflow_id, key: asked.workflow_id });
  const customer = await findCustomer(trx, asked.customer_id);
  if (customer?.state !== 'open') throw new RefusalError('customer-not-open');
  if (queue.record.kind !== 'flexible')
    throw new RefusalError('wrong-state', 'A round pays at its maturity, not before.');
  const position = await lockPosition(trx, asked.token_id);
  const shares = wanted(queue.pool, position.shares - position.queued, asked);
  const { tail, placed, waiting } = queue.queue;
  await trx('redemption').where({ id: redemptionId }).update({
    state: 'waiting',
    pool_id: poolId,
    ordinal: placed,
    queue_from: tail.toString(),
    shares: shares.toString(),
    placed_epoch: queue.epoch,
  });
  await queueShares(trx, asked.token_id, shares);
  queue.queue = { ...queue.queue, tail: tail + shares, placed: placed + 1, waiting: waiting + 1 };
  await fillFromHead(queue, FILLS_A_RUN);
  await close(queue);
}

async function poolOfPosition(trx: Knex.Transaction, asked: RedemptionRow): Promise<string> {
  const found = await trx('position')
    .where({ token_id: asked.token_id, customer_id: asked.customer_id })
    .first<{ pool_id: string } | undefined>('pool_id');
  if (found === undefined) throw new RefusalError('not-found', 'You have no such position.');
  return found.pool_id;
}

/** The shares of a request, at the price of now. */
function wanted(pool: Pool, free: bigint, asked: RedemptionRow): bigint {
  const shares = asked.amount === null ? free : sharesFor(pool, free, BigInt(asked.amount));
  if (isRefusal(shares)) throw new RefusalError(shares.refusal, shares.detail);
  const worth = valueOfShares(pool, shares);
  if (worth === 0n)
    throw new RefusalError('amount-zero', 'Nothing of this position is free, or worth an atto.');
  if (asked.at_least !== null && worth < BigInt(asked.at_least)) {
    throw new RefusalError('value-below-bound', `They are worth ${worth} atto now, below your bound.`);
  }
  return shares;
}

/** Requests that one transaction pays at the most. */
export const FILLS_A_RUN = 200;

interface Head extends RedemptionRow {
  readonly fills: number;
}

/** Pays the queue from its head as far as cash allows, `most` requests at the most. @returns whether more could be */
async function fillFromHead(queue: Open, most: number): Promise<boolean> {
  // One at first: whoever asks while others wait finds that the head cannot be paid, and looks no further.
  for (let done = 0, batch = 1; done < most; done += batch, batch = Math.min(batch * 8, most - done)) {
    const heads = await headsOf(queue, batch);
    for (const head of heads) if (!(await fillOne(queue, head))) return false;
    if (heads.length < batch) {
      const { tail, placed } = queue.queue;
      queue.queue = { ...queue.queue, head: tail, passed: placed };
      return false;
    }
  }
  return true;
}

/** The first that wait: given-up requests before them cost nothing, however many there are. */
async function headsOf({ trx, record, queue }: Open, count: number): Promise<Head[]> {
  if (queue.waiting === 0) return [];
  return trx('redemption as r')
    .where({ pool_id: record.id, state: 'waiting' })
    .where('ordinal', '>=', queue.passed)
    .orderBy('ordinal')
    .limit(count)
    .select<Head[]>(
      'r.*',
      trx.raw('(SELECT count(*)::int FROM redemption_fill f WHERE f.redemption_id = r.id) AS fills'),
    );
}

/** Pays the first that waits, in part or whole. @returns whether the next may be looked at */
async function fillOne(queue: Open, head: Head): Promise<boolean> {
  const left = BigInt(head.shares ?? '0') - BigInt(head.burnt);
  const before = BigInt(head.queue_from ?? '0') + BigInt(head.burnt);
  const marks = { ...queue.queue, head: before, passed: head.ordinal ?? 0 };
  queue.queue = marks;
  const { pool, burnt, paid } = fill(queue.pool, left, REDEMPTION_POLICY.minimumPart);
  if (burnt === 0n) return false;
  const whole = burnt === left;
  await writeFill(queue, head, { burnt, paid, whole });
  queue.pool = pool;
  queue.queue = {
    ...marks,
    head: marks.head + burnt,
    passed: marks.passed + (whole ? 1 : 0),
    waiting: marks.waiting - (whole ? 1 : 0),
  };
  return whole;
}

async function writeFill(
  { trx, record, epoch }: Open,
  head: Head,
  { burnt, paid, whole }: { readonly burnt: bigint; readonly paid: bigint; readonly whole: boolean },
): Promise<void> {
  const n = head.fills + 1;
  const { journalId } = await post(trx, {
    key: `${head.workflow_id}/fill-${n}`,
    kind: 'redemption',
    asset: 'FIL',
    effectiveEpoch: epoch,
    workflowId: head.workflow_id,
    poolId: record.id,
    postings: [
      debit('pool.depositors', record.id, atto(paid)),
      credit('customer.available', head.customer_id, atto(paid)),
    ],
  });
  await trx('redemption_fill').insert({
    redemption_id: head.id,
    n,
    shares: burnt.toString(),
    paid: paid.toString(),
    epoch,
    journal_id: journalId,
  });
  await burnShares(trx, { tokenId: head.token_id, burnt, epoch, journalId });
  await trx('redemption')
    .where({ id: head.id })
    .update({
      burnt: (BigInt(head.burnt) + burnt).toString(),
      paid: (BigInt(head.paid) + paid).toString(),
      ...(whole && { state: 'paid', closed_epoch: epoch, closed_at: trx.fn.now() }),
    });
  await oweLooks(trx, [head.workflow_id]);
}

/**
 * Pays the pool's queue as far as cash allows, at its clock.
 * @returns whether there was more than one transaction should pay: call again.
 */
export async function fillQueue(trx: Knex.Transaction, poolId: string, origin: Origin): Promise<boolean> {
  const before = await readQueue(trx, poolId);
  if (before.waiting === 0) return false;
  const queue = await open(trx, poolId, origin);
  const more = await fillFromHead(queue, FILLS_A_RUN);
  await close(queue);
  return more;
}

/**
 * Gives up what is left of a request that waits: its shares stay in the position. Those behind it move up.
 * @throws RefusalError 'wrong-state' where it does not wait.
 */
export async function cancelRedemption(
  trx: Knex.Transaction,
  redemptionId: string,
  by: { readonly actorId: string; readonly reason: string },
): Promise<void> {
  const asked = await readRedemption(trx, redemptionId);
  if (asked.pool_id === null) throw new RefusalError('wrong-state', `The redemption is ${asked.state}.`);
  await lockPool(trx, asked.pool_id);
  const row = await readRedemption(trx, redemptionId);
  if (row.state === 'cancelled' && row.cancelled_by === by.actorId) return;
  if (row.state !== 'waiting') throw new RefusalError('wrong-state', `The redemption is ${row.state}.`);
  const origin = { workflowId: row.workflow_id, key: `${row.workflow_id}/cancel` };
  const queue = await open(trx, asked.pool_id, origin);
  await trx('redemption').where({ id: redemptionId }).update({
    state: 'cancelled',
    cancelled_by: by.actorId,
    cancel_reason: by.reason,
    closed_epoch: queue.epoch,
    closed_at: trx.fn.now(),
  });
  const left = BigInt(row.shares ?? '0') - BigInt(row.burnt);
  await noteGivenUp(trx, asked.pool_id, { ordinal: row.ordinal ?? 0, shares: left });
  await queueShares(trx, row.token_id, -left);
  queue.queue = { ...queue.queue, waiting: queue.queue.waiting - 1 };
  await fillFromHead(queue, FILLS_A_RUN);
  await close(queue);
}

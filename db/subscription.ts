/** Requests to move available FIL into a pool, and what became of them. */
import type { Knex } from 'knex';
import { attoFrom, type Atto, type AttoText } from '../domain/money';
import type { RefusalCode } from '../domain/refusal';

export interface SubscriptionRequest {
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly poolId: string;
  readonly amount: AttoText;
  /** Shares; refused where the amount buys fewer when it is booked. */
  readonly atLeast?: string | null;
  readonly workflowId: string;
}

export interface SubscriptionRow {
  readonly id: string;
  readonly customer_id: string;
  readonly pool_id: string;
  readonly amount: string;
  readonly at_least: string | null;
  readonly state: 'requested' | 'booked' | 'refused';
  readonly refusal: RefusalCode | null;
  readonly token_id: number | null;
  readonly shares: string | null;
  readonly epoch: number | null;
  readonly journal_id: number | null;
  readonly workflow_id: string;
  readonly created_at: Date;
  readonly closed_at: Date | null;
}

/** Writes the request down; nothing where it is there already. */
export async function insertSubscription(trx: Knex, request: SubscriptionRequest): Promise<void> {
  await trx('subscription')
    .insert({
      id: request.subscriptionId,
      customer_id: request.customerId,
      pool_id: request.poolId,
      amount: request.amount,
      at_least: request.atLeast ?? null,
      state: 'requested',
      workflow_id: request.workflowId,
    })
    .onConflict('id')
    .ignore();
}

/** The request, its row locked until the transaction ends: it is decided once. */
export async function lockSubscription(trx: Knex.Transaction, id: string): Promise<SubscriptionRow> {
  const row = await trx<SubscriptionRow>('subscription').where({ id }).forUpdate().first();
  if (row === undefined) throw new Error(`there is no subscription ${id}`);
  return row;
}

export interface SubscriptionBooked {
  readonly tokenId: number;
  readonly shares: bigint;
  readonly epoch: number;
  readonly journalId: number;
}

/** Closes the request as booked. */
export async function closeBooked(
  trx: Knex.Transaction,
  id: string,
  booked: SubscriptionBooked,
): Promise<void> {
  await trx('subscription').where({ id, state: 'requested' }).update({
    state: 'booked',
    token_id: booked.tokenId,
    shares: booked.shares.toString(),
    epoch: booked.epoch,
    journal_id: booked.journalId,
    closed_at: trx.fn.now(),
  });
}

/** Closes the request as refused; nothing where it is closed already. */
export async function closeRefused(db: Knex, id: string, refusal: RefusalCode): Promise<void> {
  await db('subscription')
    .where({ id, state: 'requested' })
    .update({ state: 'refused', refusal, closed_at: db.fn.now() });
}

/** One request of one customer, or null: another's is not found. */
export async function readSubscription(
  db: Knex,
  id: string,
  customerId: string,
): Promise<SubscriptionRow | null> {
  return (await db<SubscriptionRow>('subscription').where({ id, customer_id: customerId }).first()) ?? null;
}

/** The amount of a request, in atto. */
export function amountOf(row: Pick<SubscriptionRow, 'amount'>): Atto {
  return attoFrom(row.amount);
}

import type { Knex } from 'knex';
import { attoFrom, attoText, type Atto } from '../domain/money';
import type { Arrival } from './transfer';

export type TopUpState = 'waiting' | 'open' | 'arrived' | 'refused' | 'expired';

interface Row {
  readonly id: string;
  readonly workflow_id: string;
  readonly amount: string;
  readonly from_address: string;
  readonly to_address: string;
  readonly announced_by: string;
  readonly approval_id: string | null;
  readonly state: TopUpState;
  readonly cid: string | null;
  readonly idx: number | null;
  readonly journal_id: number | null;
}

export interface NewTopUp {
  readonly id: string;
  readonly workflowId: string;
  /** attoFIL. */
  readonly amount: Atto;
  readonly from: string;
  readonly to: string;
  readonly announcedBy: string;
}

/** Notes what the treasury means to send; the same announcement again is nothing. */
export async function announceTopUp(trx: Knex.Transaction, topUp: NewTopUp): Promise<void> {
  await trx('watch.top_up')
    .insert({
      id: topUp.id,
      workflow_id: topUp.workflowId,
      amount: attoText(topUp.amount),
      from_address: topUp.from,
      to_address: topUp.to,
      announced_by: topUp.announcedBy,
      state: 'waiting',
    })
    .onConflict('id')
    .ignore();
}

/** Ends the waiting for approval; from 'open' on an arrival may match. Gives the state it stands in. */
export async function decideTopUp(
  trx: Knex.Transaction,
  id: string,
  decision:
    { readonly state: 'open'; readonly approvalId: string } | { readonly state: 'refused' | 'expired' },
): Promise<TopUpState> {
  await trx<Row>('watch.top_up')
    .where({ id, state: 'waiting' })
    .update(
      decision.state === 'open'
        ? { state: 'open', approval_id: decision.approvalId }
        : { state: decision.state },
    );
  return stateOf(trx, id);
}

/** Gives up an approved top-up whose FIL did not come; one that came first stands. */
export async function expireTopUp(trx: Knex.Transaction, id: string): Promise<TopUpState> {
  await trx<Row>('watch.top_up').where({ id, state: 'open' }).update({ state: 'expired' });
  return stateOf(trx, id);
}

async function stateOf(db: Knex, id: string): Promise<TopUpState> {
  const row = await db<Row>('watch.top_up').where({ id }).first('state');
  if (!row) throw new Error(`no top-up ${id}`);
  return row.state;
}

export interface TopUp {
  readonly id: string;
  readonly amount: Atto;
  readonly from: string;
  readonly to: string;
  readonly announcedBy: string;
  readonly state: TopUpState;
  readonly cid: string | null;
  readonly journalId: number | null;
}

/** One top-up, or null. */
export async function findTopUp(db: Knex, id: string): Promise<TopUp | null> {
  const row = await db<Row>('watch.top_up').where({ id }).first();
  if (!row) return null;
  return {
    id: row.id,
    amount: attoFrom(row.amount),
    from: row.from_address,
    to: row.to_address,
    announcedBy: row.announced_by,
    state: row.state,
    cid: row.cid,
    journalId: row.journal_id,
  };
}

/** The oldest open top-up that this arrival is: same amount, receiver and sender. Its row is locked. */
export async function openTopUpFor(
  trx: Knex.Transaction,
  arrival: Pick<Arrival, 'to' | 'value' | 'from'>,
): Promise<{ id: string; approvalId: string } | null> {
  const rows = await trx<Row>('watch.top_up')
    .where({ state: 'open', amount: attoText(arrival.value), to_address: arrival.to })
    .orderBy(['created_at', 'id'])
    .forUpdate();
  const row = rows.find((one) => one.from_address.slice(1) === arrival.from.slice(1));
  return row?.approval_id == null ? null : { id: row.id, approvalId: row.approval_id };
}

/** The announced FIL came and is booked. */
export async function closeTopUp(
  trx: Knex.Transaction,
  id: string,
  arrived: { readonly cid: string; readonly index: number; readonly journalId: number },
): Promise<void> {
  await trx('watch.top_up').where({ id }).update({
    state: 'arrived',
    cid: arrived.cid,
    idx: arrived.index,
    journal_id: arrived.journalId,
    arrived_at: trx.fn.now(),
  });
}

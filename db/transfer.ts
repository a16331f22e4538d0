import type { Knex } from 'knex';
import { attoFrom, attoText, type Atto } from '../domain/money';

/** Where the message stands that made a transfer; epochs are tipset heights. */
export interface Place {
  readonly includedEpoch: number;
  readonly executedEpoch: number;
  readonly executedKey: string;
  /** Place of the message in its tipset's order of execution. */
  readonly place: number;
}

/** An arrival at one of our addresses, by a message that is not ours. */
export interface Arrival extends Place {
  readonly cid: string;
  /** Depth-first place in the message's trace; 0 = the message itself. */
  readonly index: number;
  readonly to: string;
  readonly toKind: string;
  readonly ownerKind: string | null;
  readonly ownerId: string | null;
  readonly from: string;
  /** attoFIL. */
  readonly value: Atto;
  /** Sender and nonce of the message, by which its fate can be told after a reorg. */
  readonly messageFrom: string;
  readonly messageNonce: number;
}

export type TransferState = 'seen' | 'orphaned' | 'final' | 'replaced';
export type BookedAs = 'deposit' | 'top-up' | 'repayment' | 'excess' | 'suspense' | 'refill';

export interface TransferRow extends Arrival {
  readonly state: TransferState;
  readonly bookedAs: BookedAs | null;
  readonly journalId: number | null;
}

interface Row {
  readonly cid: string;
  readonly idx: number;
  readonly to_address: string;
  readonly to_kind: string;
  readonly owner_kind: string | null;
  readonly owner_id: string | null;
  readonly from_address: string;
  readonly value: string;
  readonly message_from: string;
  readonly message_nonce: number;
  readonly included_epoch: number;
  readonly executed_epoch: number;
  readonly executed_key: string;
  readonly place: number;
  readonly state: TransferState;
  readonly booked_as: BookedAs | null;
  readonly journal_id: number | null;
}

/** What identifies a transfer: message CID and place in its trace. */
export interface TransferId {
  readonly cid: string;
  readonly index: number;
}

function fromRow(row: Row): TransferRow {
  return {
    cid: row.cid,
    index: row.idx,
    to: row.to_address,
    toKind: row.to_kind,
    ownerKind: row.owner_kind,
    ownerId: row.owner_id,
    from: row.from_address,
    value: attoFrom(row.value),
    messageFrom: row.message_from,
    messageNonce: row.message_nonce,
    includedEpoch: row.included_epoch,
    executedEpoch: row.executed_epoch,
    executedKey: row.executed_key,
    place: row.place,
    state: row.state,
    bookedAs: row.booked_as,
    journalId: row.journal_id,
  };
}

function insertRow(arrival: Arrival): Omit<Row, 'state' | 'booked_as' | 'journal_id'> {
  return {
    cid: arrival.cid,
    idx: arrival.index,
    to_address: arrival.to,
    to_kind: arrival.toKind,
    owner_kind: arrival.ownerKind,
    owner_id: arrival.ownerId,
    from_address: arrival.from,
    value: attoText(arrival.value),
    message_from: arrival.messageFrom,
    message_nonce: arrival.messageNonce,
    included_epoch: arrival.includedEpoch,
    executed_epoch: arrival.executedEpoch,
    executed_key: arrival.executedKey,
    place: arrival.place,
  };
}

const MOVED = ['included_epoch', 'executed_epoch', 'executed_key', 'place'] as const;

/** Notes an arrival that is not final; one that a reorg had orphaned, or moved, is seen again where it stands now. */
export async function seeTransfer(trx: Knex.Transaction, arrival: Arrival): Promise<void> {
  await trx('watch.transfer')
    .insert({ ...insertRow(arrival), state: 'seen' })
    .onConflict(['cid', 'idx'])
    .merge([...MOVED, 'state'])
    .whereIn('transfer.state', ['seen', 'orphaned', 'replaced']);
}

/** Marks an arrival as booked; one that only its trace showed is inserted now. */
export async function closeTransfer(
  trx: Knex.Transaction,
  arrival: Arrival,
  booked: { readonly as: BookedAs; readonly journalId: number },
): Promise<void> {
  const closed = {
    ...insertRow(arrival),
    state: 'final',
    booked_as: booked.as,
    journal_id: booked.journalId,
    final_at: trx.fn.now(),
  };
  await trx('watch.transfer').insert(closed).onConflict(['cid', 'idx']).merge();
}

/** Takes back what the tipsets above this height showed; gives the transfers concerned. */
export async function orphanAbove(trx: Knex.Transaction, height: number): Promise<readonly TransferId[]> {
  const rows = await trx<Row>('watch.transfer')
    .where({ state: 'seen' })
    .andWhere('executed_epoch', '>', height)
    .update({ state: 'orphaned' })
    .returning(['cid', 'idx']);
  return rows.map((row) => ({ cid: row.cid, index: row.idx }));
}

/** Transfers that a reorg took back and that have not come again, oldest first, at most `limit`. */
export async function orphans(db: Knex, limit: number): Promise<readonly TransferRow[]> {
  const rows = await db<Row>('watch.transfer').where({ state: 'orphaned' }).orderBy('seen_at').limit(limit);
  return rows.map(fromRow);
}

/** Ends an orphan for good: another message of its sender used its nonce and is final. */
export async function replaceTransfer(trx: Knex.Transaction, id: TransferId): Promise<void> {
  await trx<Row>('watch.transfer')
    .where({ cid: id.cid, idx: id.index, state: 'orphaned' })
    .update({ state: 'replaced' });
}

/** Arrivals at customers' addresses whose workflow has not opened them yet, oldest first, at most `limit`. */
export async function unopenedDeposits(
  db: Knex,
  limit: number,
): Promise<readonly (TransferId & { readonly customerId: string })[]> {
  const rows = await db<Row & { opened_at: Date | null }>('watch.transfer')
    .whereNull('opened_at')
    .where({ to_kind: 'deposit', owner_kind: 'customer' })
    .whereNotNull('owner_id')
    .orderBy(['seen_at', 'executed_epoch', 'place', 'idx'])
    .limit(limit)
    .select('cid', 'idx', 'owner_id');
  return rows.map((row) => ({ cid: row.cid, index: row.idx, customerId: row.owner_id ?? '' }));
}

/** The deposit's own workflow has it now. Doing it twice is doing it once. */
export async function openTransfer(db: Knex, id: TransferId): Promise<void> {
  await db('watch.transfer')
    .where({ cid: id.cid, idx: id.index })
    .whereNull('opened_at')
    .update({ opened_at: db.fn.now() });
}

/** One transfer, or null where none is known. */
export async function findTransfer(db: Knex, id: TransferId): Promise<TransferRow | null> {
  const row = await db<Row>('watch.transfer').where({ cid: id.cid, idx: id.index }).first();
  return row ? fromRow(row) : null;
}

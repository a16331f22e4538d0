import type { Knex } from 'knex';
import { attoFrom, attoText, type Atto } from '../domain/money';

/** One of our own messages, as booking needs it. */
export interface OwnMessage {
  readonly id: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  /** attoFIL. */
  readonly value: Atto;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly state: string;
}

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly from_address: string;
  readonly to_address: string;
  readonly value: string | null;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly state: string;
}

function fromRow(row: Row): OwnMessage {
  if (row.value === null) throw new Error(`message ${row.id} was signed without a value`);
  return {
    id: row.id,
    kind: row.kind,
    from: row.from_address,
    to: row.to_address,
    value: attoFrom(row.value),
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    state: row.state,
  };
}

/** Which of these CIDs are signatures that we made, and of which message; any attempt of a slot may land. */
export async function ownMessages(
  db: Knex,
  cids: readonly string[],
): Promise<ReadonlyMap<string, OwnMessage>> {
  if (cids.length === 0) return new Map();
  const rows: readonly (Row & { cid_signed: string })[] = await db('chain.message as m')
    .join('chain.attempt as a', 'a.message_id', 'm.id')
    .whereIn('a.cid_signed', cids)
    .select('a.cid_signed', 'm.*');
  return new Map(rows.map((row) => [row.cid_signed, fromRow(row)]));
}

/** Where an attempt landed and what came of it. */
export interface Landing {
  readonly messageId: string;
  readonly cid: string;
  readonly includedKey: string;
  readonly includedEpoch: number;
  readonly executedEpoch: number;
  readonly exitCode: number;
  readonly returned: Uint8Array | null;
  readonly gasUsed: number;
}

function landed(landing: Landing) {
  return {
    cid: landing.cid,
    included_epoch: landing.includedEpoch,
    executed_epoch: landing.executedEpoch,
    exit_code: landing.exitCode,
    return_data: landing.returned === null ? null : Buffer.from(landing.returned),
  };
}

/** Notes that a message was executed, not yet finally; whatever help it asked for, it needs none any more. */
export async function noteInclusion(trx: Knex.Transaction, landing: Landing): Promise<void> {
  await trx('chain.inclusion')
    .insert({
      cid: landing.cid,
      tipset_key: landing.includedKey,
      height: landing.includedEpoch,
      executed_height: landing.executedEpoch,
      exit_code: landing.exitCode,
      gas_used: landing.gasUsed,
    })
    .onConflict(['cid', 'tipset_key'])
    .merge({ reverted_at: null });
  await trx('chain.message')
    .where({ id: landing.messageId })
    .whereIn('state', ['signed', 'pushed', 'included'])
    .update({ ...landed(landing), state: 'included', needs_action: null });
}

const NOWHERE = { cid: null, included_epoch: null, executed_epoch: null, exit_code: null, return_data: null };

/** A reorg took back what was executed above this height: those messages wait again; gives their ids. */
export async function revertInclusions(trx: Knex.Transaction, height: number): Promise<readonly string[]> {
  await trx('chain.inclusion')
    .where('executed_height', '>', height)
    .whereNull('reverted_at')
    .update({ reverted_at: trx.fn.now() });
  const rows = await trx<{ id: string; state: string; executed_epoch: number }>('chain.message')
    .where({ state: 'included' })
    .andWhere('executed_epoch', '>', height)
    .update({ state: 'pushed', ...NOWHERE } as object)
    .returning('id');
  return rows.map((row) => row.id);
}

/** Closes a message whose outcome is final: `final` with exit code 0, else `failed`; gas in attoFIL. */
export async function closeMessage(
  trx: Knex.Transaction,
  landing: Landing,
  booked: { readonly gas: Atto; readonly journalId: number },
): Promise<void> {
  await trx('chain.message')
    .where({ id: landing.messageId })
    .update({
      ...landed(landing),
      state: landing.exitCode === 0 ? 'final' : 'failed',
      gas: attoText(booked.gas),
      journal_id: booked.journalId,
      needs_action: null,
      closed_at: trx.fn.now(),
    });
}

/**
 * A message that we did not sign used a nonce of ours, finally: the sender signs no more until a person says so, and
 * the message that held the nonce can never land. Gives that message's id, null where the nonce was not bound.
 */
export async function freezeSender(
  trx: Knex.Transaction,
  foreign: { readonly from: string; readonly nonce: number; readonly reason: string },
): Promise<string | null> {
  await trx('chain.sender')
    .where({ address: foreign.from })
    .update({ mode: 'frozen', frozen_reason: foreign.reason });
  const slot = await trx<{ message_id: string; sender: string; nonce: number }>('chain.nonce_slot')
    .where({ sender: foreign.from, nonce: foreign.nonce })
    .first('message_id');
  if (!slot) return null;
  await trx('chain.message')
    .where({ id: slot.message_id })
    .whereIn('state', ['signed', 'pushed', 'included'])
    .update({ state: 'conflict', needs_action: foreign.reason });
  return slot.message_id;
}

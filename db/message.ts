import type { Knex } from 'knex';
import { type Address, addressFrom } from '../domain/address';
import { type Atto, attoFrom, attoText } from '../domain/money';
import { RefusalError } from '../domain/refusal';

export type MessageKind =
  | 'sweep'
  | 'fund'
  | 'disburse'
  | 'owner-confirm'
  | 'owner-propose'
  | 'withdraw-balance'
  | 'return'
  | 'withdraw'
  | 'to-cold';

export type MessageState =
  'draft' | 'signed' | 'pushed' | 'included' | 'final' | 'failed' | 'cancelled' | 'conflict';

/** What is to be paid or called; never changes once written. */
export interface Draft {
  readonly id: string;
  readonly workflowId: string;
  readonly kind: MessageKind;
  readonly from: Address;
  readonly to: Address;
  /** attoFIL; null = everything the address holds, fixed at signing. */
  readonly value: Atto | null;
  readonly method: number;
  readonly params: Uint8Array;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly summary: string;
  readonly approvalId: string | null;
}

/** A draft with what became of it. */
export interface StoredMessage extends Draft {
  readonly everything: boolean;
  readonly state: MessageState;
  readonly needsAction: string | null;
  /** The attempt that landed. */
  readonly cid: string | null;
  readonly includedEpoch: number | null;
  readonly executedEpoch: number | null;
  readonly exitCode: number | null;
  readonly returned: Uint8Array | null;
  /** attoFIL that it cost, known at finality. */
  readonly gas: Atto | null;
}

interface Row {
  readonly id: string;
  readonly workflow_id: string;
  readonly kind: MessageKind;
  readonly from_address: string;
  readonly to_address: string;
  readonly value: string | null;
  readonly everything: boolean;
  readonly method: number;
  readonly params: Buffer | null;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly summary: string;
  readonly approval_id: string | null;
  readonly state: MessageState;
  readonly needs_action: string | null;
  readonly cid: string | null;
  readonly included_epoch: number | null;
  readonly executed_epoch: number | null;
  readonly exit_code: number | null;
  readonly return_data: Buffer | null;
  readonly gas: string | null;
}

function fromRow(row: Row): StoredMessage {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    kind: row.kind,
    from: addressFrom(row.from_address),
    to: addressFrom(row.to_address),
    value: row.value === null ? null : attoFrom(row.value),
    everything: row.everything,
    method: row.method,
    params: row.params === null ? new Uint8Array() : Uint8Array.from(row.params),
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    summary: row.summary,
    approvalId: row.approval_id,
    state: row.state,
    needsAction: row.needs_action,
    cid: row.cid,
    includedEpoch: row.included_epoch,
    executedEpoch: row.executed_epoch,
    exitCode: row.exit_code,
    returned: row.return_data === null ? null : Uint8Array.from(row.return_data),
    gas: row.gas === null ? null : attoFrom(row.gas),
  };
}

/** The message; throws a not-found refusal where there is none. */
export async function readMessage(db: Knex, id: string): Promise<StoredMessage> {
  const row = await db<Row>('chain.message').where({ id }).first();
  if (!row) throw new RefusalError('not-found', `There is no message ${id}.`);
  return fromRow(row);
}

/**
 * Writes the draft, once: the same id with the same content is the row that is there.
 * @throws Error where the id was used for another payment: a defect of the caller, never a second payment.
 */
export async function writeDraft(knex: Knex, draft: Draft): Promise<StoredMessage> {
  await knex<Row>('chain.message')
    .insert({
      id: draft.id,
      workflow_id: draft.workflowId,
      kind: draft.kind,
      from_address: draft.from,
      to_address: draft.to,
      value: draft.value === null ? null : attoText(draft.value),
      everything: draft.value === null,
      method: draft.method,
      params: draft.params.length === 0 ? null : Buffer.from(draft.params),
      subject_kind: draft.subjectKind,
      subject_id: draft.subjectId,
      summary: draft.summary,
      approval_id: draft.approvalId,
    })
    .onConflict('id')
    .ignore();
  const stored = await readMessage(knex, draft.id);
  const same =
    stored.kind === draft.kind &&
    stored.from === draft.from &&
    stored.to === draft.to &&
    stored.everything === (draft.value === null) &&
    (stored.everything || stored.value === draft.value) &&
    stored.method === draft.method &&
    Buffer.from(stored.params).equals(draft.params) &&
    stored.approvalId === draft.approvalId;
  if (!same) throw new Error(`message ${draft.id} exists with other content`);
  return stored;
}

/** From signed to pushed: the node said that it has it. */
export async function markPushed(knex: Knex, id: string): Promise<void> {
  await knex<Row>('chain.message').where({ id, state: 'signed' }).update({ state: 'pushed' });
}

/** The sentence that asks a person for help, or null when none is needed any more. */
export async function noteNeedsAction(knex: Knex, id: string, sentence: string | null): Promise<void> {
  await knex<Row>('chain.message').where({ id }).update({ needs_action: sentence });
}

/**
 * Gives up a message that has no nonce yet; gives the state it is in after that. A signed one stays what it is: it
 * may land at any time. One that never came to be written down has nothing to give up.
 */
export async function cancelDraft(knex: Knex, id: string): Promise<MessageState> {
  await knex('chain.message')
    .where({ id, state: 'draft' })
    .update({ state: 'cancelled', needs_action: null, closed_at: knex.fn.now() });
  const left = await knex<{ id: string; state: MessageState }>('chain.message').where({ id }).first('state');
  return left?.state ?? 'cancelled';
}

/**
 * Nonce slots and the signatures made for them (design 6). A message gets one slot, for ever; a slot may get more
 * attempts, all of the same call. Only the signer's database role can write here; everybody reads.
 */
import type { Knex } from 'knex';
import type { Address } from '../domain/address';
import { atto, type Atto, attoText } from '../domain/money';
import type { StoredMessage } from '../db/message';
import {
  type Gas,
  type LotusSignedMessage,
  type Message,
  type SignedMessage,
  toLotusSigned,
} from './message';

/** One signature for a slot. */
export interface Attempt {
  readonly id: number;
  readonly messageId: string;
  readonly nonce: number;
  readonly cid: string;
  readonly signed: LotusSignedMessage;
  readonly gas: Gas;
  readonly createdEpoch: number;
}

export interface Sender {
  readonly nextNonce: number;
  readonly mode: 'active' | 'frozen' | 'draining';
  readonly frozenReason: string | null;
  /** Highest finalised tipset at which it ever signed. */
  readonly finalizedSeen: number;
}

interface AttemptRow {
  readonly id: number;
  readonly message_id: string;
  readonly nonce: number;
  readonly cid_signed: string;
  readonly signed_json: LotusSignedMessage;
  readonly gas_limit: number;
  readonly fee_cap: string;
  readonly premium: string;
  readonly created_epoch: number;
}

function fromRow(row: AttemptRow): Attempt {
  return {
    id: row.id,
    messageId: row.message_id,
    nonce: row.nonce,
    cid: row.cid_signed,
    signed: row.signed_json,
    gas: { gasLimit: row.gas_limit, gasFeeCap: BigInt(row.fee_cap), gasPremium: BigInt(row.premium) },
    createdEpoch: row.created_epoch,
  };
}

/** The newest attempt of a message, or null while it is not signed. */
export async function newestAttempt(db: Knex, messageId: string): Promise<Attempt | null> {
  const row = await db<AttemptRow>('chain.attempt')
    .where({ message_id: messageId })
    .orderBy('id', 'desc')
    .first();
  return row ? fromRow(row) : null;
}

/** The attempt that replaced this one, or null. */
export async function successorOf(db: Knex, attemptId: number): Promise<Attempt | null> {
  const row = await db<AttemptRow & { supersedes: number | null }>('chain.attempt')
    .where({ supersedes: attemptId })
    .first();
  return row ? fromRow(row) : null;
}

/** Less than an activity may take: who waits longer gives up and asks again, instead of piling up in the database. */
const LOCK_TIMEOUT = '10s';

/** Bounds every wait for a lock until the transaction ends. */
export async function waitBriefly(trx: Knex.Transaction): Promise<void> {
  await trx.raw(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`);
}

/** The sender, locked until the transaction ends: whoever binds its nonces waits here. */
export async function lockSender(trx: Knex.Transaction, address: Address): Promise<Sender> {
  await waitBriefly(trx);
  const row = await trx('chain.sender')
    .where({ address })
    .forUpdate()
    .first<
      | { next_nonce: number; mode: Sender['mode']; frozen_reason: string | null; finalized_seen: number }
      | undefined
    >();
  if (!row) throw new Error(`${address} is no sender of ours`);
  return {
    nextNonce: row.next_nonce,
    mode: row.mode,
    frozenReason: row.frozen_reason,
    finalizedSeen: row.finalized_seen,
  };
}

/**
 * What the sender's slots from this nonce on may still take from it, attoFIL: values and the dearest attempt's gas.
 * With the actor's nonce and balance of one tipset, balance − this is what is free.
 */
export async function bound(db: Knex, sender: Address, fromNonce: number): Promise<Atto> {
  const result = await db.raw<{ rows: { total: string }[] }>(
    `SELECT coalesce(sum(m.value + dearest.cost), 0)::numeric(60,0) AS total
     FROM chain.nonce_slot s
     JOIN chain.message m ON m.id = s.message_id
     CROSS JOIN LATERAL (SELECT max(a.gas_limit * a.fee_cap) AS cost
                         FROM chain.attempt a WHERE a.message_id = m.id) dearest
     WHERE s.sender = ? AND s.nonce >= ?`,
    [sender, fromNonce],
  );
  return atto(BigInt(result.rows[0]?.total ?? '0'));
}

/** What signs: the keystore with the sender's path. */
export type Sign = (message: Message) => SignedMessage;

export interface Binding {
  readonly message: StoredMessage;
  /** attoFIL; of an "everything" message the value that is fixed now. */
  readonly value: Atto;
  readonly gas: Gas;
  readonly headEpoch: number;
  readonly finalizedEpoch: number;
}

/**
 * Binds the sender's next nonce to the message, signs, stores the signature and moves the nonce, all in the caller's
 * transaction: before it commits nothing has left the process, after it the payment can only ever use this nonce.
 */
export async function bindAndSign(
  trx: Knex.Transaction,
  sender: Sender,
  binding: Binding,
  sign: Sign,
): Promise<Attempt> {
  const { message, value, gas } = binding;
  const nonce = sender.nextNonce;
  await trx('chain.nonce_slot').insert({ sender: message.from, nonce, message_id: message.id });
  const signed = sign(unsigned(message, nonce, value, gas));
  const attempt = await insertAttempt(trx, message.id, signed, binding.headEpoch, null);
  await trx('chain.sender')
    .where({ address: message.from })
    .update({
      next_nonce: nonce + 1,
      finalized_seen: Math.max(sender.finalizedSeen, binding.finalizedEpoch),
    });
  await trx('chain.message')
    .where({ id: message.id })
    .update({ state: 'signed', value: attoText(value), signed_at: trx.fn.now() });
  return attempt;
}

/** Signs the same call again in the same slot with dearer gas. */
export async function signReplacement(
  trx: Knex.Transaction,
  old: Attempt,
  replacement: { readonly message: StoredMessage; readonly gas: Gas; readonly headEpoch: number },
  sign: Sign,
): Promise<Attempt> {
  const { message, gas, headEpoch } = replacement;
  if (message.value === null) throw new Error(`message ${message.id} was signed without a value`);
  const signed = sign(unsigned(message, old.nonce, message.value, gas));
  return insertAttempt(trx, message.id, signed, headEpoch, old.id);
}

function unsigned(message: StoredMessage, nonce: number, value: Atto, gas: Gas): Message {
  const { from, to, method, params } = message;
  return { from, to, value, method, params, nonce, ...gas };
}

async function insertAttempt(
  trx: Knex.Transaction,
  messageId: string,
  signed: SignedMessage,
  createdEpoch: number,
  supersedes: number | null,
): Promise<Attempt> {
  const { message } = signed;
  const [row] = await trx<AttemptRow>('chain.attempt')
    .insert({
      sender: message.from,
      nonce: message.nonce,
      message_id: messageId,
      cid_signed: signed.cidSigned,
      cid_unsigned: signed.cidUnsigned,
      signed_bytes: Buffer.from(signed.bytes),
      signed_json: JSON.stringify(toLotusSigned(signed)),
      gas_limit: message.gasLimit,
      fee_cap: message.gasFeeCap.toString(),
      premium: message.gasPremium.toString(),
      created_epoch: createdEpoch,
      supersedes,
    } as object)
    .returning('*');
  if (!row) throw new Error(`the attempt of message ${messageId} was not stored`);
  return fromRow(row);
}

/** What must hold when the outside has come back: the books, the chain, and nobody was needed. */
import { randomUUID } from 'node:crypto';
import { makeReconciliationActivities } from '../../activities/reconciliation';
import { readCursor } from '../../db/clock';
import { addressFrom } from '../../domain/address';
import { identity, trialBalance } from '../../ledger/read';
import { auditLedger } from '../../ledger/read-audit';
import type { House } from './house';

interface MessageRow {
  readonly id: string;
  readonly from_address: string;
  readonly state: string;
  readonly needs_action: string | null;
}

const ENDED = ['final', 'failed', 'cancelled'];

/** Final arrivals at addresses that are swept, and were not since. */
const UNSWEPT = `SELECT t.cid FROM watch.transfer t
  WHERE t.state = 'final' AND t.to_kind IN ('deposit', 'escrow', 'repayment')
    AND NOT EXISTS (SELECT FROM watch.sweep s WHERE s.address = t.to_address AND s.created_at >= t.final_at)`;

/** Mines until nothing of ours is under way, or about to be, and everything on chain is booked. */
async function comeToRest({ knex, lotus, until }: House): Promise<void> {
  await until('every message to end', async () => {
    const { rows: unswept } = await knex.raw<{ rows: unknown[] }>(UNSWEPT);
    const sweep: unknown = await knex('watch.sweep').where({ state: 'running' }).first();
    const open = await knex<MessageRow>('chain.message').whereNotIn('state', ENDED).first('id');
    return unswept.length === 0 && open === undefined && sweep === undefined ? true : undefined;
  });
  const { height } = await lotus.chainHead();
  await until('the books to catch up', async () =>
    ((await readCursor(knex))?.executed ?? 0) >= height ? true : undefined,
  );
}

/** One nonce a message, no nonce without one, and the chain has executed each exactly once. */
async function expectOneTransferEach({ knex, lotus }: House): Promise<void> {
  const messages = await knex<MessageRow>('chain.message').whereIn('state', ['final', 'failed']);
  const slots = await knex<{ sender: string; nonce: number; message_id: string }>('chain.nonce_slot');
  expect(slots.map(({ message_id: id }) => id).sort()).toEqual(messages.map(({ id }) => id).sort());
  for (const sender of new Set(slots.map((slot) => slot.sender))) {
    const nonces = slots.filter((slot) => slot.sender === sender).map(({ nonce }) => nonce);
    expect(nonces.sort((a, b) => a - b)).toEqual(nonces.map((_, i) => i));
    const head = await lotus.chainHead();
    expect((await lotus.getActor(addressFrom(sender), head.key))?.nonce).toBe(nonces.length);
  }
  const attempts = await knex<{ nonce: number; message_id: string }>('chain.attempt');
  for (const { id } of messages)
    expect(new Set(attempts.filter((one) => one.message_id === id).map(({ nonce }) => nonce)).size).toBe(1);
}

/** Everything that a failure of the outside must leave as it would be without it. */
export async function expectRight(house: House): Promise<void> {
  const { knex, lotus } = house;
  await comeToRest(house);
  await expectOneTransferEach(house);
  expect((await trialBalance(knex)).balanced).toBe(true);
  expect((await identity(knex)).holds).toBe(true);
  expect(await auditLedger(knex)).toEqual([]);
  const id = randomUUID();
  const run = await makeReconciliationActivities({ knex, lotus }).reconcile({ id, workflowId: `test/${id}` });
  expect(run).toMatchObject({ outcome: 'matched', breaks: 0 });
  // nobody was needed, and nobody is
  expect(await knex<MessageRow>('chain.message').whereNotNull('needs_action')).toEqual([]);
  expect(await knex('loan').whereNotNull('needs_action')).toEqual([]);
  expect(await knex('approval').whereNot({ kind: 'loan' })).toEqual([]);
  expect((await readCursor(knex))?.halted).toBeNull();
  expect(await knex('watch.finding')).toEqual([]);
}

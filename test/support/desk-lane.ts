/** Lanes of our own messages for the painted desk. */
import type { Knex } from 'knex';
import { SCENE } from './desk';

const ONE = 10n ** 18n;

interface Sent {
  readonly nonce: number;
  readonly kind: string;
  readonly state: string;
  readonly attempts: number;
  /** Epochs before the head at which it was first signed. */
  readonly age: number;
  readonly reorged?: boolean;
  readonly needsAction?: string;
}

async function send(db: Knex, from: string, head: number, sent: Sent): Promise<void> {
  const { nonce, kind, state, attempts, age } = sent;
  const id = `scene-${from.slice(2, 5)}-${nonce}`;
  const landed = ['included', 'final', 'failed'].includes(state);
  const cidOf = (n: number): string => `bafyscene${id.replaceAll('-', '')}a${n}`;
  const exit = state === 'failed' ? 6 : 0;
  const included = head - age + 2;
  await db('chain.message').insert({
    id,
    workflow_id: `message/${id}`,
    kind,
    from_address: from,
    to_address: 'f01001',
    value: (100n * ONE).toString(),
    method: kind === 'disburse' || kind === 'fund' ? 0 : 16,
    subject_kind: 'loan',
    subject_id: SCENE.overdue,
    summary: `Scene: ${kind} ${nonce}`,
    approval_id: kind === 'disburse' ? 'scene-approval' : null,
    state,
    needs_action: sent.needsAction ?? null,
    ...(landed
      ? {
          cid: cidOf(attempts),
          exit_code: exit,
          included_epoch: included,
          executed_epoch: included + 1,
          gas: '1524970503000',
        }
      : {}),
  });
  await db('chain.nonce_slot').insert({ sender: from, nonce, message_id: id });
  await db('chain.sender')
    .where({ address: from })
    .update({ next_nonce: nonce + 1 });
  let before: string | null = null;
  for (let n = 1; n <= attempts; n += 1) {
    const rows: { id: string }[] = await db('chain.attempt')
      .insert({
        sender: from,
        nonce,
        message_id: id,
        cid_signed: cidOf(n),
        cid_unsigned: `${cidOf(n)}u`,
        signed_bytes: Buffer.from('00', 'hex'),
        signed_json: '{}',
        gas_limit: 1_530_203,
        fee_cap: String(100_000 * n),
        premium: String(99_000 * n),
        created_epoch: head - age + n - 1,
        supersedes: before,
      })
      .returning('id');
    before = rows[0]?.id ?? null;
  }
  const seen = { exit_code: exit, gas_used: 1_224_163, executed_height: included + 1, height: included };
  if (landed) await db('chain.inclusion').insert({ ...seen, cid: cidOf(attempts), tipset_key: `${id}t` });
  if (sent.reorged === true) {
    const reverted = { cid: cidOf(1), tipset_key: `${id}r`, reverted_at: db.fn.now() };
    await db('chain.inclusion').insert({ ...seen, ...reverted });
  }
}

/** Two lanes: the hot wallet's, with a slot of each kind, and a frozen escrow's. Gives the hot wallet. */
export async function paintLanes(db: Knex, head: number): Promise<string> {
  const known = await db<{ address: string; kind: string }>('chain.address').where({ kind: 'hot' }).first();
  const hot = known?.address ?? SCENE.hot;
  const address = (row: Record<string, unknown> & { readonly address: string }) =>
    db.table('chain.address').insert({ ...row, bytes: Buffer.from(row.address) });
  if (!known)
    await address({
      address: hot,
      kind: 'hot',
      owner_kind: 'platform',
      owner_id: 'hot',
      derivation_account: 1,
      derivation_index: 0,
    });
  await address({
    address: SCENE.frozen,
    kind: 'escrow',
    owner_kind: 'loan',
    owner_id: SCENE.overdue,
    derivation_account: 2,
    derivation_index: 900,
  });
  const used = await db<{ address: string; next_nonce: number }>('chain.sender')
    .where({ address: hot })
    .first('next_nonce');
  const first = used?.next_nonce ?? 0;
  const lane: Omit<Sent, 'nonce'>[] = [
    { kind: 'fund', state: 'final', attempts: 1, age: 90 },
    { kind: 'disburse', state: 'final', attempts: 3, age: 80, reorged: true },
    { kind: 'fund', state: 'failed', attempts: 1, age: 70 },
    { kind: 'fund', state: 'included', attempts: 2, age: 30 },
    {
      kind: 'disburse',
      state: 'pushed',
      attempts: 4,
      age: 40,
      needsAction: 'The fee is at its limit and nothing lands.',
    },
    { kind: 'fund', state: 'signed', attempts: 1, age: 1 },
  ];
  for (const [index, sent] of lane.entries()) await send(db, hot, head, { ...sent, nonce: first + index });
  await send(db, SCENE.frozen, head, {
    nonce: 0,
    kind: 'owner-confirm',
    state: 'final',
    attempts: 1,
    age: 60,
  });
  await send(db, SCENE.frozen, head, {
    nonce: 1,
    kind: 'withdraw-balance',
    state: 'conflict',
    attempts: 1,
    age: 50,
  });
  await db('chain.sender')
    .where({ address: SCENE.frozen })
    .update({ mode: 'frozen', frozen_reason: 'A foreign message used nonce 1.' });
  await db('watch.sweep').insert({
    address: SCENE.frozen,
    n: 1,
    state: 'swept',
    opened_by: 'scene/sweep',
    message_id: 'scene-esc-0',
    amount: (7n * ONE).toString(),
    closed_at: db.fn.now(),
  });
  return hot;
}

/** A withdrawal's workflow from the request to the chain: paid exactly once, or the money back; nothing in between. */
import type { Address } from '../../domain/address';
import { lockWithdrawal } from '../../db/withdrawal';
import { identity } from '../../ledger/read';
import { releaseWithdrawal } from '../../ledger/withdrawal';
import { cancelAndRelease, look, retryNow, standing } from '../../workflows/handles';
import { cancelWithdrawal } from '../../workflows/handles-withdrawal';
import { addressTests } from './addresses';
import { codeOf, hotFrozen, keep, waitingDraft } from './play';
import { FIL, makeWorld, type Handle, type World } from './world';

jest.setTimeout(180_000);

let world: World;
let home: { readonly id: string; readonly key: { readonly address: Address } };
beforeAll(async () => {
  world = await makeWorld();
  await world.customer('ada', 150n);
  home = await world.listKey('ada');
});
afterAll(() => world.close(), 60_000);

const ask = (amount: bigint, client = world.client): Promise<Handle> =>
  world.ask(client, { customerId: 'ada', addressId: home.id, amount });
const onChain = (): Promise<bigint> => world.chain.lotus.walletBalance(home.key.address);
const ADA = { actor: { id: 'ada', role: 'customer' }, reason: 'I changed my mind' };

/** Until its message is with the node; then the chain goes on and books it. */
async function land({ id }: Handle): Promise<void> {
  await world.until('the message pushed', async () => {
    const found = await world.chain
      .app('chain.message')
      .where({ kind: 'withdraw', subject_id: id, state: 'pushed' })
      .first<{ id: string } | undefined>('id');
    return found;
  });
  await world.settle();
}

/** Until all of these subjects have reached ada. */
const mailed = (...subjects: string[]): Promise<true> =>
  world.until(subjects.join(', '), () => {
    const all = subjects.every((subject) => world.mails.includes(`ada@example.com: ${subject}`));
    return Promise.resolve(all || undefined);
  });

async function sound(): Promise<void> {
  expect((await identity(world.chain.app)).holds).toBe(true);
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched', breaks: 0 });
}

test('up to the threshold nobody is asked: it is paid, to the atto, and told by mail', async () => {
  const [before, there] = [await world.available('ada'), await onChain()];
  const amount = 2n * FIL + 1n;
  const handle = await ask(amount);
  await world.inState(handle.id, 'approved');
  expect(await world.available('ada')).toBe(before - amount);
  await mailed('Your withdrawal is on its way');
  await land(handle);
  const end = await handle.result();
  expect(end).toMatchObject({ state: 'paid', reason: null, approvalId: null });
  expect(await onChain()).toBe(there + amount);
  expect(await world.available('ada')).toBe(before - amount);
  await mailed('A withdrawal was asked for', 'Your withdrawal is paid');
  await sound();
  await keep(handle, 'withdrawal-automatic');
});

test('above the threshold one person accepts; the asker, a stranger to it and a stale hash are refused', async () => {
  const there = await onChain();
  const handle = await ask(11n * FIL);
  const approval = await world.approval(handle.id);
  expect(approval.quorum).toBe(1);
  expect(await codeOf(world.decide(handle, approval, { actor: 'ada' }))).toBe('maker-is-checker');
  expect(await codeOf(world.decide(handle, approval, { actor: 'o1', role: 'operator' }))).toBe('not-allowed');
  expect(await codeOf(world.decide(handle, approval, { hash: 'f'.repeat(64) }))).toBe('approval-changed');
  expect(await world.row(handle.id)).toMatchObject({ state: 'held' });
  await world.decide(handle, approval);
  await land(handle);
  expect(await handle.result()).toMatchObject({ state: 'paid', approvalId: approval.id });
  expect(await onChain()).toBe(there + 11n * FIL);
  await sound();
  await keep(handle, 'withdrawal-approved');
});

test('above the higher one two different people accept; a policy that changed meanwhile asks anew', async () => {
  const handle = await ask(31n * FIL);
  const first = await world.approval(handle.id);
  expect(first.quorum).toBe(2);
  await world.policy({ twoAbove: 30n * FIL + 1n });
  await world.decide(handle, first);
  expect(await codeOf(world.decide(handle, first, { decision: 'refuse' }))).toBe('already-decided');
  await world.decide(handle, first, { actor: 'c2' });
  const second = await world.approval(handle.id);
  expect(second.id).not.toBe(first.id);
  await mailed('Your withdrawal waits for approval');
  expect(await world.row(handle.id)).toMatchObject({ state: 'held', approval_id: null, policy_version: 3 });
  await world.decide(handle, second, { decision: 'refuse' });
  expect(await handle.result()).toMatchObject({
    state: 'declined',
    reason: 'Our review decided against it.',
  });
  await keep(handle, 'withdrawal-declined');
  await sound();
});

test('cancelled by the customer while people are asked: the money is back and the approval closed', async () => {
  const before = await world.available('ada');
  const handle = await ask(12n * FIL);
  const approval = await world.approval(handle.id);
  const eve = { ...ADA, actor: { id: 'eve', role: 'customer' } };
  expect(await codeOf(handle.executeUpdate(cancelWithdrawal, { args: [eve] }))).toBe('not-allowed');
  expect(await codeOf(handle.executeUpdate(cancelWithdrawal, { args: [{ ...ADA, reason: ' ' }] }))).toBe(
    'reason-required',
  );
  expect(await handle.executeUpdate(cancelWithdrawal, { args: [ADA] })).toEqual({ state: 'cancelled' });
  expect(await handle.result()).toMatchObject({ state: 'cancelled', reason: ADA.reason });
  expect(await world.available('ada')).toBe(before);
  expect(await world.chain.app('approval').where({ id: approval.id }).first('state')).toEqual({
    state: 'cancelled',
  });
  await keep(handle, 'withdrawal-cancelled');
});

test('cancelled in the moment in which a checker declines: the money is back once, and it ends', async () => {
  const before = await world.available('ada');
  const handle = await ask(13n * FIL);
  const approval = await world.approval(handle.id);
  const first = await world.chain.app.transaction();
  await lockWithdrawal(first, handle.id);
  await world.decide(handle, approval, { decision: 'refuse' });
  await releaseWithdrawal(first, handle.id, { state: 'cancelled', by: 'ada', reason: 'first' });
  await first.commit();
  expect(await handle.result()).toMatchObject({ state: 'cancelled', reason: 'first' });
  expect(await world.available('ada')).toBe(before);
});

describe('the hot wallet has too little', () => {
  test('it waits and says so; a person cancels it with another’s consent, or it goes on once it is refilled', async () => {
    const before = await world.available('ada');
    await world.policy({ automaticUpTo: 60n * FIL, twoAbove: 60n * FIL });
    const rich = await ask(49n * FIL);
    const sentence = await world.until(
      'the sentence',
      async () => (await rich.query(standing)).needsAction ?? undefined,
    );
    expect(sentence).toMatch(/The hot wallet lacks [0-9.]+ FIL for this and its gas: refill it from cold/);
    await world.until('the sentence written down, a moment later', async () =>
      (await world.row(rich.id))['needs_action'] === sentence ? true : undefined,
    );
    expect(await world.row(rich.id)).toMatchObject({ state: 'approved' });
    const staff = { actor: { id: 'o1', role: 'operator' }, reason: 'no cold wallet at hand' };
    const { approvalId } = await rich.executeUpdate(cancelAndRelease, { args: [staff] });
    expect(await world.available('ada')).toBe(before - 49n * FIL);
    const help = await world.chain
      .app('approval')
      .where({ id: approvalId })
      .first<{ id: string; subject_hash: string }>();
    expect(await codeOf(world.decide(rich, help, { actor: 'o1' }))).toBe('maker-is-checker');
    await world.decide(rich, help);
    expect(await rich.result()).toMatchObject({ state: 'cancelled', reason: 'no cold wallet at hand' });
    expect(await world.available('ada')).toBe(before);
    await keep(rich, 'withdrawal-short');
  });

  test('refilled, it is told to look again and pays', async () => {
    const handle = await ask(9n * FIL);
    await land(handle);
    await handle.result();
    const poor = await ask(50n * FIL);
    await world.until('the sentence', async () => (await poor.query(standing)).needsAction ?? undefined);
    await world.chain.fund(world.chain.hot, 200n);
    await world.settle();
    await poor.executeUpdate(retryNow, {
      args: [{ actor: { id: 'o1', role: 'operator' }, reason: 'refilled' }],
    });
    await land(poor);
    expect(await poor.result()).toMatchObject({ state: 'paid' });
    await sound();
  });
});

test('a message that fails on chain gives the money back and says so; its gas is ours', async () => {
  await world.customer('cem', 40n);
  const cem = await world.listKey('cem');
  // Enough to be stored on chain, too little to be executed.
  world.gas.limit = 500_000;
  const handle = await world.ask(world.client, { customerId: 'cem', addressId: cem.id, amount: 3n * FIL });
  await land(handle);
  world.gas.limit = null;
  expect(await handle.result()).toMatchObject({
    state: 'failed',
    reason: 'The message failed on chain with exit code 7.',
  });
  expect(await world.available('cem')).toBe(40n * FIL);
  expect(await world.chain.lotus.walletBalance(cem.key.address)).toBe(0n);
  await sound();
  await keep(handle, 'withdrawal-failed');
});

test('cancelled while its message waits for a signature, which then never comes; signed, it cannot be', async () => {
  const { chain } = world;
  await world.customer('bo', 40n);
  const bo = await world.listKey('bo');
  const wish = { customerId: 'bo', addressId: bo.id, amount: 3n * FIL };
  const unfreeze = await hotFrozen(world);
  const handle = await world.ask(world.client, wish);
  const drafted = await waitingDraft(world, handle);
  const mine = { actor: { id: 'bo', role: 'customer' }, reason: 'too slow' };
  await handle.executeUpdate(cancelWithdrawal, { args: [mine] });
  expect(await world.available('bo')).toBe(40n * FIL);
  expect(await handle.result()).toMatchObject({ state: 'cancelled' });
  await unfreeze();
  expect(await chain.app('chain.message').where({ id: drafted }).first('state')).toEqual({
    state: 'cancelled',
  });
  expect(await chain.admin('chain.nonce_slot').where({ message_id: drafted })).toEqual([]);
  await keep(handle, 'withdrawal-given-up');

  const signed = await world.ask(world.client, wish);
  await world.until('the signature', () =>
    chain
      .app('chain.message')
      .where({ subject_id: signed.id, state: 'pushed' })
      .first<{ id: string } | undefined>('id'),
  );
  expect(await codeOf(signed.executeUpdate(cancelWithdrawal, { args: [mine] }))).toBe('wrong-state');
  expect(await world.available('bo')).toBe(37n * FIL);
  await world.settle();
  await signed.signal(look).catch(() => undefined);
  expect(await signed.result()).toMatchObject({ state: 'paid' });
  await sound();
});

test('a policy that changes while its message waits for a signature voids that message; another one pays', async () => {
  const { chain } = world;
  const unfreeze = await hotFrozen(world);
  const handle = await ask(2n * FIL);
  const draft = await waitingDraft(world, handle);
  const version = await world.policy();
  await unfreeze();
  await land(handle);
  expect(await handle.result()).toMatchObject({ state: 'paid', policyVersion: version });
  const messages = chain.app('chain.message').where({ subject_id: handle.id });
  expect(await messages.orderBy('created_at').pluck('state')).toEqual(['cancelled', 'final']);
  expect(await chain.admin('chain.nonce_slot').where({ message_id: draft })).toEqual([]);
  await sound();
  await keep(handle, 'withdrawal-judged-anew');
});

test('an approval that lapses while its message waits for a signature is asked for again', async () => {
  const { chain } = world;
  const unfreeze = await hotFrozen(world);
  const handle = await ask(11n * FIL);
  const first = await world.approval(handle.id);
  await world.decide(handle, first);
  await waitingDraft(world, handle);
  await chain.admin.transaction(async (trx) => {
    await trx.raw('SET LOCAL session_replication_role = replica');
    await trx('approval')
      .where({ id: first.id })
      .update({ closed_at: new Date(Date.now() - 86_400_000) });
  });
  await unfreeze();
  const second = await world.approval(handle.id);
  expect(second.id).not.toBe(first.id);
  await world.decide(handle, second);
  await land(handle);
  expect(await handle.result()).toMatchObject({ state: 'paid', approvalId: second.id });
});

describe('nobody does anything', () => {
  test('an approval expires after a day, the checkers reminded once, the money back', async () => {
    await world.policy();
    const before = await world.available('bo');
    const [bo] = await world.chain
      .app('withdrawal_address')
      .where({ customer_id: 'bo' })
      .pluck<string[]>('id');
    const handle = await world.ask(world.late, { customerId: 'bo', addressId: bo ?? '', amount: 12n * FIL });
    expect(await handle.result()).toMatchObject({
      state: 'expired',
      reason: 'Nobody decided on it in time.',
    });
    const { startTime, closeTime = startTime } = await handle.describe();
    const hours = (closeTime.getTime() - startTime.getTime()) / 3_600_000;
    expect([hours >= 24, hours < 24.5]).toEqual([true, true]);
    expect(await world.available('bo')).toBe(before);
    await keep(handle, 'withdrawal-expired');
  });

  test('an address that nobody signs for is off the list after a day', async () => {
    await world.customer('dee', 1n);
    const handle = await world.list(world.late, 'dee', 'f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3i');
    expect(await handle.result()).toMatchObject({ state: 'expired', proven: false });
    await keep(handle, 'withdrawal-address-expired');
  });
});

addressTests(() => world);

/** A key was used elsewhere: its sender is frozen, and signs again only when two people say so and all of it is final. */
import { randomUUID } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { readMessage } from '../../db/message';
import { attoText, coins } from '../../domain/money';
import { FINALITY, makeWorld, type World } from './world';

let world: World;
let target: string;
beforeAll(async () => {
  world = await makeWorld();
  target = await world.depositAddress('ada');
  await world.devnet.control('Devnet.Fund', world.hot, coins(100n).toString());
  await world.settle();
});
afterAll(() => world.close());

async function anApproval(state: 'waiting' | 'accepted', more: object = {}): Promise<string> {
  const id = randomUUID();
  await world.admin('approval').insert({
    ...{ id, kind: 'unfreeze', subject_kind: 'sender', subject_id: world.hot, workflow_id: `remedy/${id}` },
    ...{ subject: {}, subject_hash: '0'.repeat(64), maker_id: 'olga', quorum: 1 },
    ...{ state: 'waiting', ...more },
  });
  if (state === 'waiting') return id;
  const decision = { approval_id: id, actor_id: 'carl', actor_role: 'checker', decision: 'accept' };
  await world.admin('approval_decision').insert({ ...decision, reason: 'looked' });
  await world.admin('approval').where({ id }).update({ state, closed_at: new Date() });
  return id;
}

const unfreeze = (approvalId: string): Promise<{ nextNonce: number }> =>
  world.signer.unfreezeSender({ address: world.hot, approvalId });

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => new Error('it was done'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApplicationFailure)) throw error;
  return error.type ?? '';
}

const sender = () =>
  world
    .knex<{ address: string; mode: string; next_nonce: number; unfrozen_by: string | null }>('chain.sender')
    .where({ address: world.hot })
    .first('mode', 'next_nonce', 'unfrozen_by');
const send = (id: string) =>
  world.sendOwn({ id, kind: 'fund', from: world.hot, to: target, value: attoText(coins(1n)) });

test('not without an approval of its own; not before all is final; then from the first nonce nobody used', async () => {
  const { hot, mine, follow, settle } = world;
  await send('ours');
  await settle();
  const thief = world.thief('hot', 0);
  const loot = await world.outsider(1n);
  await thief.send(loot.address, coins(1n));
  await settle();
  const frozen = await sender();
  expect(frozen).toMatchObject({ mode: 'frozen', next_nonce: 1 });

  for (const approval of [
    'none',
    await anApproval('waiting'),
    await anApproval('accepted', { kind: 'help' }),
    await anApproval('accepted', { subject_id: target }),
  ])
    expect(await codeOf(unfreeze(approval))).toBe('approval-missing');
  expect(await sender()).toEqual(frozen);

  const agreed = await anApproval('accepted');
  await thief.send(loot.address, coins(1n));
  await mine(2);
  await follow();
  await expect(unfreeze(agreed)).rejects.toThrow('not all of it is final yet');
  expect(await sender()).toEqual(frozen);
  await mine(FINALITY);
  await follow();
  expect(await unfreeze(agreed)).toEqual({ nextNonce: 3 });
  expect(await unfreeze(agreed)).toEqual({ nextNonce: 3 });
  expect(await sender()).toEqual({ mode: 'active', next_nonce: 3, unfrozen_by: agreed });

  await send('again');
  await settle();
  expect((await readMessage(world.knex, 'again')).state).toBe('final');
  expect(await codeOf(unfreeze(await anApproval('accepted')))).toBe('sender-not-frozen');
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });

  await thief.send(loot.address, coins(1n));
  await settle();
  // What was agreed on once does not hold for the next time.
  expect(await unfreeze(agreed)).toEqual({ nextNonce: 4 });
  expect(await sender()).toMatchObject({ mode: 'frozen' });
  expect((await world.lotus.getActor(hot, []))?.nonce).toBe(5);
});

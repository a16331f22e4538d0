/** A head that stands still, or a node that shows an old copy of the chain: nothing is signed, and it is said why. */
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { followOnce } from '../../activities/watch';
import { makeSignerActivities } from '../../activities/signer';
import { makeLotus } from '../../chain/lotus';
import { readCursor } from '../../db/clock';
import { readMessage } from '../../db/message';
import { stallOf } from '../../domain/head';
import { startDevnet } from '../support/devnet';
import { FINALITY, makeWorld, type World } from '../watch/world';

let world: World;
let target: string;
beforeAll(async () => {
  world = await makeWorld();
  target = await world.depositAddress('ada');
  await world.devnet.control('Devnet.Fund', world.hot, (10n ** 20n).toString());
  await world.settle();
});
afterAll(() => world.close());

const send = (id: string): Promise<string> =>
  world.sendOwn({ id, kind: 'fund', from: world.hot, to: target, value: '1000' as never });

async function refusalOf(work: Promise<unknown>): Promise<{ code: string; sentence: string }> {
  const error: unknown = await work.then(
    () => new Error('it was signed'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApplicationFailure)) throw error;
  return { code: error.type ?? '', sentence: error.message };
}

async function expectUnsigned(id: string): Promise<void> {
  expect((await readMessage(world.knex, id)).state).toBe('draft');
  expect(await world.admin('chain.attempt').where({ message_id: id })).toEqual([]);
}

test.each([
  [600, null],
  [601, "The chain's head has stood at epoch 7 for 10 minutes: nothing is signed until it moves."],
])('twenty epochs of 30 s is how long a head may stand: %i s', (age, sentence) => {
  expect(stallOf({ epoch: 7, age }, { epochSeconds: 30, stalledEpochs: 20 })).toBe(sentence);
});

test('a head that stood too long stops signing with a code of its own; one epoch later it goes on', async () => {
  await world.admin.raw("UPDATE ledger.chain_head SET risen_at = now() - interval '11 minutes'");
  const refused = await refusalOf(send('stalled'));
  expect(refused.code).toBe('head-stalled');
  expect(refused.sentence).toContain('for 11 minutes');
  await expectUnsigned('stalled');
  await world.follow();
  expect((await refusalOf(send('stalled'))).code).toBe('head-stalled');
  await world.mine();
  await world.follow();
  await send('stalled');
  await world.settle();
  expect((await readMessage(world.knex, 'stalled')).state).toBe('final');
});

test('a node restored from an old copy: nothing is signed or booked until it shows the booked chain again', async () => {
  const { devnet, knex, deps, signer, follow, settle, mine } = world;
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-old-copy-'));
  cpSync(devnet.folder, folder, { recursive: true });
  await mine(FINALITY * 2);
  await settle();
  const booked = await readCursor(knex);
  const restored = await startDevnet({ finality: FINALITY, folder });
  try {
    const lotus = makeLotus({ url: restored.rpc, token: restored.tokens.write });
    const misled = makeSignerActivities({ ...world.signerDeps, lotus });
    const sign = async (id: string) => {
      const gas = { gasLimit: 10_000_000, gasFeeCap: '1000000', gasPremium: '200000' };
      return refusalOf(misled.signMessage({ messageId: id, gas }));
    };
    await world.draftOwn({ id: 'misled', kind: 'fund', from: world.hot, to: target, value: '1000' as never });
    expect((await sign('misled')).code).toBe('chain-turned');
    await followOnce({ ...deps, lotus });
    const halted = (await readCursor(knex))?.halted;
    expect(halted).toContain('an old copy of the chain?');

    // it grows past the booked height on a chain of its own
    await restored.control('Devnet.Fund', target, '1');
    await restored.control('Devnet.Mine', FINALITY * 5);
    await followOnce({ ...deps, lotus });
    expect(await sign('misled')).toMatchObject({ code: 'chain-turned' });
    expect(await readCursor(knex)).toMatchObject({ clock: booked?.clock, executed: booked?.executed });
    await knex('watch.cursor').update({ halted: null });
    expect((await sign('misled')).sentence).toContain('is not the one that is booked');
    await expectUnsigned('misled');
  } finally {
    await restored.stop();
  }
  await mine();
  await follow();
  expect((await readCursor(knex))?.halted).toBeNull();
  const gas = { gasLimit: 10_000_000, gasFeeCap: '1000000', gasPremium: '200000' };
  expect(await signer.signMessage({ messageId: 'misled', gas })).toMatchObject({
    nonce: expect.any(Number) as number,
  });
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});

import { readCursor } from '../../db/clock';
import { findTransfer } from '../../db/transfer';
import { coins } from '../../domain/money';
import { available, FINALITY, makeWorld, type World } from './world';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

async function owed(): Promise<string[]> {
  const rows = await world.knex<{ id: number; workflow_id: string }>('watch.look').orderBy('id');
  await world.admin('watch.look').delete();
  return rows.map((row) => row.workflow_id);
}

test('a reorg takes a deposit back; it is seen again where it lands again, and credited once', async () => {
  const { knex, devnet, mine, follow, settle } = world;
  const sender = await world.outsider();
  const address = await world.depositAddress('again');
  const cid = await sender.send(address, coins(10n));
  await mine(4);
  await follow();
  const first = await findTransfer(knex, { cid, index: 0 });
  expect(first?.state).toBe('seen');
  await owed();

  await devnet.control('Devnet.Reorg', 4);
  await follow();
  const head = await world.lotus.chainHead();
  expect(head.height).toBeLessThan(first?.executedEpoch ?? 0);
  expect((await readCursor(knex))?.head).toBe(head.height);
  expect((await findTransfer(knex, { cid, index: 0 }))?.state).toBe('orphaned');
  expect(await owed()).toContain(`deposit/${cid}-0`);

  await mine(2);
  await follow();
  const second = await findTransfer(knex, { cid, index: 0 });
  expect(second?.state).toBe('seen');
  expect(second?.executedKey).not.toBe(first?.executedKey);
  await settle();
  expect(await available(knex, 'again')).toBe(coins(10n));
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});

test('an orphan whose sender used the nonce for something else ends, when that is final, uncredited', async () => {
  const { knex, devnet, mine, follow } = world;
  const sender = await world.outsider();
  const address = await world.depositAddress('replaced');
  const nonce = await world.lotus.mpoolNonce(sender.address);
  const cid = await sender.send(address, coins(10n));
  await mine(2);
  await follow();
  await devnet.control('Devnet.Reorg', 2);
  await follow();
  expect((await findTransfer(knex, { cid, index: 0 }))?.state).toBe('orphaned');
  await sender.send(sender.address, 0n, { nonce, premium: 1_000_000n });
  await mine(3);
  await follow();
  // used, but not finally: the orphan waits
  expect((await findTransfer(knex, { cid, index: 0 }))?.state).toBe('orphaned');
  await owed();
  await mine(FINALITY);
  await follow();
  expect((await findTransfer(knex, { cid, index: 0 }))?.state).toBe('replaced');
  expect(await owed()).toContain(`deposit/${cid}-0`);
  expect(await available(knex, 'replaced')).toBe(0n);
});

test('two followers at once book each tipset once', async () => {
  const { knex, mine, follow } = world;
  const sender = await world.outsider();
  const address = await world.depositAddress('twice');
  await sender.send(address, coins(4n));
  await mine(FINALITY + 4);
  await Promise.all([follow(), follow(), follow()]);
  expect(await available(knex, 'twice')).toBe(coins(4n));
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});

test('a chain that leaves ours below what is final stops booking and calls a person', async () => {
  const { knex, admin, mine, follow } = world;
  await follow();
  const cursor = await readCursor(knex);
  // what the books stand on is no longer on the node's chain
  await admin('watch.tipset').where({ key: cursor?.executedKey }).update({ key: 'bafyelsewhere' });
  await admin('watch.tipset').where({ state: 'live' }).update({ state: 'reverted' });
  await mine(FINALITY + 3);
  await follow();
  const halted = await readCursor(knex);
  expect(halted?.halted).toMatch(/left ours below epoch/);
  expect(halted?.executed).toBe(cursor?.executed);
  const findings: unknown[] = await knex('watch.finding').where({ kind: 'deep-reorg' });
  expect(findings.length).toBeGreaterThan(0);
});

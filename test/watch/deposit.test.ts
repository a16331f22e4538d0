import { coins } from '../../domain/money';
import { readCursor } from '../../db/clock';
import { findTransfer } from '../../db/transfer';
import { available, balanceOf, makeWorld, type World } from './world';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

test('a deposit is seen at once, credited once and only at finality, and the books equal the chain', async () => {
  const { knex, mine, follow, settle } = world;
  const sender = await world.outsider();
  await follow();
  const address = await world.depositAddress('customer-1');
  const cid = await sender.send(address, coins(60n));
  await mine(2);
  await follow();
  const seen = await findTransfer(knex, { cid, index: 0 });
  expect(seen).toMatchObject({
    state: 'seen',
    to: address,
    value: coins(60n),
    ownerId: 'customer-1',
    index: 0,
  });
  expect(seen?.executedEpoch).toBe((seen?.includedEpoch ?? 0) + 1);
  expect(await available(knex, 'customer-1')).toBe(0n);

  // the last tipset at which it is not final yet
  const head = await world.lotus.chainHead();
  await mine((seen?.executedEpoch ?? 0) + 10 - 1 - head.height);
  await follow();
  expect(await available(knex, 'customer-1')).toBe(0n);
  expect((await readCursor(knex))?.executed).toBe((seen?.executedEpoch ?? 0) - 1);
  await mine(1);
  await follow();
  expect(await available(knex, 'customer-1')).toBe(coins(60n));
  expect(await readCursor(knex)).toMatchObject({
    executed: seen?.executedEpoch,
    clock: seen?.includedEpoch,
    halted: null,
  });
  await settle();
  expect(await available(knex, 'customer-1')).toBe(coins(60n));
  expect(await findTransfer(knex, { cid, index: 0 })).toMatchObject({ state: 'final', bookedAs: 'deposit' });
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched', breaks: 0 });
});

// 600: a silence longer than the piece of chain that is walked at once
test.each([4, 600])('%i null rounds between inclusion, execution and finality change nothing', async (n) => {
  const { knex, devnet, mine, follow, settle } = world;
  const sender = await world.outsider();
  const customer = `silence-${n}`;
  const address = await world.depositAddress(customer);
  const cid = await sender.send(address, coins(3n));
  await mine(1);
  await follow();
  await devnet.control('Devnet.NullRounds', n);
  await mine(1);
  await follow();
  const seen = await findTransfer(knex, { cid, index: 0 });
  expect(seen?.executedEpoch).toBe((seen?.includedEpoch ?? 0) + n + 1);
  await settle();
  expect(await available(knex, customer)).toBe(coins(3n));
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});

test('a deposit to the ID spelling of the address is the same deposit', async () => {
  const { knex, settle, lotus } = world;
  const sender = await world.outsider();
  const address = await world.depositAddress('silence-4');
  const id = await lotus.lookupId(address, []);
  expect(id).toMatch(/^f0/);
  const cid = await sender.send(String(id), coins(2n));
  await settle();
  expect(await findTransfer(knex, { cid, index: 0 })).toMatchObject({ state: 'final', to: address });
  expect(await available(knex, 'silence-4')).toBe(coins(5n));
});

test('a failed message credits nothing', async () => {
  const { knex, settle } = world;
  const sender = await world.outsider(5n);
  const address = await world.depositAddress('customer-3');
  const cid = await sender.send(address, coins(500n));
  await settle();
  expect(await findTransfer(knex, { cid, index: 0 })).toBeNull();
  expect(await available(knex, 'customer-3')).toBe(0n);
});

test('what nobody announced at the hot wallet goes to suspense', async () => {
  const { knex, hot, settle } = world;
  const sender = await world.outsider();
  const before = await balanceOf(knex, 'suspense.unidentified', '');
  const cid = await sender.send(hot, coins(7n));
  await settle();
  expect(await findTransfer(knex, { cid, index: 0 })).toMatchObject({ bookedAs: 'suspense' });
  expect(await balanceOf(knex, 'suspense.unidentified', '')).toBe(before + coins(7n));
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});

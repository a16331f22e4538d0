import { changeBeneficiaryParams, METHOD, withdrawBalanceParams } from '../../chain/method';
import { readCursor } from '../../db/clock';
import { findTransfer } from '../../db/transfer';
import { addressFrom } from '../../domain/address';
import { attoText, coins } from '../../domain/money';
import { balanceOf, FINALITY, makeWorld, type World } from './world';

const CHANGE_BENEFICIARY = 30;

let world: World;

interface MessageRow {
  readonly state: string;
  readonly needs_action: string | null;
  readonly cid: string | null;
  readonly value: string;
  readonly gas: string | null;
  readonly exit_code: number | null;
  readonly included_epoch: number | null;
  readonly executed_epoch: number | null;
}

async function messageRow(id: string): Promise<MessageRow> {
  const row = await world.knex<MessageRow & { id: string }>('chain.message').where({ id }).first();
  if (row === undefined) throw new Error(`no message ${id}`);
  return row;
}

describe.each([
  ['every balance compared', 200],
  ['all traces read', 0],
])('%s', (_name, compareUpTo) => {
  beforeAll(async () => {
    world = await makeWorld({ compareUpTo });
  });
  afterAll(() => world.close());

  test('our own sweep: gas and value to the atto, nothing before finality, back to pushed in a reorg', async () => {
    const { knex, hot, mine, follow, settle, devnet } = world;
    const sender = await world.outsider();
    const address = await world.depositAddress('own-1');
    await sender.send(address, coins(60n));
    await settle();
    expect(await balanceOf(knex, 'custody.deposit', address)).toBe(coins(60n));

    await world.sendOwn({ id: 'sweep-1', from: address, to: hot });
    await knex('chain.message').where({ id: 'sweep-1' }).update({ needs_action: 'It is stuck.' });
    await mine(2);
    await follow();
    // on chain it is stuck no more, whatever it said before
    expect(await messageRow('sweep-1')).toMatchObject({ state: 'included', needs_action: null });
    expect(await balanceOf(knex, 'custody.deposit', address)).toBe(coins(60n));
    await devnet.control('Devnet.Reorg', 2);
    await follow();
    expect(await messageRow('sweep-1')).toMatchObject({ state: 'pushed', cid: null, executed_epoch: null });

    await settle();
    const row = await messageRow('sweep-1');
    expect(row).toMatchObject({ state: 'final', exit_code: 0, value: attoText(coins(59n)) });
    expect(row.executed_epoch).toBe((row.included_epoch ?? 0) + 1);
    const run = await world.lotus.stateReplay([], row.cid ?? '');
    expect(row.gas).toBe(run.totalCost.toString());
    expect(run.totalCost).toBeGreaterThan(0n);
    expect(await balanceOf(knex, 'custody.hot', hot)).toBe(coins(59n));
    expect(await balanceOf(knex, 'custody.deposit', address)).toBe(coins(1n) - run.totalCost);
    expect(await balanceOf(knex, 'gas.expense', '')).toBe(run.totalCost);
    expect(await world.reconcile()).toMatchObject({ outcome: 'matched', breaks: 0 });
  });

  test('reconciliation holds at every booked tipset, not only at rest', async () => {
    const { hot, mine, follow } = world;
    const sender = await world.outsider();
    const address = await world.depositAddress('own-2');
    for (let n = 0; n < 4; n += 1) {
      await sender.send(address, coins(10n) + BigInt(n));
      await mine(1);
    }
    await world.sendOwn({ id: 'sweep-2', from: address, to: hot, value: attoText(coins(5n)) });
    const heights = new Set<number>();
    for (let n = 0; n < FINALITY + 4; n += 1) {
      await mine(1);
      await follow();
      const run = await world.reconcile();
      expect(run).toMatchObject({ outcome: 'matched', breaks: 0 });
      heights.add(run.height);
    }
    expect(heights.size).toBe(FINALITY + 4);
    expect((await messageRow('sweep-2')).state).toBe('final');
  });

  test('a message that fails on chain costs its gas and moves nothing', async () => {
    const { knex, hot, settle, devnet } = world;
    const owner = await world.outsider();
    const miner = String(
      await devnet.control('Devnet.CreateMiner', { Owner: owner.address, Available: attoText(coins(50n)) }),
    );
    const before = await balanceOf(knex, 'custody.hot', hot);
    await world.sendOwn({
      id: 'fails',
      kind: 'withdraw-balance',
      from: hot,
      to: miner,
      value: attoText(0n),
      method: METHOD.withdrawBalance,
      params: Buffer.from(withdrawBalanceParams(coins(1n))).toString('base64'),
      gas: { gasLimit: 10_000_000, gasFeeCap: '1000000000', gasPremium: '200000' },
    });
    await settle();
    const row = await messageRow('fails');
    expect(row).toMatchObject({ state: 'failed', exit_code: 18 });
    expect(await balanceOf(knex, 'custody.hot', hot)).toBe(before - BigInt(row.gas ?? '0'));
    expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
  });

  test('an internal send shows in the balance, is found in the trace and booked once', async () => {
    const { knex, lotus, mine, settle, follow, devnet } = world;
    const escrow = await world.derive('escrow', 'no-loan');
    const owner = await world.outsider();
    await owner.send(escrow, coins(5n));
    await settle();
    const id = addressFrom(String(await lotus.lookupId(escrow, [])));
    expect(await knex('chain.address').where({ address: escrow }).first('id_address')).toEqual({
      id_address: id,
    });
    const miner = String(
      await devnet.control('Devnet.CreateMiner', { Owner: owner.address, Available: attoText(coins(50n)) }),
    );
    const params = changeBeneficiaryParams(id, coins(30n), 100_000n);
    await owner.send(miner, 0n, { method: CHANGE_BENEFICIARY, params });
    await mine(2);
    // only somebody with our key can accept for us: a foreign message, of which more below
    await world.thief('escrow', 0).send(miner, 0n, { method: CHANGE_BENEFICIARY, params });
    await settle();
    const held = await balanceOf(knex, 'custody.escrow', escrow);
    const cid = await owner.send(miner, 0n, {
      method: METHOD.withdrawBalance,
      params: withdrawBalanceParams(coins(12n)),
    });
    await settle();
    expect(await balanceOf(knex, 'custody.escrow', escrow)).toBe(held + coins(12n));
    const rows = await knex<{ cid: string; idx: number; state: string; booked_as: string }>(
      'watch.transfer',
    ).where({
      cid,
    });
    expect(rows).toHaveLength(1);
    expect(rows[0]?.idx).toBeGreaterThan(0);
    expect(rows[0]).toMatchObject({ state: 'final', booked_as: 'suspense' });
    await follow();
    expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
  });

  test('a foreign message from one of our addresses freezes the sender and ends the message it displaced', async () => {
    const { knex, lotus, hot, mine, settle } = world;
    const thief = world.thief('hot', 0);
    const loot = await world.outsider(1n);
    const before = await balanceOf(knex, 'custody.hot', hot);
    const nonce = await lotus.mpoolNonce(hot);
    const deposit = await world.depositAddress('own-1');
    await world.sendOwn({
      id: 'displaced',
      kind: 'fund',
      from: hot,
      to: deposit,
      value: attoText(coins(1n)),
    });
    const cid = await thief.send(loot.address, coins(2n), { nonce, premium: 900_000_000n });
    await mine(2);
    await settle();
    const run = await lotus.stateReplay([], cid);
    expect(await balanceOf(knex, 'custody.hot', hot)).toBe(before - coins(2n) - run.totalCost);
    expect(await balanceOf(knex, 'writeoff.expense', '')).toBe(coins(2n));
    expect(await knex('chain.sender').where({ address: hot }).first('mode')).toEqual({ mode: 'frozen' });
    expect((await messageRow('displaced')).state).toBe('conflict');
    expect(
      await knex('watch.finding').where({ kind: 'foreign-message', subject: cid }).first('resolved_at'),
    ).toEqual({ resolved_at: null });
    await expect(
      world.sendOwn({ id: 'after', kind: 'fund', from: hot, to: deposit, value: attoText(coins(1n)) }),
    ).rejects.toThrow(/frozen|foreign|not sign/i);
    expect(await findTransfer(knex, { cid, index: 0 })).toBeNull();
    expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
  });

  test('a balance that nothing explains stops booking until it is explained', async () => {
    const { knex, admin, mine, follow, settle } = world;
    const sender = await world.outsider();
    const address = await world.depositAddress('own-3');
    await sender.send(address, coins(3n));
    await settle();
    // as if a posting had been lost: the books now lack one attoFIL of this address
    const account = await admin<{ id: number; owner: string }>('ledger.account')
      .where({ owner: address })
      .first('id');
    await admin.raw(
      'UPDATE ledger.balance SET debits_posted = debits_posted - 1, version = version WHERE account_id = ?',
      [account?.id ?? 0],
    );
    const before = await readCursor(knex);
    await sender.send(address, coins(1n));
    await mine(FINALITY + 3);
    await follow();
    const halted = await readCursor(knex);
    expect(halted?.halted).toContain(`${address} holds 4 FIL`);
    expect(halted?.executed).toBeGreaterThan(before?.executed ?? 0);
    expect(await balanceOf(knex, 'customer.available', 'own-3')).toBe(coins(3n));
    await admin.raw('UPDATE ledger.balance SET debits_posted = debits_posted + 1 WHERE account_id = ?', [
      account?.id ?? 0,
    ]);
    await follow();
    expect(await balanceOf(knex, 'customer.available', 'own-3')).toBe(coins(4n));
    expect((await readCursor(knex))?.halted).toBeNull();
  });
});

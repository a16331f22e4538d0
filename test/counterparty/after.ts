/** What a borrower may do, or leave undone, while FIL is lent and after. */
import { changeBeneficiaryParams, METHOD, withdrawBalanceParams } from '../../chain/method';
import { attoText, coins } from '../../domain/money';
import { findTransfer } from '../../db/transfer';
import { addressFrom } from '../../domain/address';
import type { RemedyRequest } from '../../domain/remedy';
import { waitFor } from '../../stack/wait';
import { workflowIds } from '../../workflows/handles';
import { repayFromMiner } from '../../workflows/handles-loan';
import type { remedy } from '../../workflows/remedy';
import { balanceOf } from '../watch/world';
import { agree } from './money';
import { LENT, type Borrower, type Counterparty } from './world';

interface Paid {
  readonly amount: string;
  readonly excess: string;
  readonly principal: string;
  readonly source: string;
  readonly debt_after: string;
}

const paidBy = (world: Counterparty, who: Borrower): Promise<readonly Paid[]> =>
  world.platform
    .knex<Paid & { loan_id: string }>('repayment')
    .where({ loan_id: who.id })
    .orderBy('journal_id');

/** Pays more than is owed, straight to the loan's address. */
export async function payOff(world: Counterparty, who: Borrower, amount = LENT + coins(1n)): Promise<void> {
  const { repayment_address } = await world.inState(who, 'active');
  await world.send(who.owner, repayment_address, { value: amount });
}

const ask = (world: Counterparty, who: Borrower): Promise<unknown> =>
  world.platform.client.workflow
    .getHandle(workflowIds.loan(who.id))
    .executeUpdate(repayFromMiner, { args: [{ actor: { id: who.id, role: 'customer' } }] });

/** g, h: pays twice what is owed, and again when all is over. */
export async function paysTooMuch(world: Counterparty, who: Borrower): Promise<void> {
  await world.offered(who);
  await world.lent(who);
  await payOff(world, who, LENT * 2n);
  await world.takeBack(who, 'closed');
  const [paid] = await paidBy(world, who);
  const excess = BigInt(paid?.excess ?? '0');
  expect(paid).toMatchObject({
    amount: attoText((LENT * 2n) as never),
    principal: attoText(LENT),
    debt_after: '0',
  });
  expect(excess).toBeGreaterThan(coins(99n));
  expect(excess).toBeLessThan(LENT);
  expect(await world.credit(who)).toBe(excess);

  const { knex } = world.platform;
  const { repayment_address } = await world.read(who);
  const late = await world.send(who.owner, repayment_address, { value: coins(3n) });
  await world.settle();
  const booked = await findTransfer(knex, { cid: late.cid, index: 0 });
  expect(booked).toMatchObject({ state: 'final', bookedAs: 'suspense' });
  expect(await world.credit(who)).toBe(excess);
  expect(await balanceOf(knex, 'suspense.unidentified', '')).toBe(coins(3n));
}

/** j: the miner owes a penalty: nothing can be swept until somebody pays it. */
export async function owesThePenalty(world: Counterparty, who: Borrower): Promise<void> {
  const { devnet } = world.platform;
  await world.offered(who);
  await world.lent(who);
  await world.byHand(() => devnet.control('Devnet.FeeDebt', who.miner, coins(200n).toString()));
  const sentence = await world.asking(who, /fee debt/);
  expect(sentence).toBe(
    `Miner ${who.miner} has a fee debt of 200 FIL: no income can be swept until it is paid; it is tried again by itself.`,
  );
  await ask(world, who);
  await world.settle();
  expect(await paidBy(world, who)).toEqual([]);
  const repayDebt = { value: coins(300n), method: METHOD.repayDebt };
  await world.send(who.operator, who.miner, repayDebt);
  await world.takeBack(who, 'closed');
  await world.quiet(who);
  expect(await paidBy(world, who)).toMatchObject([{ source: 'sweep', principal: attoText(LENT) }]);
}

/** k: what the sweep asked for is pledged before the sweep is executed: what was paid counts. */
export async function hasLessThanAsked(world: Counterparty, who: Borrower): Promise<void> {
  const { knex, devnet } = world.platform;
  await world.offered(who);
  await world.lent(who);
  await world.settle();
  const asked = await world.byHand(async () => {
    await ask(world, who);
    const sweep = await waitFor(
      async () =>
        knex<{ subject_id: string; kind: string; state: string; summary: string }>('chain.message')
          .where({ subject_id: who.id, kind: 'withdraw-balance', state: 'pushed' })
          .first(),
      { what: 'the sweep', timeoutMs: 120_000 },
    );
    await devnet.control('Devnet.Pledge', who.miner, coins(60n).toString());
    return sweep.summary;
  });
  expect(asked).toMatch(/^Sweep 100\.\d+ FIL of the balance/);
  const first = await waitFor(async () => (await paidBy(world, who))[0], {
    what: 'the payment',
    timeoutMs: 120_000,
  });
  expect(first).toMatchObject({ source: 'sweep', amount: attoText(coins(50n)), excess: '0' });
  expect(BigInt(first.debt_after)).toBeGreaterThan(coins(50n));
  await payOff(world, who, coins(60n));
  await world.takeBack(who, 'closed');
}

/** l: another miner pays our escrow as its beneficiary: no message names us, the balance does. */
export async function paysFromInside(world: Counterparty, who: Borrower): Promise<void> {
  const { knex, devnet, thief } = world.platform;
  await world.offered(who);
  const { escrow_address, escrow_id_address } = await world.lent(who);
  const other = who.friend;
  const wanted = { Owner: other.key.address, Available: coins(50n).toString() };
  const made = await world.byHand(() => devnet.control('Devnet.CreateMiner', wanted));
  const miner = String(made);
  const params = changeBeneficiaryParams(addressFrom(escrow_id_address), coins(30n), 900_000n);
  await world.send(other.key, miner, { method: METHOD.changeBeneficiary, params });
  const row = await knex<{ address: string; derivation_index: number }>('chain.address')
    .where({ address: escrow_address })
    .first('derivation_index');
  // The nominee must agree on chain, and we never do: somebody with our key does.
  await thief('escrow', row?.derivation_index ?? -1).send(miner, 0n, {
    method: METHOD.changeBeneficiary,
    params,
  });
  await waitFor(
    async () =>
      (await world.lotus.minerInfo(addressFrom(miner), [])).beneficiary === escrow_id_address
        ? true
        : undefined,
    { what: 'the beneficiary', timeoutMs: 120_000 },
  );
  const { cid } = await world.send(other.key, miner, {
    method: METHOD.withdrawBalance,
    params: withdrawBalanceParams(coins(12n)),
  });
  await world.settle();
  expect(await findTransfer(knex, { cid, index: 0 })).toBeNull();
  expect(await findTransfer(knex, { cid, index: 1 })).toMatchObject({
    state: 'final',
    bookedAs: 'repayment',
  });
  expect(await paidBy(world, who)).toMatchObject([{ amount: attoText(coins(12n)), source: 'direct' }]);
  const found = await knex<{ id: number; kind: string; sentence: string; resolved_at: Date | null }>(
    'watch.finding',
  )
    .where({ kind: 'foreign-message' })
    .where('sentence', 'like', `%${escrow_address}%`);
  expect(found).toMatchObject([{ resolved_at: null }]);
  expect(await modeOf(world, escrow_address)).toBe('frozen');
  await letGo(world, { kind: 'unfreeze', subjectId: escrow_address });
  expect(await modeOf(world, escrow_address)).toBe('active');
  await letGo(world, { kind: 'resolution', subjectId: String(found[0]?.id) });
  await payOff(world, who);
  await world.takeBack(who, 'closed');
}

async function modeOf({ platform: { knex } }: Counterparty, address: string): Promise<string | undefined> {
  const row = await knex<{ address: string; mode: string }>('chain.sender').where({ address }).first('mode');
  return row?.mode;
}

/** One asks, another agrees: what was stopped for a person goes on. */
async function letGo(
  { platform }: Counterparty,
  asked: Pick<RemedyRequest, 'kind' | 'subjectId'>,
): Promise<void> {
  const id = `${asked.kind}-${asked.subjectId}`;
  const workflowId = workflowIds.remedy(id);
  const actor = { id: 'olga', role: 'operator' };
  const request = { id, ...asked, reason: 'it was our own test', actor };
  const handle = await platform.client.workflow.start<typeof remedy>('remedy', {
    taskQueue: 'core',
    workflowId,
    args: [request],
  });
  await agree(platform, asked.subjectId, workflowId);
  expect(await handle.result()).toEqual({ outcome: 'done', code: null });
}

/** f: never takes the owner role back, until two reminders have gone. */
export async function forgets(world: Counterparty, who: Borrower): Promise<void> {
  const { escrow_id_address } = await world.read(who);
  const reminders = async (): Promise<number> =>
    (await world.mailsOf(who)).filter((mail) => mail === 'loan-return-reminder').length;
  await world.inState(who, 'returning');
  expect(await reminders()).toBe(0);
  for (const n of [1, 2]) {
    await world.pass(2_900);
    const sentence = await world.asking(who, new RegExp(`reminder ${n} is sent`));
    expect(sentence).toContain(`has not confirmed the owner role of ${who.miner}; it stays ours`);
    await world.mailed(who, 'loan-return-reminder', n);
    expect(await reminders()).toBe(n);
    expect(await world.ownerOf(who)).toBe(escrow_id_address);
    expect((await world.read(who)).state).toBe('returning');
  }
  await world.takeBack(who, 'closed');
  await world.quiet(who);
}

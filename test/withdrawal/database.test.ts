/** Withdrawals on real books: set aside once, within every limit whoever asks at once, given back once. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { makeWithdrawalActivities, type WithdrawalStanding } from '../../activities/withdrawal';
import { setFreeze } from '../../db/freeze';
import { findWithdrawal, insertWithdrawal } from '../../db/withdrawal';
import { coins } from '../../domain/money';
import { RefusalError } from '../../domain/refusal';
import { bookWithdrawal, holdWithdrawal, releaseWithdrawal } from '../../ledger/withdrawal';
import { auditLedger } from '../../ledger/read-audit';
import { balance, identity } from '../../ledger/read';
import { accepted, backdate, listed, makePolicy, openBooks, POLICY, text, type Books } from './books';

let books: Books;
let act: ReturnType<typeof makeWithdrawalActivities>;
beforeEach(async () => {
  books = await openBooks();
  act = makeWithdrawalActivities({ knex: books.app });
  await makePolicy(books.admin);
}, 60_000);
afterEach(() => books.close());

const inside = <T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> => books.app.transaction(work);
const payable = async (owner: string): Promise<bigint> =>
  (await balance(books.app, { code: 'withdrawal.payable', owner })).balance;
async function sound(): Promise<void> {
  expect((await identity(books.app)).holds).toBe(true);
  expect(await auditLedger(books.app)).toEqual([]);
}
async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'taken',
    (error: unknown) => (error instanceof RefusalError ? error.code : String(error)),
  );
}

interface Customer {
  readonly id: string;
  readonly addressId: string;
}
async function customer(name: string, available: bigint): Promise<Customer> {
  await books.customer(name, available);
  return { id: name, addressId: await listed(books.admin, name, `f1${name}`) };
}
function request({ id: customerId, addressId }: Customer, amount: bigint) {
  const withdrawalId = randomUUID();
  const workflowId = `withdrawal/${withdrawalId}`;
  return { withdrawalId, customerId, addressId, amount: text(amount), workflowId };
}
const ask = (who: Customer, amount: bigint): Promise<WithdrawalStanding> =>
  act.placeWithdrawal(request(who, amount));

test('the money is set aside at once, once, and given back once; a refusal changes nothing', async () => {
  const ada = await customer('ada', coins(40n));
  const wish = request(ada, coins(5n));
  const [first, second] = [await act.placeWithdrawal(wish), await act.placeWithdrawal(wish)];
  expect(first).toMatchObject({ state: 'held', people: 0, address: 'f1ada', policyVersion: 2 });
  expect(second).toEqual(first);
  expect(await books.available('ada')).toBe(coins(35n));
  expect(await payable(wish.withdrawalId)).toBe(coins(5n));
  await sound();
  const wanted: [Customer, bigint, string][] = [
    [ada, coins(35n) + 1n, 'amount-above-balance'],
    [ada, 1n, 'withdrawal-dust'],
    [ada, coins(50n) + 1n, 'withdrawal-limit'],
    [{ ...ada, addressId: (await customer('bob', 0n)).addressId }, coins(1n), 'not-found'],
  ];
  for (const [who, amount, code] of wanted)
    expect(await ask(who, amount)).toMatchObject({ state: 'refused', code });
  expect(await books.available('ada')).toBe(coins(35n));
  const gone = { state: 'cancelled', by: 'ada', reason: 'changed my mind' } as const;
  const { withdrawalId } = wish;
  expect(await act.releaseWithdrawal({ withdrawalId, ...gone })).toMatchObject({ state: 'cancelled' });
  expect(await act.releaseWithdrawal({ withdrawalId, ...gone })).toMatchObject({ state: 'cancelled' });
  await expect(
    inside((trx) => releaseWithdrawal(trx, withdrawalId, { ...gone, state: 'expired' })),
  ).rejects.toThrow('The withdrawal is cancelled');
  expect(await books.available('ada')).toBe(coins(40n));
  expect(await payable(withdrawalId)).toBe(0n);
  await sound();
});

describe('limits', () => {
  test('a hundred at once take exactly what the platform allows, not an atto more', async () => {
    const people = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => customer(name, coins(100n))));
    const asked = people.flatMap((who) => Array.from({ length: 20 }, () => request(who, coins(6n))));
    const ends = await Promise.all(
      asked.map((wish) => refusalOf(inside((trx) => holdWithdrawal(trx, wish)))),
    );
    const taken = ends.filter((end) => end === 'taken').length;
    // 120 FIL an hour for everybody: twenty of six, and nobody above 60 FIL.
    expect(taken).toBe(20);
    expect(ends.filter((end) => end !== 'taken' && end !== 'withdrawal-limit')).toEqual([]);
    const { rows } = await books.app.raw<{ rows: { most: string }[] }>(
      `SELECT max(total) AS most FROM (SELECT sum(amount) AS total FROM withdrawal GROUP BY customer_id) AS t`,
    );
    expect(BigInt(rows[0]!.most)).toBeLessThanOrEqual(POLICY.perCustomerHour);
    await sound();
  }, 60_000);

  test('a customer at once with everything in one hand: limits met exactly pass, one atto over does not', async () => {
    const ada = await customer('ada', coins(500n));
    const ends = await Promise.all(Array.from({ length: 8 }, () => ask(ada, coins(20n))));
    expect(ends.filter(({ state }) => state === 'held')).toHaveLength(3);
    expect(await ask(ada, coins(1n))).toMatchObject({ code: 'withdrawal-limit' });
    for (const { state, approvalId } of ends)
      expect([state === 'held' || state === 'refused', approvalId]).toEqual([true, null]);
    // An hour later 40 of the day's 100 FIL are left.
    await books
      .app('withdrawal')
      .where({ state: 'held' })
      .pluck('id')
      .then((ids: string[]) =>
        Promise.all(ids.map((id) => backdate(books.admin, 'withdrawal', id, { held_at: 3_600 }))),
      );
    expect(await ask(ada, coins(40n) + 1n)).toMatchObject({ code: 'withdrawal-limit' });
    expect(await ask(ada, coins(40n))).toMatchObject({ state: 'held', people: 2 });
    expect(await ask(ada, 10n ** 15n)).toMatchObject({ code: 'withdrawal-limit' });
  });

  test('what came back does not count', async () => {
    const ada = await customer('ada', coins(500n));
    const wish = request(ada, coins(50n));
    await act.placeWithdrawal(wish);
    expect(await ask(ada, coins(11n))).toMatchObject({ code: 'withdrawal-limit' });
    await act.releaseWithdrawal({ withdrawalId: wish.withdrawalId, state: 'expired', reason: 'nobody' });
    expect(await ask(ada, coins(50n))).toMatchObject({ state: 'held' });
  });

  test('the database holds them against a program that does not ask', async () => {
    const ada = await customer('ada', coins(500n));
    const judged = { address: 'f1ada', policyVersion: 2, people: 0 };
    const past = request(ada, coins(50n) + 1n);
    await expect(insertWithdrawal(books.app, past, judged)).rejects.toThrow('above a limit');
    const old = request(ada, coins(1n));
    await expect(insertWithdrawal(books.app, old, { ...judged, policyVersion: 1 })).rejects.toThrow(
      'not in force',
    );
    await expect(insertWithdrawal(books.app, old, { ...judged, address: 'f1eve' })).rejects.toThrow(
      'not to that address',
    );
    await insertWithdrawal(books.app, old, judged);
    const row = books.app('withdrawal').where({ id: old.withdrawalId });
    await expect(
      row.clone().update({ state: 'paid', message_cid: 'x', closed_at: new Date() }),
    ).rejects.toThrow('never changes');
    await expect(
      books.app('withdrawal').where({ id: old.withdrawalId }).update({ amount: '2' }),
    ).rejects.toThrow('permission denied');
    await expect(books.app('withdrawal').where({ id: old.withdrawalId }).delete()).rejects.toThrow(
      'permission denied',
    );
  });
});

describe('cool-downs', () => {
  test('of an address: not a second too early, and anew where it is listed again', async () => {
    await books.customer('ada', coins(50n));
    const early = await listed(books.admin, 'ada', 'f1early', 86_400 - 60);
    const late = await listed(books.admin, 'ada', 'f1late', 86_400);
    expect(await ask({ id: 'ada', addressId: early }, coins(1n))).toMatchObject({
      code: 'withdrawal-address-cooling',
    });
    expect(await ask({ id: 'ada', addressId: late }, coins(1n))).toMatchObject({ state: 'held' });
    await books
      .admin('withdrawal_address')
      .where({ id: late })
      .update({ state: 'removed', removed_by: 'ada', remove_reason: 'x', closed_at: new Date() });
    expect(await ask({ id: 'ada', addressId: late }, coins(1n))).toMatchObject({ code: 'not-found' });
    const again = await listed(books.admin, 'ada', 'f1late', 0);
    expect(await ask({ id: 'ada', addressId: again }, coins(1n))).toMatchObject({
      code: 'withdrawal-address-cooling',
    });
    expect(await books.available('ada')).toBe(coins(49n));
  });

  test('of the sign-in: two days after a new API key', async () => {
    const ada = await customer('ada', coins(50n));
    const key = { customer_id: 'ada', name: 'robot', scopes: ['account:read'], hint: 'lsk_abcdef' };
    const at = (seconds: number) => books.admin.raw("clock_timestamp() - ? * interval '1 second'", [seconds]);
    await books.admin('api_key').insert({ ...key, id: 'k1', hash: '1'.repeat(64), created_at: at(172_801) });
    expect(await ask(ada, coins(1n))).toMatchObject({ state: 'held' });
    await books.admin('api_key').insert({ ...key, id: 'k2', hash: '2'.repeat(64), created_at: at(172_700) });
    expect(await ask(ada, coins(1n))).toMatchObject({ code: 'withdrawal-address-cooling' });
  });
});

test.each(['payouts', 'customer'] as const)(
  'frozen %s: nothing is set aside until it is lifted',
  async (scope) => {
    const ada = await customer('ada', coins(50n));
    const customerId = scope === 'customer' ? 'ada' : null;
    const actor = { id: 'o1', role: 'operator' };
    const freeze = { id: 'f1', scope, customerId, reason: 'something is wrong', actor };
    await inside((trx) => setFreeze(trx, freeze, 'freeze/f1'));
    expect(await ask(ada, coins(1n))).toMatchObject({ state: 'refused', code: `${scope}-frozen` });
    const bo = await customer('bo', coins(50n));
    expect((await ask(bo, coins(1n))).state).toBe(scope === 'customer' ? 'held' : 'refused');
    expect(await books.available('ada')).toBe(coins(50n));
  },
);

describe('approval', () => {
  const subjectOf = (id: string, amount: bigint, policyVersion: number, address = 'f1ada') => ({
    ...{ withdrawal: id, address, amount: text(amount), policyVersion },
  });
  const clear = (withdrawalId: string, approvalId: string | null) =>
    act.clearWithdrawal({ withdrawalId, approvalId });

  test.each<[string, bigint, readonly string[]]>([
    ['one', coins(11n), ['c1']],
    ['two different', coins(31n), ['c1', 'c2']],
  ])('above a threshold %s must have accepted exactly this', async (_name, amount, by) => {
    const ada = await customer('ada', coins(100n));
    const wish = request(ada, amount);
    expect(await act.placeWithdrawal(wish)).toMatchObject({ people: by.length });
    const id = wish.withdrawalId;
    const approve = (subject: Readonly<Record<string, string | number>>, people = by) =>
      accepted(books.admin, { kind: 'withdrawal', subjectId: id, subject, by: people });
    const wrong = [
      null,
      await approve(subjectOf(id, amount + 1n, 2)),
      await approve(subjectOf(id, amount, 1)),
      await approve(subjectOf(id, amount, 2, 'f1eve')),
      ...(by.length === 2 ? [await approve(subjectOf(id, amount, 2), ['c1'])] : []),
    ];
    for (const approvalId of wrong) await expect(clear(id, approvalId)).rejects.toThrow('is not approved');
    const right = await approve(subjectOf(id, amount, 2));
    expect(await clear(id, right)).toMatchObject({ state: 'approved', approvalId: right });
  });

  test('a changed policy voids what was accepted: it is judged anew, by more people or by none', async () => {
    const ada = await customer('ada', coins(100n));
    const wish = request(ada, coins(20n));
    const id = wish.withdrawalId;
    await act.placeWithdrawal(wish);
    const approvalId = await accepted(books.admin, {
      ...{ kind: 'withdrawal', subjectId: id, subject: subjectOf(id, coins(20n), 2) },
    });
    const stricter = await makePolicy(books.admin, { twoAbove: coins(15n) });
    expect(await clear(id, approvalId)).toMatchObject({
      ...{ state: 'held', people: 2, policyVersion: stricter, approvalId: null },
    });
    await makePolicy(books.admin, { automaticUpTo: coins(20n) });
    expect(await clear(id, null)).toMatchObject({ state: 'approved', people: 0, approvalId: null });
    await makePolicy(books.admin, { perTransaction: coins(19n) });
    expect(await clear(id, null)).toMatchObject({
      state: 'cancelled',
      reason: expect.stringContaining('new policy') as string,
    });
    expect(await books.available('ada')).toBe(coins(100n));
    await sound();
  });

  test('an address that was taken off the list stops it, with the money back', async () => {
    const ada = await customer('ada', coins(100n));
    const wish = request(ada, coins(5n));
    await act.placeWithdrawal(wish);
    const removed = { state: 'removed', removed_by: 'ada', remove_reason: 'stolen', closed_at: new Date() };
    await books.admin('withdrawal_address').where({ id: ada.addressId }).update(removed);
    expect(await clear(wish.withdrawalId, null)).toMatchObject({ state: 'cancelled' });
    expect(await books.available('ada')).toBe(coins(100n));
  });
});

test('paid: it leaves the payable and the hot wallet, once; a second booking or a release finds nothing', async () => {
  const ada = await customer('ada', coins(50n));
  const wish = request(ada, coins(5n));
  const id = wish.withdrawalId;
  await act.placeWithdrawal(wish);
  await act.clearWithdrawal({ withdrawalId: id, approvalId: null });
  const custody = { code: 'custody.deposit', owner: 'f1ada' } as const;
  const paid = { withdrawalId: id, custody, includedEpoch: 100, executedEpoch: 101, messageCid: 'bafy' };
  await inside((trx) => bookWithdrawal(trx, { ...paid, workflowId: 'message/m' }));
  expect(await findWithdrawal(books.app, id)).toMatchObject({ state: 'paid', message_cid: 'bafy' });
  expect(await payable(id)).toBe(0n);
  expect((await balance(books.app, custody)).balance).toBe(coins(45n));
  expect(
    await refusalOf(inside((trx) => bookWithdrawal(trx, { ...paid, workflowId: 'message/other' }))),
  ).toBe('amount-above-balance');
  expect(await refusalOf(inside((trx) => releaseWithdrawal(trx, id, { state: 'failed', reason: 'x' })))).toBe(
    'wrong-state',
  );
  await sound();
});

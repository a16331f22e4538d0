/** What the database and the row lock hold when callers do not: order, compare-and-set, append-only histories. */
import { savePool } from '../../db/pool';
import { atto, coins } from '../../domain/money';
import { advancePool } from '../../ledger/pool';
import { auditLedger } from '../../ledger/read-audit';
import { comparePool, queryOf } from '../support/oracle-compare';
import { openBooks, POOL, type Books } from './books';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await books.clock(100);
  await books.fund('ann', coins(1_000n));
  await books.subscribe('one', 'ann', coins(100n));
  await books.commit('loan', coins(50n));
  await books.disburse('loan', coins(50n), 150);
  await books.repay('loan', coins(1n), 200);
  await books.clock(200);
});
afterAll(() => books.close());

test('a pool that was written since it was read is not written', async () => {
  const stale = await books.pool();
  await books.subscribe('two', 'ann', coins(1n));
  const write = books.app.transaction((trx) => savePool(trx, stale, { ...stale.pool, cash: 0n }));
  await expect(write).rejects.toThrow(/written by somebody else/);
});

test('books that differ from the pool roll everything back', async () => {
  const before = await books.pool();
  await books
    .owner('pool')
    .where({ id: POOL })
    .update({ reserve: (before.pool.reserve + 1n).toString() });
  await books.clock(300);
  await expect(books.subscribe('three', 'ann', coins(1n))).rejects.toThrow(
    /pool.reserve is \d+, the pool says \d+/,
  );
  await books.owner('pool').where({ id: POOL }).update({ reserve: before.pool.reserve.toString() });
  expect(await books.pool()).toEqual(before);
  expect(await comparePool(queryOf(books.app), POOL)).toEqual([]);
});

test('subscriptions, repayments and accruals at once queue at the pool', async () => {
  const work = Array.from({ length: 24 }, (_, n) => {
    if (n % 3 === 0) return books.subscribe(`many-${n}`, 'ann', coins(2n));
    if (n % 3 === 1) return books.repay('loan', atto(1_000_003n), 300);
    return books.app.transaction((trx) => advancePool(trx, POOL, 300, { workflowId: 'a', key: 'a' }));
  });
  await Promise.all(work);
  expect(await comparePool(queryOf(books.app), POOL)).toEqual([]);
  expect(await auditLedger(books.app)).toEqual([]);
});

test.each([
  ['rate_version', 'base'],
  ['accrual_run', 'interest'],
  ['position_event', 'shares'],
  ['repayment', 'interest'],
])('%s is append-only', async (table, column) => {
  const update = `UPDATE ${table} SET ${column} = ${column}`;
  await expect(books.app.raw(update)).rejects.toMatchObject({ code: '42501' });
  await expect(books.app.raw(`DELETE FROM ${table}`)).rejects.toMatchObject({ code: '42501' });
  for (const sql of [update, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
    await expect(books.owner.raw(sql)).rejects.toMatchObject({ code: 'LS003' });
  }
});

test('the application makes no pool, and no rate that two people did not agree on', async () => {
  const rate = (version: number, fromEpoch: number) =>
    books.app.raw(
      `INSERT INTO rate_version SELECT pool_id, :version, :fromEpoch, base, slope1, slope2, kink, reserve_factor,
         epochs_per_year FROM rate_version`,
      { version, fromEpoch },
    );
  await expect(rate(3, 1_000_000)).rejects.toThrow(/go on from their last version/);
  await expect(rate(2, 1_000_000)).rejects.toThrow(/by two people only/);
  await expect(rate(2, 0)).rejects.toThrow(/never begin in the past/);
  await expect(books.app.raw(`INSERT INTO pool SELECT * FROM pool`)).rejects.toMatchObject({ code: '42501' });
});

test('accrual leaves no epoch out and counts none twice', async () => {
  const run = (from: number, to: number) =>
    books.app('accrual_run').insert({
      pool_id: POOL,
      from_epoch: from,
      to_epoch: to,
      interest: '0',
      to_reserve: '0',
      workflow_id: 'x',
    });
  const { lastEpoch } = (await books.pool()).pool;
  await expect(run(lastEpoch + 1, lastEpoch + 2)).rejects.toMatchObject({ code: 'LS004' });
  await expect(run(lastEpoch - 1, lastEpoch + 2)).rejects.toMatchObject({ code: 'LS004' });
});

test('a position’s events are chained in order, whatever the caller says', async () => {
  const add = (epoch: number) =>
    books.app('position_event').insert({
      token_id: 1,
      seq: 77,
      kind: 'add',
      epoch,
      owner_id: 'ann',
      shares: '1',
      principal: '1',
      principal_epochs: '0',
      previous_hash: '',
      hash: '',
    });
  await add(400);
  await expect(add(399)).rejects.toMatchObject({ code: 'LS004' });
  const events = await books.app('position_event').where({ token_id: 1 }).orderBy('seq');
  const [mint, added] = events as { seq: number; hash: Buffer; previous_hash: Buffer }[];
  expect([mint!.seq, added!.seq]).toEqual([1, 2]);
  expect(added!.previous_hash.equals(mint!.hash)).toBe(true);
});

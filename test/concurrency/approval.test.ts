/** Two people approve two loans at once; the pool has cash for one. */
import type { Knex } from 'knex';
import { makeKnex } from '../../db/knex';
import { atto, coins } from '../../domain/money';
import { comparePool, queryOf } from '../support/oracle-compare';
import { openBooks, POOL, type Books } from '../pool/books';
import { lockPool } from '../../db/pool';
import { accept, approvalOf, loanOf, waitingLoan } from './loans';
import { deadlocks, untilWaiting } from './waiting';

const CASH = coins(100n);
const LOAN = atto(60n * 10n ** 18n);

let books: Books;
let admin: Knex;
beforeAll(async () => {
  books = await openBooks();
  admin = makeKnex(books.database.adminUrl, { poolMax: 1 });
  await books.clock(1000);
  await books.fund('ann', CASH);
  await books.subscribe('sub-ann', 'ann', CASH);
});
afterAll(async () => {
  await admin.destroy();
  await books.close();
});

const decisionsOn = (id: string) => books.app('approval_decision').where({ approval_id: approvalOf(id) });

test('the pool is promised once: one accepted, the other refused, and the refused one stands as before', async () => {
  await waitingLoan(books, 'one', LOAN);
  await waitingLoan(books, 'two', LOAN);
  const before = { one: await loanOf(books, 'one'), two: await loanOf(books, 'two') };
  const line = await books.app.transaction();
  await lockPool(line, POOL);
  const both = [accept(books, 'one', 'checker-1'), accept(books, 'two', 'checker-2')] as const;
  await untilWaiting(admin, 2).finally(() => line.commit());
  const [one, two] = await Promise.all(both);

  expect([one, two].sort()).toEqual(['accepted', 'pool-cash-short']);
  const [accepted, refused] = one === 'accepted' ? (['one', 'two'] as const) : (['two', 'one'] as const);
  expect(await loanOf(books, accepted)).toMatchObject({ state: 'approved', committed: true });
  expect(await loanOf(books, refused)).toEqual(before[refused]);
  expect(await decisionsOn(refused)).toEqual([]);
  expect(await books.app('approval').where({ id: approvalOf(refused) })).toMatchObject([
    { state: 'waiting' },
  ]);
  expect(await books.app('loan_account').where({ loan_id: refused })).toEqual([]);
  const { pool } = await books.pool();
  expect([pool.cash, pool.committed]).toEqual([CASH - LOAN, LOAN]);
  expect(await comparePool(queryOf(books.app), POOL)).toEqual([]);

  // When money has come, the same checker's same decision goes through.
  await books.fund('ben', coins(50n));
  await books.subscribe('sub-ben', 'ben', coins(50n));
  expect(await accept(books, refused)).toBe('accepted');
});

test('two checkers accept the same loan at once: the amount is set aside once', async () => {
  await books.fund('cat', CASH);
  await books.subscribe('sub-cat', 'cat', CASH);
  await waitingLoan(books, 'three', LOAN);
  const { pool: before } = await books.pool();
  const ends = await Promise.all(['a', 'b', 'c', 'd'].map((actor) => accept(books, 'three', actor)));
  expect(ends.sort()).toEqual(['accepted', 'already-decided', 'already-decided', 'already-decided']);
  expect(await decisionsOn('three')).toHaveLength(1);
  const { pool } = await books.pool();
  expect(pool.committed).toBe(before.committed + LOAN);
  expect(await deadlocks(admin)).toBe(0);
});

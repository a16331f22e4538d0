/** What a share brought in seven days, where a pool began anew meanwhile. */
import type { Knex } from 'knex';
import { trailingYield } from '../../db/pool-yield';
import { coins } from '../../domain/money';
import { advancePool } from '../../ledger/pool';
import { placeRedemption } from '../../ledger/redemption';
import { openBooks, POOL, type Books } from './books';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await books.clock(1_000);
}, 60_000);
afterAll(() => books.close());

const inside = <T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> => books.app.transaction(work);
const yieldNow = async () => trailingYield(books.app, await books.pool());
async function until(epoch: number): Promise<void> {
  await books.clock(epoch);
  await inside((trx) => advancePool(trx, POOL, epoch, { workflowId: 'accrual', key: `accrual/${epoch}` }));
}

test('emptied and filled again within one epoch: no loss is told that nobody had', async () => {
  await books.fund('ann', coins(100n));
  const { tokenId } = await books.subscribe('s-ann', 'ann', coins(100n));
  await books.commit('loan', coins(50n));
  await books.disburse('loan', coins(50n), 1_000);
  await until(2_000);
  expect((await yieldNow())?.growth).toBeGreaterThan(0n);
  await books.repay('loan', coins(60n), 2_000);
  await books.app('redemption').insert({
    ...{ id: 'out', customer_id: 'ann', token_id: tokenId, workflow_id: 'redemption/out' },
  });
  await inside((trx) => placeRedemption(trx, 'out'));
  expect((await books.pool()).pool.shares).toBe(0n);
  await books.fund('bo', coins(10n));
  await books.subscribe('s-bo', 'bo', coins(10n));
  expect(await yieldNow()).toBeNull();
  await until(3_000);
  expect(await yieldNow()).toEqual({ fromEpoch: 2_000, toEpoch: 3_000, growth: 0n, apr: 0n });
  await books.commit('second', coins(5n));
  await books.disburse('second', coins(5n), 3_000);
  await until(4_000);
  expect(await yieldNow()).toMatchObject({ fromEpoch: 2_000, toEpoch: 4_000 });
  expect((await yieldNow())?.growth).toBeGreaterThan(0n);
});

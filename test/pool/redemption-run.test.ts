/** Money that comes into a pool pays who waits in the accrual run that follows, wherever it came from. */
import { makeAccrualActivities } from '../../activities/pool';
import { readRedemption } from '../../db/redemption';
import { atto, coins } from '../../domain/money';
import { bookRepayment } from '../../ledger/loan';
import { placeRedemption } from '../../ledger/redemption';
import { comparePool, queryOf } from '../support/oracle-compare';
import { agreePolicy } from '../support/policy';
import { openBooks, POOL, REPAYMENT, type Books } from './books';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await books.clock(1000);
}, 60_000);
afterAll(() => books.close());

const run = (n: number) => makeAccrualActivities({ knex: books.app }).accruePools(`accrual/run-${n}`);

test('a deposit, a repayment and a sweep', async () => {
  await books.fund('fay', coins(100n));
  await books.fund('gus', coins(10n));
  const { tokenId } = await books.subscribe('s-fay', 'fay', coins(100n));
  await agreePolicy(books.owner, 'liquidity-reserve', POOL, { share: '0' });
  await books.commit('all', atto(coins(100n)));
  await books.disburse('all', atto(coins(100n)), 1000);
  await books.app('redemption').insert({
    ...{ id: 'r', customer_id: 'fay', token_id: tokenId, workflow_id: 'redemption/r' },
    amount: coins(60n).toString(),
  });
  await books.app.transaction((trx) => placeRedemption(trx, 'r'));
  const request = () => readRedemption(books.app, 'r');
  expect(await request()).toMatchObject({ state: 'waiting', paid: '0' });

  await books.clock(1100);
  await books.subscribe('s-gus', 'gus', coins(10n));
  await run(1);
  // All that came in, less what one share is worth at the most.
  expect(coins(10n) - BigInt((await request()).paid)).toBeLessThanOrEqual(1n);
  await books.clock(1200);
  await books.repay('all', coins(20n), 1150);
  await run(2);
  expect(coins(30n) - BigInt((await request()).paid)).toBeLessThanOrEqual(2n);
  await books.clock(1300);
  await books.app.transaction((trx) =>
    bookRepayment(trx, {
      ...{ loanId: 'all', amount: coins(50n), source: 'sweep', borrowerId: 'dora', custody: REPAYMENT },
      ...{ includedEpoch: 1250, executedEpoch: 1251, messageCid: 'bafy', key: 'loan/all/sweep-1' },
      workflowId: 'loan/all',
    }),
  );
  await run(3);
  expect((await request()).state).toBe('paid');
  expect(BigInt((await request()).paid)).toBeGreaterThan(coins(60n));
  expect(await comparePool(queryOf(books.app), POOL)).toEqual([]);
});

/** Money that comes into a pool pays who waits in the accrual run that follows, wherever it came from. */
import { makeAccrualActivities } from '../../activities/pool';
import { readQueue, readRedemption } from '../../db/redemption';
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

test('who asks when nobody waits is paid at once, however many gave up before', async () => {
  const { tokenId } = await books.subscribe('s-hal', 'fay', coins(7n));
  const row = await readQueue(books.app, POOL);
  const gaveUp = 500;
  await books.owner.raw(
    `INSERT INTO redemption (id, customer_id, token_id, workflow_id, state, pool_id, ordinal, queue_from, shares,
       placed_epoch, closed_epoch, closed_at, cancelled_by)
     SELECT 'gone-' || n, 'fay', :tokenId, 'redemption/gone-' || n, 'cancelled', :pool, :placed::bigint + n,
       :tail::numeric + n * 1000, 1000, 1000, 1000, now(), 'fay' FROM generate_series(0, :gaveUp - 1) AS n`,
    { tokenId, pool: POOL, placed: row.placed, tail: row.tail.toString(), gaveUp },
  );
  const marks = { tail: (row.tail + 1000n * BigInt(gaveUp)).toString(), placed: row.placed + gaveUp };
  await books.owner('redemption_queue').where({ pool_id: POOL }).update(marks);
  for (const id of ['now', 'then']) {
    await books.app('redemption').insert({
      ...{ id, customer_id: 'fay', token_id: tokenId, workflow_id: `redemption/${id}` },
      amount: coins(1n).toString(),
    });
    await books.app.transaction((trx) => placeRedemption(trx, id));
    expect(await readRedemption(books.app, id)).toMatchObject({ state: 'paid', paid: coins(1n).toString() });
  }
  const after = await readQueue(books.app, POOL);
  expect(after).toMatchObject({ waiting: 0, passed: after.placed, head: after.tail });
});

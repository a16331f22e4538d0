/** When a request may be paid: a range that begins now at the earliest and never ends before it begins. */
import { atto, coins } from '../../domain/money';
import { estimate } from '../../db/redemption-estimate';
import { claimOf } from '../../domain/pool';
import { advancePool } from '../../ledger/pool';
import { agreePolicy } from '../support/policy';
import { openBooks, POOL, type Books } from './books';

const NOW = { epoch: 10_000, epochsPerMonth: 87_600 };
let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await books.clock(1_000);
  await books.fund('ann', coins(100n));
  await books.subscribe('s-ann', 'ann', coins(100n));
  await agreePolicy(books.owner, 'liquidity-reserve', POOL, { share: '0' });
  for (const loan of ['early', 'late']) {
    await books.commit(loan, coins(40n));
    await books.disburse(loan, coins(40n), 1_000);
  }
}, 60_000);
afterAll(() => books.close());

const of = (needed: bigint, now = NOW) => estimate(books.app, POOL, needed, now);

/** The loan itself, as far as it tells its maturity. */
async function matures(loanId: string, miner: string, maturity: number): Promise<void> {
  const { owner } = books;
  await owner('customer')
    .insert({ id: 'b', email: 'b@example.test', state: 'open' })
    .onConflict('id')
    .ignore();
  const challenge = { nonce: loanId, text: loanId, expiry_epoch: 1 };
  await owner('owner_challenge').insert({ loan_id: loanId, customer_id: 'b', miner, ...challenge });
  await owner('loan').insert({
    ...{ id: loanId, borrower_id: 'b', miner, amount: coins(40n).toString(), term_epochs: 500 },
    ...{ pool_id: POOL, bucket: 'standard', state: 'applied', maturity_epoch: maturity },
    ...{ proof_address: 'f01', proof_signature: '01' },
  });
}

test('what cash covers is paid now, however loans stand', async () => {
  expect(await of(0n)).toEqual({ fromEpoch: NOW.epoch, untilEpoch: NOW.epoch });
  expect(await of(-3n)).toEqual({ fromEpoch: NOW.epoch, untilEpoch: NOW.epoch });
});

test('nothing came back and nothing is due: no date is made up', async () => {
  expect(await of(1n)).toEqual({ fromEpoch: null, untilEpoch: null });
});

test('a pace that takes centuries is no date', async () => {
  await books.clock(2_000);
  await books.repay('early', atto(1n), 2_000);
  expect(await of(coins(50n))).toEqual({ fromEpoch: null, untilEpoch: null });
});

test('the earlier way of counting is the beginning, the later one the end, whichever they are', async () => {
  await books.repay('early', coins(10n), 2_000);
  await matures('early', 'f01001', 12_000);
  await matures('late', 'f01002', 1_000_000);
  // 10 FIL and an atto within the first 10,000 epochs.
  expect(await of(coins(10n))).toEqual({ fromEpoch: 12_000, untilEpoch: 20_000 });
  expect(await of(coins(40n))).toEqual({ fromEpoch: 50_000, untilEpoch: 1_000_000 });
  expect(await of(coins(80n))).toEqual({ fromEpoch: 90_000, untilEpoch: null });
  expect(await of(coins(10n), { ...NOW, epoch: 20_000 })).toMatchObject({ fromEpoch: 20_000 });
});

test('all that the pool owes is covered by what all loans owe, interest and all', async () => {
  await books.clock(5_000);
  const origin = { workflowId: 'accrual', key: 'accrual/5000' };
  await books.app.transaction((trx) => advancePool(trx, POOL, 5_000, origin));
  const { pool } = await books.pool();
  expect(claimOf(pool) - pool.cash).toBeGreaterThan(pool.principal);
  expect(await of(claimOf(pool) - pool.cash)).toMatchObject({ untilEpoch: 1_000_000 });
});

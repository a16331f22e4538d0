/** The golden loan in the books: 100,000 FIL in, 59,350 out, paid back in three ways, the oracle beside it. */
import { poolPoints, poolStatement } from '../../db/pool-statement';
import { listPositions, positionEvents } from '../../db/position';
import { atto, coins } from '../../domain/money';
import { debtAt, payoffQuote } from '../../ledger/loan';
import { advancePool, commitToLoan, releaseCommitment } from '../../ledger/pool';
import { balance, identity, trialBalance } from '../../ledger/read';
import { auditLedger } from '../../ledger/read-audit';
import { journals } from '../../ledger/read-journal';
import { comparePool, queryOf } from '../support/oracle-compare';
import { percent } from './a-pool';
import { openBooks, POOL, type Books } from './books';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await books.clock(1000);
  for (const [customer, amount] of [
    ['ann', 60_000n],
    ['ben', 30_000n],
    ['cat', 10_000n],
  ] as const) {
    await books.fund(customer, coins(amount));
    await books.subscribe(`sub-${customer}`, customer, coins(amount));
  }
});
afterAll(() => books.close());
afterEach(async () => {
  expect(await comparePool(queryOf(books.app), POOL)).toEqual([]);
  expect(await auditLedger(books.app)).toEqual([]);
  expect((await identity(books.app)).holds).toBe(true);
  expect((await trialBalance(books.app)).balanced).toBe(true);
});

const LOAN = coins(59_350n);
const available = async (id: string) =>
  (await balance(books.app, { code: 'customer.available', owner: id })).balance;

test('three subscriptions: a pool of 100,000 FIL, a position each, a story each', async () => {
  const statement = await poolStatement(books.app, POOL);
  expect(statement).toMatchObject({
    claim: coins(100_000n).toString(),
    positions: 3,
    residue: '0',
    epoch: 1000,
  });
  const { rows } = await listPositions(books.app, { customerId: 'ann' });
  expect(rows).toMatchObject([{ value: coins(60_000n).toString(), principal: coins(60_000n).toString() }]);
  const [mint] = await positionEvents(books.app, rows[0]!.id);
  expect(mint).toMatchObject({ seq: 1, kind: 'mint', ownerId: 'ann', previousHash: '' });
  expect(await available('ann')).toBe(0n);
});

test('more than is available is refused and nothing has changed', async () => {
  const before = await books.pool();
  await books.fund('dan', coins(5n));
  await expect(books.subscribe('sub-dan', 'dan', coins(6n))).rejects.toMatchObject({
    code: 'amount-above-balance',
  });
  expect(await books.pool()).toEqual(before);
  expect((await listPositions(books.app, { customerId: 'dan' })).total).toBe(0);
});

test('a commitment is refused above the cash, made once, released and made anew', async () => {
  await expect(books.commit('loan-x', coins(100_001n))).rejects.toMatchObject({ code: 'pool-cash-short' });
  await books.commit('loan-1', LOAN);
  await books.commit('loan-1', LOAN);
  const { pool } = await books.pool();
  expect([pool.cash, pool.committed]).toEqual([coins(40_650n), LOAN]);
  await expect(books.commit('loan-1', coins(1n))).rejects.toMatchObject({ code: 'wrong-state' });
  await expect(books.commit('loan-2', coins(40_651n))).rejects.toMatchObject({ code: 'pool-cash-short' });
  await books.commit('loan-2', coins(650n));
  const release = () =>
    books.app.transaction((trx) => releaseCommitment(trx, { poolId: POOL, loanId: 'loan-2' }));
  await release();
  await release();
  expect((await books.pool()).pool.cash).toBe(coins(40_650n));
  await expect(
    books.app.transaction((trx) =>
      commitToLoan(trx, { poolId: POOL, loanId: 'loan-2', amount: coins(650n) }),
    ),
  ).rejects.toMatchObject({ code: 'wrong-state' });
});

test('disbursement: utilisation 59.35 % exactly at its epoch, once', async () => {
  await expect(books.disburse('loan-1', coins(1n), 1100)).rejects.toMatchObject({ code: 'wrong-state' });
  const first = await books.disburse('loan-1', LOAN, 1100);
  expect(await books.disburse('loan-1', LOAN, 1100)).toEqual(first);
  const [point] = (await poolPoints(books.app, POOL, { from: 1100, to: 1100 })).slice(-1);
  expect(point).toMatchObject({
    utilisation: percent(59.35).toString(),
    borrowApr: '89025000000000000000000000',
    depositApr: '47552703750000000000000000',
    debt: LOAN.toString(),
  });
  expect(await debtAt(books.app, 'loan-1', 1100)).toEqual({
    debt: LOAN,
    principal: LOAN,
    interest: 0n,
    fee: 0n,
    penalty: 0n,
  });
});

test('accrual, however it is cut, gives the estimate that was read before', async () => {
  const estimate = await payoffQuote(books.app, 'loan-1', 4000);
  expect(estimate).toMatchObject({ epoch: 4000, bookedEpoch: 1100, principal: LOAN });
  for (const epoch of [1101, 1500, 1500, 4000]) {
    await books.app.transaction((trx) =>
      advancePool(trx, POOL, epoch, { workflowId: 'accrual', key: 'accrual/x' }),
    );
  }
  expect((await debtAt(books.app, 'loan-1', 4000)).debt).toBe(estimate.debt);
  expect((await debtAt(books.app, 'loan-1', 10)).debt).toBe(estimate.debt);
  await expect(
    books.app.transaction((trx) => advancePool(trx, POOL, 3999, { workflowId: 'accrual', key: 'accrual/x' })),
  ).rejects.toThrow(RangeError);
  await expect(payoffQuote(books.app, 'loan-1', 4000 + 86_401)).rejects.toMatchObject({
    code: 'malformed-request',
  });
});

test('a part payment pays interest first; the same key again changes nothing', async () => {
  const { debt, interest } = await debtAt(books.app, 'loan-1', 4100);
  const paid = await books.repay('loan-1', coins(10_000n), 4100, 'loan/loan-1/direct');
  // The debt is the ceil, a part payment pays the floor of the interest.
  expect(paid.interest).toBe(interest - 1n);
  expect(paid).toMatchObject({ principal: coins(10_000n) - paid.interest, excess: 0n });
  expect(paid.debtAfter - (debt - coins(10_000n))).toBeLessThanOrEqual(2n);
  expect(await books.repay('loan-1', coins(10_000n), 4100, 'loan/loan-1/direct')).toEqual(paid);
  await expect(books.repay('loan-1', coins(9_999n), 4100, 'loan/loan-1/direct')).rejects.toMatchObject({
    code: 'idempotency-key-reused',
  });
});

test('the pay-off charges the ceil; what is above is the borrower’s', async () => {
  const quote = await payoffQuote(books.app, 'loan-1', 5000);
  const paid = await books.repay('loan-1', atto(quote.debt + 77n), 5000);
  expect(paid).toMatchObject({
    interest: quote.interest,
    principal: quote.principal,
    excess: 77n,
    debtAfter: 0n,
  });
  expect(await available('borrower-of-loan-1')).toBe(77n);
  expect(await debtAt(books.app, 'loan-1', 9000)).toEqual({
    debt: 0n,
    principal: 0n,
    interest: 0n,
    fee: 0n,
    penalty: 0n,
  });
  for (const code of ['loan.principal', 'pool.interest'] as const) {
    const owner = code === 'pool.interest' ? POOL : 'loan-1';
    expect((await balance(books.app, { code, owner })).balance).toBe(0n);
  }
});

test('after all: deposits + interest − reserve is the depositors’, less the named residue', async () => {
  const statement = await poolStatement(books.app, POOL);
  const figure = (
    name: 'deposits' | 'interest' | 'reserve' | 'claim' | 'positionsValue' | 'residue' | 'residueBound',
  ) => BigInt(statement[name]);
  expect(figure('deposits')).toBe(coins(100_000n));
  expect(figure('deposits') + figure('interest') - figure('reserve')).toBe(figure('claim'));
  expect(figure('positionsValue') + figure('residue')).toBe(figure('claim'));
  expect(figure('residue')).toBeLessThan(figure('residueBound'));
  expect(figure('residueBound')).toBeLessThanOrEqual(5n);
  const { rows } = await journals(books.app, { kind: 'repayment' }, { offset: 0, limit: 10 });
  const interestPaid = (await books.app('repayment').select<{ interest: string }[]>('interest')).reduce(
    (sum, row) => sum + BigInt(row.interest),
    0n,
  );
  expect(rows).toHaveLength(2);
  expect(figure('interest')).toBe(interestPaid);
});

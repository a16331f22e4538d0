/** Fee, penalty, order and fixed rates in the books: every figure by hand, the oracle beside it. */
import { bpsToRay } from '../../domain/charge';
import { STANDARD_TERMS } from '../../domain/loan-terms';
import { atto, attoText, coins } from '../../domain/money';
import { debtOf } from '../../domain/pool';
import { mulDivCeil, RAY } from '../../domain/ray';
import { debtAt, moveLoanDue, payoffQuote } from '../../ledger/loan';
import { advancePool } from '../../ledger/pool';
import { balance, identity } from '../../ledger/read';
import { auditLedger } from '../../ledger/read-audit';
import { comparePool, queryOf } from '../support/oracle-compare';
import { openBooks, POOL, type Books } from './books';

let books: Books;
beforeEach(async () => {
  books = await openBooks();
  await books.clock(1_000);
  await books.fund('ann', coins(1_000n));
  await books.subscribe('one', 'ann', coins(1_000n));
});
afterEach(async () => {
  expect(await comparePool(queryOf(books.app), POOL)).toEqual([]);
  expect(await auditLedger(books.app)).toEqual([]);
  expect((await identity(books.app)).holds).toBe(true);
  await books.close();
});

const LENT = coins(100n);
const FEE = coins(2n);
const TERMS = { ...STANDARD_TERMS, termEpochs: 500, fee: attoText(FEE), penaltyBps: 1_051 };
/** 10.51 % a year for one epoch of 1,051,200 a year. */
const RATE = bpsToRay(1_051) / 1_051_200n;
const penaltyOf = (principal: bigint, epochs: number) =>
  mulDivCeil(principal * RATE * BigInt(epochs), 1n, RAY);
const income = async () => (await balance(books.app, { code: 'fee.income', owner: '' })).balance;

test('fee from the first epoch, penalty from the maturity, paid in order; the rest of the debt follows', async () => {
  await books.commit('loan', LENT, TERMS);
  expect((await debtAt(books.app, 'loan', 1_100)).debt).toBe(0n);
  await books.disburse('loan', LENT, 1_100);
  expect(await debtAt(books.app, 'loan', 1_100)).toMatchObject({ debt: LENT + FEE, fee: FEE, penalty: 0n });
  expect((await debtAt(books.app, 'loan', 1_600)).penalty).toBe(0n);
  const late = await debtAt(books.app, 'loan', 1_700);
  expect(late.penalty).toBe(penaltyOf(LENT, 100));
  expect(late.debt).toBe(late.principal + late.interest + late.fee + late.penalty);

  const first = await books.repay('loan', atto(late.penalty + 5n), 1_700);
  expect(first).toMatchObject({ penalty: late.penalty, fee: 5n, interest: 0n, principal: 0n, excess: 0n });
  expect(await income()).toBe(late.penalty + 5n);
  const quote = await payoffQuote(books.app, 'loan', 1_800);
  expect(quote).toMatchObject({ fee: FEE - 5n, penalty: penaltyOf(LENT, 200) - late.penalty });
  const last = await books.repay('loan', atto(quote.debt + 3n), 1_800);
  expect(last).toMatchObject({
    penalty: quote.penalty,
    fee: quote.fee,
    interest: quote.interest,
    principal: LENT,
    excess: 3n,
    debtAfter: 0n,
  });
  expect(await income()).toBe(FEE + penaltyOf(LENT, 200));
  expect((await debtAt(books.app, 'loan', 9_000)).debt).toBe(0n);
});

test('an order that ends with the fee: the pool is paid off, the loan owes its fee until that is paid', async () => {
  const waterfall = ['interest', 'principal', 'fee', 'penalty'] as const;
  await books.commit('loan', LENT, { ...TERMS, waterfall });
  await books.disburse('loan', LENT, 1_100);
  const { principal, interest } = await payoffQuote(books.app, 'loan', 1_300);
  const paid = await books.repay('loan', atto(principal + interest), 1_300);
  expect(paid).toMatchObject({ principal: LENT, interest, fee: 0n, excess: 0n, debtAfter: FEE });
  expect(debtOf((await books.pool()).pool)).toBe(0n);
  // No principal, no penalty: nothing grows any more.
  expect((await debtAt(books.app, 'loan', 5_000)).debt).toBe(FEE);
  expect(await books.repay('loan', FEE, 5_000)).toMatchObject({ fee: FEE, debtAfter: 0n });
});

test('a maturity moved late keeps what was counted; the oracle counts epoch by epoch and agrees', async () => {
  await books.commit('loan', LENT, TERMS);
  await books.disburse('loan', LENT, 1_100);
  await books.clock(1_650);
  await books.app.transaction((trx) => moveLoanDue(trx, { loanId: 'loan', clock: 1_650, dueEpoch: 1_900 }));
  await granted('loan', 1_650, 1_600, 1_900);
  expect((await debtAt(books.app, 'loan', 1_900)).penalty).toBe(penaltyOf(LENT, 50));
  const quote = await payoffQuote(books.app, 'loan', 1_910);
  expect(quote.penalty).toBe(penaltyOf(LENT, 60));
  expect((await books.repay('loan', quote.debt, 1_910)).debtAfter).toBe(0n);
});

/** The row that a granted extension leaves, for the oracle, which reads nothing else. */
async function granted(loanId: string, epoch: number, from: number, to: number): Promise<void> {
  const { owner } = books;
  const miner = 'f01000';
  await owner('customer').insert({ id: 'b', email: 'b@example.test', state: 'open' });
  await owner('owner_challenge').insert({
    loan_id: loanId,
    customer_id: 'b',
    miner,
    nonce: 'n',
    text: 't',
    expiry_epoch: 1,
  });
  await owner('loan').insert({
    id: loanId,
    borrower_id: 'b',
    miner,
    amount: LENT.toString(),
    term_epochs: 500,
    pool_id: POOL,
    bucket: 'standard',
    state: 'applied',
    proof_address: 'f01',
    proof_signature: '01',
  });
  await owner('approval').insert({
    id: 'a',
    kind: 'loan-extension',
    subject_kind: 'loan',
    subject_id: loanId,
    workflow_id: `loan/${loanId}`,
    subject: {},
    subject_hash: '0'.repeat(64),
    quorum: 1,
    state: 'accepted',
    closed_at: new Date(),
  });
  await owner('loan_extension').insert({
    loan_id: loanId,
    n: 1,
    from_epoch: from,
    to_epoch: to,
    reason: 'r',
    maker_id: 'm',
    checker_id: 'c',
    approval_id: 'a',
    state: 'granted',
    granted_epoch: epoch,
    closed_at: new Date(),
  });
}

test('a fixed rate beside the pool’s: a bucket of its own from its epoch on, exact whatever the others do', async () => {
  await books.commit('pool-rate', coins(300n));
  await books.disburse('pool-rate', coins(300n), 1_100);
  const fixed = { ...STANDARD_TERMS, termEpochs: 9_000, fixedBps: 1_050 };
  await books.commit('fixed', LENT, fixed);
  await books.disburse('fixed', LENT, 1_200);
  await books.commit('same-rate', coins(50n), fixed);
  await books.disburse('same-rate', coins(50n), 1_300);
  const { pool } = await books.pool();
  expect(pool.buckets.map(({ name, fixedApr }) => [name, fixedApr])).toEqual([
    ['fixed-1050', bpsToRay(1_050)],
    ['standard', null],
  ]);
  // By hand: index + ⌈index × rate⌉ an epoch from the bucket's opening at 1,100, scaled at the index of 1,200.
  const perEpoch = bpsToRay(1_050) / 1_051_200n;
  let index = RAY;
  for (let epoch = 1_100; epoch < 1_200; epoch += 1) index += mulDivCeil(index, perEpoch, RAY);
  const scaled = mulDivCeil(LENT, RAY, index);
  for (let epoch = 1_200; epoch < 4_000; epoch += 1) index += mulDivCeil(index, perEpoch, RAY);
  const quote = await payoffQuote(books.app, 'fixed', 4_000);
  expect(quote.fixedRate).toBe(true);
  expect((await payoffQuote(books.app, 'pool-rate', 4_000)).fixedRate).toBe(false);
  expect(quote.debt).toBe(mulDivCeil(scaled, index, RAY));

  // Others come and go: the pool's rate moves, the fixed one does not, and neither does its quote.
  const before = await payoffQuote(books.app, 'pool-rate', 4_000);
  await books.clock(2_000);
  await books.repay('pool-rate', coins(250n), 2_000);
  await books.fund('ben', coins(500n));
  await books.clock(2_500);
  await books.subscribe('two', 'ben', coins(500n));
  expect((await payoffQuote(books.app, 'pool-rate', 4_000)).debt).not.toBe(before.debt - coins(250n));
  expect((await payoffQuote(books.app, 'fixed', 4_000)).debt).toBe(quote.debt);
  await books.app.transaction((trx) => advancePool(trx, POOL, 3_000, { workflowId: 'a', key: 'a/x' }));
  const paid = await books.repay('fixed', quote.debt, 4_000);
  expect(paid).toMatchObject({ principal: LENT, excess: 0n, debtAfter: 0n });
  const state = (await books.pool()).pool;
  const rows = await books.app('loan_account').select<{ principal: string }[]>('principal');
  const principal = rows.reduce((sum, row) => sum + BigInt(row.principal), 0n);
  const interest = (await balance(books.app, { code: 'pool.interest', owner: POOL })).balance;
  expect(principal + interest).toBe(debtOf(state));
});

test('a bucket keeps its rate and its opening, and none is deleted', async () => {
  await books.commit('fixed', LENT, { ...STANDARD_TERMS, termEpochs: 9, fixedBps: 700 });
  const row = () => books.app('pool_bucket').where({ bucket: 'fixed-700' });
  await expect(row().update({ fixed_apr: '1' })).rejects.toThrow(/keeps its rate/);
  await expect(row().update({ opened_epoch: 1 })).rejects.toThrow(/keeps its rate/);
  await expect(row().del()).rejects.toThrow(/permission denied/);
  await expect(books.owner('pool_bucket').del()).rejects.toThrow(/append-only|foreign key/);
});

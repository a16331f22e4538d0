/** The oracle agrees with random histories, and disagrees where a single figure was changed. */
import fc from 'fast-check';
import { atto, coins } from '../../domain/money';
import { advancePool } from '../../ledger/pool';
import { debtAt } from '../../ledger/loan';
import { auditLedger } from '../../ledger/read-audit';
import { comparePool, queryOf } from '../support/oracle-compare';
import { openBooks, POOL, type Books } from './books';

let books: Books;
let now = 1000;
let id = 0;
beforeAll(async () => {
  books = await openBooks();
  await books.clock(now);
  await books.fund('ann', coins(1_000_000n));
  await books.fund('ben', coins(1_000_000n));
});
afterAll(() => books.close());

const compare = () => comparePool(queryOf(books.app), POOL);

const amount = fc.oneof(fc.bigInt({ min: 1n, max: 50n }), fc.bigInt({ min: 1n, max: coins(2_000n) }));
const event = fc.record({
  kind: fc.constantFrom('subscribe', 'lend', 'repay', 'repay all', 'accrue'),
  gap: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 })),
  amount,
  which: fc.nat(20),
});

const open: string[] = [];
async function play({
  kind,
  gap,
  amount: size,
  which,
}: {
  kind: string;
  gap: number;
  amount: bigint;
  which: number;
}) {
  now += gap;
  await books.clock(now);
  const loan = open[which % Math.max(open.length, 1)];
  id += 1;
  if (kind === 'subscribe') {
    await books.subscribe(`s${id}`, which % 2 === 0 ? 'ann' : 'ben', atto(size)).catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'deposit-too-small' });
    });
  } else if (kind === 'lend') {
    const { cash } = (await books.pool()).pool;
    if (cash === 0n) return;
    const lent = atto(size < cash ? size : cash);
    await books.commit(`l${id}`, lent);
    await books.disburse(`l${id}`, lent, now);
    open.push(`l${id}`);
  } else if (kind === 'accrue' || loan === undefined) {
    await books.app.transaction((trx) =>
      advancePool(trx, POOL, now, { workflowId: 'accrual', key: `accrual/${id}` }),
    );
  } else {
    const { debt } = await debtAt(books.app, loan, now);
    const paid = await books.repay(loan, atto(kind === 'repay' ? size : debt + 3n), now);
    if (paid.debtAfter === 0n) open.splice(open.indexOf(loan), 1);
  }
}

test('random histories of a pool with many loans: every stored figure is the recomputed one', async () => {
  await books.subscribe('first', 'ann', coins(10_000n));
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 12 }), async (events) => {
      for (const one of events) await play(one);
      expect(await compare()).toEqual([]);
    }),
    { numRuns: 25, endOnFailure: true },
  );
  expect(await auditLedger(books.app)).toEqual([]);
}, 120_000);

describe('a tampered figure is caught', () => {
  beforeAll(async () => {
    await books.subscribe('last', 'ben', coins(1_000n));
    const loan = `l${(id += 1)}`;
    await books.commit(loan, coins(100n));
    await books.disburse(loan, coins(100n), now);
    await books.app.transaction((trx) =>
      advancePool(trx, POOL, (now += 500), { workflowId: 'accrual', key: 'a' }),
    );
    expect(await compare()).toEqual([]);
  });

  test.each([
    ['the index', 'UPDATE pool_bucket SET borrow_index = borrow_index + 1', /^index of standard is/],
    ['the scaled debt', 'UPDATE pool_bucket SET scaled = scaled - 1', /^scaled of standard is/],
    ['a loan', 'UPDATE loan_account SET scaled = scaled + 1 WHERE scaled > 0', /^scaled of loan/],
    ['the reserve', 'UPDATE pool SET reserve = reserve + 1', /^reserve is/],
    ['the shares', 'UPDATE pool SET shares = shares - 1', /^shares is/],
    ['the cash', 'UPDATE pool SET cash = cash + 1', /^liquid is/],
    ['the epoch', 'UPDATE pool SET last_epoch = last_epoch + 1', /^index of standard is/],
    [
      'a rate, looking back',
      'UPDATE rate_version SET slope1 = slope1 + 1e22',
      /^journal .* pool.interest is/,
    ],
    [
      'an accrual in the journal',
      `UPDATE ledger.posting SET amount = amount + 1 WHERE journal_id = (SELECT max(id) FROM ledger.journal
        WHERE kind = 'accrual')`,
      /^journal .* \(accrual\): pool.interest is/,
    ],
  ])('%s', async (_, sql, sentence) => {
    const trx = await books.owner.transaction();
    try {
      for (const table of ['rate_version', 'ledger.posting'])
        await trx.raw(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
      await trx.raw(sql);
      expect(await comparePool(queryOf(trx), POOL)).toContainEqual(expect.stringMatching(sentence));
    } finally {
      await trx.rollback();
    }
  });
});

/** A payoff quote is exact to an epoch: paid there it leaves nothing, an epoch later exactly the interest of that epoch. */
import fc from 'fast-check';
import { owedBy, repay, type LoanAccount } from '../../domain/debt';
import { atto, coins } from '../../domain/money';
import { advance, debtOf, step, type Pool } from '../../domain/pool';
import { mulDivCeil, RAY } from '../../domain/ray';
import { debtAt, payoffQuote } from '../../ledger/loan';
import { balance, identity } from '../../ledger/read';
import { comparePool, queryOf } from '../support/oracle-compare';
import { aPool, aRate } from './a-pool';
import { openBooks, POOL, type Books } from './books';

const LENT = coins(593n);

async function lend(): Promise<Books> {
  const books = await openBooks();
  await books.clock(1_000);
  await books.fund('ann', coins(1_000n));
  await books.subscribe('one', 'ann', coins(1_000n));
  await books.commit('loan', LENT);
  await books.disburse('loan', LENT, 1_100);
  return books;
}

async function checked(books: Books, act: () => Promise<void>): Promise<void> {
  try {
    await act();
    expect(await comparePool(queryOf(books.app), POOL)).toEqual([]);
    expect((await identity(books.app)).holds).toBe(true);
  } finally {
    await books.close();
  }
}

test('paid at its epoch the quote settles the loan to the atto, and nothing is left', async () => {
  const books = await lend();
  await checked(books, async () => {
    const quote = await payoffQuote(books.app, 'loan', 31_337);
    expect(quote).toMatchObject({ epoch: 31_337, bookedEpoch: 1_100, principal: LENT });
    const paid = await books.repay('loan', quote.debt, 31_337);
    expect(paid).toMatchObject({
      interest: quote.interest,
      principal: quote.principal,
      excess: 0n,
      debtAfter: 0n,
    });
    expect((await debtAt(books.app, 'loan', 40_000)).debt).toBe(0n);
    const left = await books.pool();
    expect([debtOf(left.pool), left.pool.principal]).toEqual([0n, 0n]);
    const owners = { 'loan.principal': 'loan', 'pool.interest': POOL } as const;
    for (const code of ['loan.principal', 'pool.interest'] as const)
      expect((await balance(books.app, { code, owner: owners[code] })).balance).toBe(0n);
  });
});

test('one atto less leaves a debt; an epoch later leaves the interest of that epoch', async () => {
  const books = await lend();
  await checked(books, async () => {
    const [at, after] = [
      await payoffQuote(books.app, 'loan', 31_337),
      await payoffQuote(books.app, 'loan', 31_338),
    ];
    const interest = after.debt - at.debt;
    expect(interest).toBeGreaterThan(0n);
    const paid = await books.repay('loan', at.debt, 31_338);
    expect(paid.excess).toBe(0n);
    // A part payment: docs/money.md row 10 leaves at most one atto of rounding with the borrower here.
    expect(paid.debtAfter - interest).toBeGreaterThanOrEqual(0n);
    expect(paid.debtAfter - interest).toBeLessThanOrEqual(1n);
    const rest = await books.repay('loan', paid.debtAfter, 31_338);
    expect(rest).toMatchObject({ excess: 0n, debtAfter: 0n });
  });
});

test('one atto below the quote is no pay-off', async () => {
  const books = await lend();
  await checked(books, async () => {
    const quote = await payoffQuote(books.app, 'loan', 2_000);
    const paid = await books.repay('loan', atto(quote.debt - 1n), 2_000);
    expect(paid.debtAfter).toBeGreaterThanOrEqual(1n);
    expect(paid.debtAfter).toBeLessThanOrEqual(2n);
  });
});

test('for any loan and epoch: nothing is left at the epoch, and later no more than that epoch’s interest and an atto', () => {
  const amount = fc.bigInt(1n, 10n ** 27n);
  fc.assert(
    fc.property(amount, amount, fc.nat(400), fc.nat(400), (lent, idle, before, ahead) => {
      const bucket = { name: 'standard', index: RAY, scaled: lent, fixedApr: null };
      const born: Pool = aPool({ cash: idle, principal: lent, buckets: [bucket], shares: idle + lent });
      const loan: LoanAccount = { bucket: 'standard', scaled: lent, principal: lent };
      const now = advance(born, [aRate()], before).pool;
      const then = advance(now, [aRate()], before + ahead).pool;
      const quote = owedBy(then, loan);
      expect(repay(then, loan, quote)).toMatchObject({ excess: 0n, loan: { scaled: 0n, principal: 0n } });
      const late = step(then, aRate());
      const interest = owedBy(late, loan) - quote;
      const paid = repay(late, loan, quote);
      const left = owedBy(paid.pool, paid.loan);
      const bound = mulDivCeil(late.buckets[0]?.index ?? RAY, 1n, RAY);
      expect(left).toBeGreaterThanOrEqual(interest);
      expect(left).toBeLessThanOrEqual(interest + bound);
    }),
    { numRuns: 60 },
  );
});

import fc from 'fast-check';
import { coins } from '../../domain/money';
import { commit, disburse, owedBy, release, repay, type LoanAccount } from '../../domain/debt';
import { advance, claimOf, debtOf, type Pool } from '../../domain/pool';
import { RAY } from '../../domain/ray';
import { isRefusal } from '../../domain/refusal';
import { aPool, aRate } from './a-pool';

const NEW: LoanAccount = { bucket: 'standard', scaled: 0n, principal: 0n };
const size = fc.oneof(fc.bigInt({ min: 1n, max: 100n }), fc.bigInt({ min: 1n, max: coins(1_000n) }));
const index = fc.bigInt({ min: RAY, max: 2n * RAY });

const at = (borrowIndex: bigint, fields: Partial<Pool> = {}): Pool =>
  aPool({ buckets: [{ name: 'standard', index: borrowIndex, scaled: 0n, fixedApr: null }], ...fields });

function lend(pool: Pool, loan: LoanAccount, amount: bigint) {
  const committed = commit({ ...pool, cash: pool.cash + amount }, amount, 0n);
  if (isRefusal(committed)) throw new Error(committed.detail);
  return disburse(committed, loan, amount);
}

test('opening: the debt is at least what was lent, the surplus is under one index and is named', () => {
  fc.assert(
    fc.property(index, size, size, (borrowIndex, first, amount) => {
      const before = lend(at(borrowIndex), NEW, first).pool;
      const lent = lend(before, NEW, amount);
      const owed = owedBy(lent.pool, lent.loan);
      expect(owed).toBeGreaterThanOrEqual(amount);
      expect(owed).toBeLessThanOrEqual(amount + borrowIndex / RAY + 1n);
      expect(debtOf(lent.pool)).toBe(debtOf(before) + amount + lent.difference);
      expect(lent.difference).toBeGreaterThanOrEqual(0n);
      expect(claimOf(lent.pool)).toBe(claimOf(before) + amount + lent.difference);
    }),
  );
});

test('a payment: interest first, then principal, excess beyond the debt, nothing lost between', () => {
  fc.assert(
    fc.property(
      index,
      fc.bigInt({ min: 0n, max: RAY / 2n }),
      size,
      size,
      size,
      (from, growth, other, amount, payment) => {
        const opened = lend(lend(at(from), NEW, other).pool, NEW, amount);
        const grown = {
          ...opened.pool,
          buckets: opened.pool.buckets.map((b) => ({ ...b, index: b.index + growth })),
        };
        const owed = owedBy(grown, opened.loan);
        const paid = repay(grown, opened.loan, payment);
        const cash = paid.pool.cash - grown.cash;
        expect(paid.interest + paid.principal).toBe(cash);
        expect(cash + paid.excess).toBe(payment);
        expect(paid.excess).toBe(payment > owed ? payment - owed : 0n);
        expect(paid.difference).toBe(cash - (debtOf(grown) - debtOf(paid.pool)));
        expect(paid.difference).toBeGreaterThanOrEqual(0n);
        expect(paid.difference).toBeLessThanOrEqual(2n + grown.buckets[0]!.index / RAY);
        if (paid.principal > 0n)
          expect(paid.interest).toBeGreaterThanOrEqual(
            (opened.loan.scaled * grown.buckets[0]!.index) / RAY - amount,
          );
        // The rest of the pool's debt covers the principal of every loan: pool.interest cannot go below zero.
        expect(debtOf(paid.pool)).toBeGreaterThanOrEqual(paid.pool.principal);
        expect(claimOf(paid.pool)).toBe(claimOf(grown) + paid.difference);
        const left = owedBy(paid.pool, paid.loan);
        if (payment >= owed) expect([left, paid.loan.scaled, paid.loan.principal]).toEqual([0n, 0n, 0n]);
        else {
          expect(left).toBeGreaterThanOrEqual(owed - payment);
          expect(left).toBeLessThanOrEqual(owed - payment + grown.buckets[0]!.index / RAY + 1n);
          expect(paid.loan.scaled).toBeGreaterThan(0n);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('paying in parts never costs less than paying at once', () => {
  fc.assert(
    fc.property(index, size, fc.array(size, { maxLength: 8 }), (borrowIndex, amount, parts) => {
      let { pool, loan } = lend(at(borrowIndex), NEW, amount);
      const owed = owedBy(pool, loan);
      let total = 0n;
      for (const part of [...parts, owed + BigInt(parts.length) * 4n]) {
        const paid = repay(pool, loan, part);
        total += part - paid.excess;
        ({ pool, loan } = paid);
      }
      expect(owedBy(pool, loan)).toBe(0n);
      expect(total).toBeGreaterThanOrEqual(owed);
    }),
  );
});

test('a day of interest, a part payment, a pay-off: every atto of a 59,350 FIL loan is accounted for', () => {
  const lent = lend(aPool({ cash: coins(40_650n) }), NEW, coins(59_350n));
  const day = advance(lent.pool, [aRate()], 2880);
  const part = repay(day.pool, lent.loan, coins(10_000n));
  const next = advance(part.pool, [aRate()], 5760);
  const owed = owedBy(next.pool, part.loan);
  const last = repay(next.pool, part.loan, owed);
  expect(last).toMatchObject({ excess: 0n, loan: { scaled: 0n, principal: 0n } });
  expect(debtOf(last.pool)).toBe(0n);
  const paid = coins(10_000n) + owed - coins(59_350n);
  expect(paid).toBe(part.interest + last.interest);
  expect(day.interest + next.interest + part.difference + last.difference).toBe(paid);
  expect(claimOf(last.pool)).toBe(coins(100_000n) + paid - last.pool.reserve);
});

test('a payment of nothing owed is all excess', () => {
  expect(repay(aPool(), NEW, 5n)).toMatchObject({ interest: 0n, principal: 0n, excess: 5n, difference: 0n });
});

test('committed money stays an asset and is refused beyond the cash', () => {
  const pool = aPool({ cash: 10n });
  expect(commit(pool, 11n, 0n)).toMatchObject({ refusal: 'pool-cash-short' });
  const committed = commit(pool, 10n, 0n);
  if (isRefusal(committed)) throw new Error(committed.detail);
  expect(claimOf(committed)).toBe(10n);
  expect(release(committed, 10n)).toEqual(pool);
});

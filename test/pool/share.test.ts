import fc from 'fast-check';
import { coins } from '../../domain/money';
import { claimOf, type Pool } from '../../domain/pool';
import { fill, sharesFor } from '../../domain/redemption';
import { isRefusal } from '../../domain/refusal';
import { deposit, residueBound, residueOf, valueOfShares, VIRTUAL_SHARES } from '../../domain/share';
import { aPool } from './a-pool';

function minted(pool: Pool, amount: bigint): { pool: Pool; minted: bigint } {
  const result = deposit(pool, amount);
  if (isRefusal(result)) throw new Error(result.detail);
  return result;
}

/** Takes `amount` out at once. */
function withdraw(pool: Pool, held: bigint, amount: bigint) {
  const wanted = sharesFor(pool, held, amount);
  return isRefusal(wanted) ? wanted : fill(pool, wanted, 0n);
}

/** The price of a share, virtual ones counted, is the same or higher. */
const priceRose = (from: Pool, to: Pool): boolean =>
  (claimOf(to) + 1n) * (from.shares + VIRTUAL_SHARES) >= (claimOf(from) + 1n) * (to.shares + VIRTUAL_SHARES);

const size = fc.oneof(fc.bigInt({ min: 1n, max: 1000n }), fc.bigInt({ min: 1n, max: coins(500_000n) }));
/** A pool with one holder and what was earned since. */
const pools = fc.record({ first: size, earned: fc.oneof(fc.constant(0n), size) }).map(({ first, earned }) => {
  const { pool } = minted(aPool(), first);
  return { ...pool, cash: pool.cash + earned };
});

test('three deposits of the golden case: shares by amount, worth to the atto', () => {
  let pool = aPool();
  const shares = [60_000n, 30_000n, 10_000n].map((amount) => {
    const result = minted(pool, coins(amount));
    ({ pool } = result);
    return result.minted;
  });
  expect(shares.map((one) => valueOfShares(pool, one))).toEqual([60_000n, 30_000n, 10_000n].map(coins));
  expect(residueOf(pool, shares)).toBe(0n);
});

test('a deposit is worth no more than was paid in, less at most one share and one atto; others lose nothing', () => {
  fc.assert(
    fc.property(pools, size, (before, amount) => {
      const result = deposit(before, amount);
      if (isRefusal(result)) return;
      const worth = valueOfShares(result.pool, result.minted);
      expect(worth).toBeLessThanOrEqual(amount);
      expect(amount - worth).toBeLessThanOrEqual(2n + claimOf(before) / before.shares);
      expect(priceRose(before, result.pool)).toBe(true);
    }),
  );
});

test('in and out again at once never gains', () => {
  fc.assert(
    fc.property(pools, size, (before, amount) => {
      const into = deposit(before, amount);
      if (isRefusal(into)) return;
      const worth = valueOfShares(into.pool, into.minted);
      if (worth === 0n) return;
      const out = withdraw(into.pool, into.minted, worth);
      if (isRefusal(out)) throw new Error(out.detail);
      expect(out.paid).toBeLessThanOrEqual(amount);
      expect(claimOf(out.pool)).toBeGreaterThanOrEqual(claimOf(before));
    }),
  );
});

test('splitting a deposit into parts never gains', () => {
  fc.assert(
    fc.property(pools, size, size, (before, a, b) => {
      const first = deposit(before, a);
      if (isRefusal(first)) return;
      const second = deposit(first.pool, b);
      if (isRefusal(second)) return;
      expect(first.minted + second.minted).toBeLessThanOrEqual(minted(before, a + b).minted);
      expect(valueOfShares(second.pool, first.minted + second.minted)).toBeLessThanOrEqual(a + b);
    }),
  );
});

test('an exact withdrawal burns the ceil: the price for those who stay does not fall', () => {
  fc.assert(
    fc.property(pools, size, fc.bigInt({ min: 1n, max: coins(500_000n) }), (before, more, amount) => {
      const other = deposit(before, more);
      if (isRefusal(other)) return;
      const out = withdraw(other.pool, other.minted, amount);
      if (isRefusal(out)) {
        expect(amount).toBeGreaterThan(valueOfShares(other.pool, other.minted));
        return;
      }
      // Fixed in shares: at most the last share's worth is paid beside it.
      expect(out.paid).toBeGreaterThanOrEqual(amount);
      expect(out.paid - amount).toBeLessThanOrEqual(1n + claimOf(other.pool) / other.pool.shares);
      expect(out.burnt).toBeLessThanOrEqual(other.minted);
      expect(valueOfShares(out.pool, before.shares)).toBeGreaterThanOrEqual(
        valueOfShares(other.pool, before.shares),
      );
    }),
  );
});

test('whoever burns the last real share gets all that is left', () => {
  fc.assert(
    fc.property(pools, (pool) => {
      const out = withdraw(pool, pool.shares, valueOfShares(pool, pool.shares));
      if (isRefusal(out)) throw new Error(out.detail);
      expect(out.paid).toBe(claimOf(pool));
      expect(claimOf(out.pool)).toBe(0n);
      expect(out.pool.shares).toBe(0n);
    }),
  );
});

test('the residue is under one atto a position plus the virtual shares, and never negative', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(size, size), { minLength: 1, maxLength: 12 }), (steps) => {
      let pool = aPool();
      const shares: bigint[] = [];
      for (const [amount, earned] of steps) {
        const result = deposit(pool, amount);
        if (isRefusal(result)) continue;
        shares.push(result.minted);
        pool = { ...result.pool, cash: result.pool.cash + earned };
      }
      const residue = residueOf(pool, shares);
      expect(residue).toBeGreaterThanOrEqual(0n);
      expect(residue).toBeLessThan(residueBound(pool, shares.length));
    }),
  );
});

test('a first depositor who makes a share dear cannot take from the next one more than a share', () => {
  const first = minted(aPool(), 1n).pool;
  const gifted = { ...first, cash: first.cash + coins(1_000n) };
  const victim = minted(gifted, coins(1n));
  expect(coins(1n) - valueOfShares(victim.pool, victim.minted)).toBeLessThan(coins(1_000n) / 1_000_000n);
});

test('amounts that buy no share, none and more than there is are refused', () => {
  const dear = aPool({ cash: coins(1_000_000n), shares: 1n });
  expect(deposit(dear, 1n)).toMatchObject({ refusal: 'deposit-too-small' });
  expect(deposit(aPool(), 0n)).toMatchObject({ refusal: 'deposit-too-small' });
  const { pool, minted: held } = minted(aPool(), coins(10n));
  expect(withdraw(pool, held, 0n)).toMatchObject({ refusal: 'amount-zero' });
  expect(withdraw(pool, held, coins(10n) + 1n)).toMatchObject({ refusal: 'amount-above-balance' });
});

/** The liquidity reserve: what lending may not touch, to the atto. */
import fc from 'fast-check';
import { commit, disburse, release } from '../../domain/debt';
import { heldBack, lendable } from '../../domain/liquidity-reserve';
import { coins } from '../../domain/money';
import { advance, claimOf, type Pool } from '../../domain/pool';
import { RAY } from '../../domain/ray';
import { isRefusal } from '../../domain/refusal';
import { aPool, aRate, percent } from './a-pool';

const NEW = { bucket: 'standard', scaled: 0n, principal: 0n };

function taken(pool: Pool, amount: bigint, share: bigint): Pool {
  const result = commit(pool, amount, heldBack(pool, share));
  if (isRefusal(result)) throw new Error(result.detail);
  return result;
}

test('a share of the deposits stays idle: the limit exactly passes, one atto over does not', () => {
  const pool = aPool({ cash: coins(100n) });
  expect(heldBack(pool, percent(5))).toBe(coins(5n));
  expect(lendable(pool, percent(5))).toBe(coins(95n));
  expect(commit(pool, coins(95n) + 1n, heldBack(pool, percent(5)))).toMatchObject({
    refusal: 'liquidity-reserve',
  });
  const full = taken(pool, coins(95n), percent(5));
  expect([full.cash, lendable(full, percent(5))]).toEqual([coins(5n), 0n]);
  expect(commit(pool, coins(100n) + 1n, coins(5n))).toMatchObject({ refusal: 'pool-cash-short' });
  expect(lendable(pool, 0n)).toBe(coins(100n));
  expect(lendable(pool, RAY)).toBe(0n);
});

test('it is rounded up, never counts what is not the depositors’, and an empty pool has none', () => {
  expect(heldBack(aPool({ cash: 1n }), 1n)).toBe(1n);
  expect(heldBack(aPool({ cash: coins(100n), reserve: coins(40n), payable: coins(10n) }), percent(10))).toBe(
    coins(5n),
  );
  expect(heldBack(aPool({ cash: 1n, reserve: 2n }), RAY)).toBe(0n);
});

test('the loss reserve is not lent: not when all depositors have gone, nor under the name of a small one', () => {
  const gone = aPool({ cash: coins(40n), reserve: coins(40n) });
  const small = aPool({ cash: coins(40n) + 1n, reserve: coins(40n), shares: 1_000_000n });
  expect([lendable(gone, 0n), lendable(small, 0n)]).toEqual([0n, 1n]);
  expect(commit(gone, 1n, 0n)).toMatchObject({ refusal: 'pool-cash-short' });
  expect(commit(small, 2n, 0n)).toMatchObject({ refusal: 'pool-cash-short' });
  expect(taken(small, 1n, 0n).committed).toBe(1n);
  // Idle cash is for both at once: the liquidity reserve is no more than what covers the larger of the two.
  expect(lendable(aPool({ cash: coins(100n), reserve: coins(4n) }), percent(5))).toBe(coins(952n) / 10n);
});

const amount = fc.bigInt({ min: 1n, max: coins(1_000n) });
const share = fc.bigInt({ min: 0n, max: RAY });

test('however loans come and time goes: each takes what is lendable at most, and what was taken still fits later', () => {
  fc.assert(
    fc.property(
      amount,
      share,
      fc.array(fc.tuple(amount, fc.nat(50)), { maxLength: 12 }),
      (cash, part, loans) => {
        let pool = aPool({ cash });
        for (const [wanted, epochs] of loans) {
          const free = lendable(pool, part);
          const result = commit(pool, wanted, heldBack(pool, part));
          expect(isRefusal(result)).toBe(wanted > free);
          if (isRefusal(result)) continue;
          expect(release(result, wanted)).toEqual(pool);
          const later = advance(result, [aRate({ epochsPerYear: 100n })], pool.lastEpoch + epochs).pool;
          // What the signer asks before it signs: interest that was counted meanwhile is no reason to refuse.
          expect(later.cash).toBeGreaterThanOrEqual(heldBack(later, part));
          pool = disburse(later, NEW, wanted).pool;
          expect(pool.cash).toBeGreaterThanOrEqual(heldBack(pool, part));
        }
        expect(heldBack(pool, part)).toBeLessThanOrEqual(claimOf(pool));
      },
    ),
    { numRuns: 1_000 },
  );
});

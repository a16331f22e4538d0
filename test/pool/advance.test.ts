import fc from 'fast-check';
import { coins } from '../../domain/money';
import { advance, claimOf, debtOf, step, utilisationOf, type Pool } from '../../domain/pool';
import { rateAt, type RateVersion } from '../../domain/rate';
import { RAY } from '../../domain/ray';
import { aPool, aRate, percent } from './a-pool';

const amount = fc.bigInt({ min: 0n, max: coins(1_000_000n) });
const ray = (max: bigint) => fc.bigInt({ min: 0n, max });

const bucket = (name: string) =>
  fc.record({
    name: fc.constant(name),
    index: fc.bigInt({ min: RAY, max: RAY * 3n }),
    scaled: fc.oneof(fc.constant(0n), fc.bigInt({ min: 1n, max: 1_000n }), amount),
    fixedApr: fc.option(ray(percent(40)), { nil: null }),
  });

const pools: fc.Arbitrary<Pool> = fc
  .record({
    cash: amount,
    committed: amount,
    lastEpoch: fc.integer({ min: 0, max: 1000 }),
    buckets: fc.tuple(bucket('standard'), bucket('penalty')),
    part: ray(RAY),
  })
  .map(({ part, ...fields }) => {
    const pool = aPool(fields);
    return { ...pool, reserve: (claimOf(pool) * part) / RAY };
  });

const rates: fc.Arbitrary<RateVersion> = fc.record({
  version: fc.constant(1),
  fromEpoch: fc.constant(0),
  base: fc.oneof(fc.constant(0n), ray(percent(10))),
  slope1: ray(percent(20)),
  slope2: ray(percent(300)),
  kink: fc.bigInt({ min: 1n, max: RAY - 1n }),
  reserveFactor: ray(RAY),
  epochsPerYear: fc.constantFrom(1_051_200n, 1000n),
});

/** A second version in force from an epoch that may fall inside the stretch. */
const versions = fc
  .tuple(rates, rates, fc.integer({ min: 1, max: 1300 }))
  .map(([first, second, fromEpoch]) => [first, { ...second, version: 2, fromEpoch }]);

function stepByStep(pool: Pool, all: readonly RateVersion[], epochs: number): Pool {
  let now = pool;
  for (let n = 0; n < epochs; n += 1) now = step(now, rateAt(all, now.lastEpoch));
  return now;
}

const epochs = fc.integer({ min: 0, max: 150 });

test('semigroup: advancing by a + b is advancing by a, then by b, bit for bit', () => {
  fc.assert(
    fc.property(pools, versions, epochs, epochs, (pool, all, a, b) => {
      const once = advance(pool, all, pool.lastEpoch + a + b);
      const first = advance(pool, all, pool.lastEpoch + a);
      const then = advance(first.pool, all, pool.lastEpoch + a + b);
      expect(then.pool).toEqual(once.pool);
      expect(first.interest + then.interest).toBe(once.interest);
      expect(first.toReserve + then.toReserve).toBe(once.toReserve);
    }),
  );
});

test('advance, its short cuts included, is the single step repeated', () => {
  fc.assert(
    fc.property(pools, versions, epochs, (pool, all, n) => {
      expect(advance(pool, all, pool.lastEpoch + n).pool).toEqual(stepByStep(pool, all, n));
    }),
  );
});

test('a pool that lent nothing stands still, at once, and steps would have said the same', () => {
  const empty = aPool({ cash: coins(5n), shares: 5n });
  expect(advance(empty, [aRate()], 5_000_000).pool).toEqual({ ...empty, lastEpoch: 5_000_000 });
  expect(advance(empty, [aRate()], 3000).pool).toEqual(stepByStep(empty, [aRate()], 3000));
});

test('a base rate moves the index of a pool that lent nothing', () => {
  const rate = aRate({ base: percent(1) });
  const still = advance(aPool(), [rate], 100).pool;
  expect(still).toEqual(stepByStep(aPool(), [rate], 100));
  expect(still.buckets[0]!.index).toBeGreaterThan(RAY);
});

test('each step: index up by the ceil, rate of the state before, reserve by the ceil of its part', () => {
  fc.assert(
    fc.property(pools, rates, (pool, rate) => {
      const next = step(pool, rate);
      const grown = debtOf(next) - debtOf(pool);
      next.buckets.forEach((after, n) => {
        const before = pool.buckets[n]!;
        const exact = after.index - before.index;
        expect(exact).toBeGreaterThanOrEqual(0n);
        if (before.fixedApr !== null) {
          const r = before.fixedApr / rate.epochsPerYear;
          expect((exact - 1n) * RAY).toBeLessThan(before.index * r === 0n ? 1n : before.index * r);
          expect(exact * RAY).toBeGreaterThanOrEqual(before.index * r);
        }
      });
      const cut = next.reserve - pool.reserve;
      expect(cut * RAY).toBeGreaterThanOrEqual(grown * rate.reserveFactor);
      expect((cut - 1n) * RAY).toBeLessThan(
        grown * rate.reserveFactor === 0n ? 1n : grown * rate.reserveFactor,
      );
      expect(cut).toBeLessThanOrEqual(grown);
      expect(claimOf(next)).toBe(claimOf(pool) + grown - cut);
      expect(utilisationOf(pool)).toBeLessThanOrEqual(RAY);
    }),
  );
});

test('the loss reserve is the sum over epochs of the ceil of 10 % of that epoch', () => {
  let pool = aPool({
    cash: coins(40_650n),
    principal: coins(59_350n),
    buckets: [{ name: 'standard', index: RAY, scaled: coins(59_350n), fixedApr: null }],
  });
  let sum = 0n;
  const { toReserve } = advance(pool, [aRate()], 500);
  for (let n = 0; n < 500; n += 1) {
    const next = step(pool, aRate());
    sum += (debtOf(next) - debtOf(pool) + 9n) / 10n;
    pool = next;
  }
  expect(toReserve).toBe(sum);
});

test('there is no way back', () => {
  expect(() => advance(aPool({ lastEpoch: 10 }), [aRate()], 9)).toThrow(RangeError);
});

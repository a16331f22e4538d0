import { coins } from '../../domain/money';
import { ratesOf } from '../../domain/pool';
import { borrowApr, rateAt } from '../../domain/rate';
import { RAY } from '../../domain/ray';
import { aPool, aRate, percent } from './a-pool';

test('golden case: 100 FIL in, 59.35 lent, the rates of the product page', () => {
  const pool = aPool({
    cash: coins(100n) - 59_350_000_000_000_000_000n,
    principal: 59_350_000_000_000_000_000n,
    buckets: [{ name: 'standard', index: RAY, scaled: 59_350_000_000_000_000_000n, fixedApr: null }],
  });
  const { utilisation, borrowApr: borrow, depositApr: deposit } = ratesOf(pool, [aRate()]);
  expect(utilisation).toBe(percent(59.35));
  expect(borrow).toBe(89_025_000_000_000_000_000_000_000n); // 8.9025 %
  expect(deposit).toBe(47_552_703_750_000_000_000_000_000n); // 4.755270375 %, shown as 4.75527 %
});

test('the same rates at a thousand times the size', () => {
  const lent = coins(59_350n);
  const pool = aPool({
    committed: coins(650n),
    cash: coins(40_000n),
    principal: lent,
    buckets: [{ name: 'standard', index: RAY, scaled: lent, fixedApr: null }],
  });
  expect(ratesOf(pool, [aRate()]).utilisation).toBe(percent(59.35));
});

test.each([
  [0, 0],
  [40, 6],
  [80, 12],
  [90, 42],
  [100, 72],
])('at %p % utilisation the borrow rate is %p %', (used, apr) => {
  expect(borrowApr(aRate(), percent(used))).toBe(percent(apr));
});

test('the curve has no jump at the kink, and rounds down', () => {
  const rate = aRate({ base: 7n, slope1: 10n, slope2: 10n });
  expect(borrowApr(rate, rate.kink)).toBe(17n);
  expect(borrowApr(rate, rate.kink + 1n)).toBe(17n);
  expect(borrowApr(rate, rate.kink - 1n)).toBe(16n);
});

test('a version applies from its epoch on', () => {
  const versions = [aRate({ version: 2, fromEpoch: 50 }), aRate()];
  expect(rateAt(versions, 49).version).toBe(1);
  expect(rateAt(versions, 50).version).toBe(2);
  expect(() => rateAt([aRate({ fromEpoch: 1 })], 0)).toThrow(RangeError);
});

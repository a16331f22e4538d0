import { coins } from '../../domain/money';
import { ratesOf } from '../../domain/pool';
import { aprToApy, borrowApr, rateAt } from '../../domain/rate';
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

test('APY is the APR compounded each epoch: little by little, e at the limit, nothing for nothing', () => {
  const year = { epochsPerYear: 1_051_200n };
  expect(aprToApy(year, 0n)).toBe(0n);
  expect(aprToApy({ epochsPerYear: 1n }, percent(12))).toBe(percent(12));
  expect(aprToApy({ epochsPerYear: 2n }, percent(12))).toBe(percent(12.36));
  // e^0.08902500 − 1 = 9.31079…%, e^1 − 1 = 171.828…%, both less a hair
  expect(aprToApy(year, 89_025n * 10n ** 21n).toString().slice(0, 6)).toBe('931079');
  expect(aprToApy(year, RAY).toString().slice(0, 6)).toBe('171828');
});

test('APY by squaring is never above the product of every epoch, and within 10⁻²⁰ of it', () => {
  for (const apr of [percent(0.01), percent(4.755), percent(72), RAY]) {
    const n = 20_000n;
    let exact = RAY * RAY;
    for (let i = 0n; i < n; i += 1n) exact = (exact * (RAY + apr / n)) / RAY;
    const off = exact / RAY - RAY - aprToApy({ epochsPerYear: n }, apr);
    expect(off >= 0n && off < 10n ** 7n).toBe(true);
  }
});

import fc from 'fast-check';
import { coins } from '../../domain/money';
import { advance, claimOf, ratesOf } from '../../domain/pool';
import { aprToApy, borrowApr, rateAt } from '../../domain/rate';
import { previewOf } from '../../domain/rate-preview';
import { judgeFrom, judgeRate } from '../../domain/rate-proposal';
import { RAY } from '../../domain/ray';
import { realisedYield, shareIndex } from '../../domain/yield';
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

test('the deposit rate told is what an epoch brings, whatever of the debt has a rate of its own', () => {
  const share = fc.bigInt({ min: 0n, max: 40n });
  fc.assert(
    fc.property(share, share, share, fc.integer({ min: 0, max: 90 }), (curve, cheap, dear, fixed) => {
      const [standard, low, high] = [coins(curve), coins(cheap), coins(dear)];
      const pool = aPool({
        cash: coins(130n) - standard - low - high,
        buckets: [
          { name: 'standard', index: RAY, scaled: standard, fixedApr: null },
          { name: 'fixed-1', index: RAY, scaled: low, fixedApr: percent(1) },
          { name: 'fixed', index: RAY, scaled: high, fixedApr: percent(fixed) },
        ],
      });
      const { interest, toReserve } = advance(pool, [aRate()], 1);
      const brought = ((interest - toReserve) * aRate().epochsPerYear * RAY) / claimOf(pool);
      const told = ratesOf(pool, [aRate()]).depositApr;
      // An epoch's interest is whole atto, about 10⁻¹² of it is lost.
      expect(told > brought ? told - brought : brought - told).toBeLessThan(RAY / 10n ** 9n);
    }),
  );
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
  expect(
    aprToApy(year, 89_025n * 10n ** 21n)
      .toString()
      .slice(0, 6),
  ).toBe('931079');
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

test('what a share brought is the growth of its price, and a loss is told as one', () => {
  const from = { epoch: 0, claim: coins(100n), shares: coins(100n) * 1_000_000n };
  const year = { epoch: 1_051_200, claim: coins(105n), shares: from.shares };
  const { growth, apr } = realisedYield(from, year, 1_051_200n) ?? {};
  expect(apr).toBe(growth);
  expect(growth).toBe((shareIndex(year) * RAY) / shareIndex(from) - RAY);
  expect(percent(5) - (growth ?? 0n)).toBeLessThan(RAY / 10n ** 18n);
  const half = realisedYield(from, { ...year, epoch: 525_600 }, 1_051_200n);
  expect(half?.apr).toBe(2n * (half?.growth ?? 0n));
  expect(realisedYield(from, { ...year, claim: coins(99n) }, 1_051_200n)?.growth).toBeLessThan(0n);
  expect(realisedYield(from, from, 1_051_200n)).toBeNull();
});

describe('proposed rates', () => {
  const values = aRate();
  test.each([
    ['a kink at the edge', { kink: percent(99.01) }, 'rate-invalid'],
    ['none at all', { kink: 0n }, 'rate-invalid'],
    ['more than any lender asks', { slope2: percent(489) }, 'rate-invalid'],
    ['all for the reserve', { reserveFactor: percent(91) }, 'rate-invalid'],
    ['the highest that are taken', { slope2: percent(488), kink: percent(99) }, null],
  ])('%s', (_, change, code) => {
    expect(judgeRate({ ...values, ...change })?.refusal ?? null).toBe(code);
  });

  test.each([
    [1000, 'rate-too-late'],
    [1001, null],
    [2000, 'rate-invalid'], // others begin there
    [1000 + 1_051_200, null],
    [1001 + 1_051_200, 'rate-invalid'],
  ])('from epoch %p, the clock at 1000: %p', (from, code) => {
    const versions = [aRate(), aRate({ version: 2, fromEpoch: 2000 })];
    expect(judgeFrom(from, 1000, versions)?.refusal ?? null).toBe(code);
  });

  test('a preview counts the past under both, stretch by stretch, each under the version of then', () => {
    const old = aRate({ epochsPerYear: 1000n });
    const newer = aRate({ version: 2, fromEpoch: 10, slope1: percent(24), epochsPerYear: 1000n });
    const points = [
      { epoch: 0, utilisation: percent(40), curveDebt: coins(40n) },
      { epoch: 10, utilisation: percent(80), curveDebt: coins(80n) },
    ];
    const proposed = aRate({ slope1: percent(8), reserveFactor: percent(20), epochsPerYear: 1000n });
    const { was, would, points: drawn } = previewOf(points, [old, newer], proposed, 15);
    // 40 FIL × 6 % × 10/1000 + 80 FIL × 24 % × 5/1000; and 40 × 4 % × 10/1000 + 80 × 8 % × 5/1000
    expect(was.interest).toBe((coins(40n) * 6n) / 10_000n + (coins(80n) * 12n) / 10_000n);
    expect(would.interest).toBe((coins(40n) * 4n) / 10_000n + (coins(80n) * 4n) / 10_000n);
    expect(was.toReserve * 10n).toBe(was.interest);
    expect(would.toReserve * 5n).toBe(would.interest);
    expect(would.toDepositors + would.toReserve).toBe(would.interest);
    expect(drawn.map((point) => [point.was.borrowApr, point.would.borrowApr])).toEqual([
      [percent(6), percent(4)],
      [percent(24), percent(8)],
    ]);
  });
});

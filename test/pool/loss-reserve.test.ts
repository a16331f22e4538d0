/** The loss reserve: what it covers, and that its rules stay readable whatever follows them. */
import { LOSS_RULES, lossCover, lossRules } from '../../domain/loss-reserve';
import { coins } from '../../domain/money';
import { advance } from '../../domain/pool';
import { RAY } from '../../domain/ray';
import { aPool, aRate, percent } from './a-pool';

test('versions rise by one, each with an order that ends at the depositors', () => {
  expect(LOSS_RULES.map(({ version }) => version)).toEqual(LOSS_RULES.map((_, index) => index + 1));
  for (const { order } of LOSS_RULES) {
    const bearers = order.map(({ bearer }) => bearer);
    expect(new Set(bearers).size).toBe(bearers.length);
    expect(bearers.indexOf('loss-reserve')).toBeLessThan(bearers.indexOf('depositors'));
    expect(bearers.at(-1)).toBe('depositors');
  }
  expect(lossRules()).toBe(LOSS_RULES.at(-1));
});

test('it fills by the reserve factor of the interest, and covers its share of what is owed', () => {
  const lent = aPool({
    cash: coins(20n),
    principal: coins(80n),
    buckets: [{ name: 'standard', index: RAY, scaled: coins(80n), fixedApr: null }],
  });
  expect(lossCover(lent)).toBe(0n);
  expect(lossCover(aPool())).toBe(0n);
  const { pool, interest, toReserve } = advance(lent, [aRate({ reserveFactor: percent(25) })], 2880);
  expect(toReserve * 4n - interest).toBeGreaterThanOrEqual(0n);
  expect(toReserve * 4n - interest).toBeLessThan(4n * 2880n);
  expect(lossCover({ ...pool, reserve: coins(8n) })).toBeLessThanOrEqual(percent(10));
});

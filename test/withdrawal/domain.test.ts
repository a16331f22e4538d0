/** The rules of withdrawals alone: limits, who is asked, cool-downs, dust, and what may be paid. */
import fc from 'fast-check';
import { addressFrom, printAddress, type Address } from '../../domain/address';
import { atto, coins } from '../../domain/money';
import { payeeRule } from '../../domain/payee';
import { isRefusal } from '../../domain/refusal';
import {
  checkDust,
  checkLimits,
  gasOfWithdrawal,
  mostNow,
  peopleFor,
  usableFrom,
  type Used,
} from '../../domain/withdrawal';
import { POLICY } from './books';

const NOTHING: Used = { customerHour: 0n, customerDay: 0n, platformHour: 0n, platformDay: 0n };

const codeOf = (result: unknown): string => (isRefusal(result) ? result.refusal : 'fine');

describe('limits', () => {
  test.each<[string, Partial<Used>, bigint]>([
    ['a transaction', {}, coins(50n)],
    ['a customer an hour', { customerHour: coins(35n), customerDay: coins(35n) }, coins(25n)],
    ['a customer a day', { customerDay: coins(90n) }, coins(10n)],
    ['everybody an hour', { platformHour: coins(100n), platformDay: coins(100n) }, coins(20n)],
    ['everybody a day', { platformDay: coins(199n) }, coins(1n)],
  ])('of %s: met exactly it is kept, one atto over is refused', (_name, part, most) => {
    const used = { ...NOTHING, ...part };
    expect(mostNow(POLICY, used)).toBe(most);
    expect(checkLimits(POLICY, used, most)).toBeNull();
    expect(codeOf(checkLimits(POLICY, used, most + 1n))).toBe('withdrawal-limit');
  });

  test('lowered below what was used they leave nothing, and no less than nothing', () => {
    const used = { ...NOTHING, customerDay: coins(101n) };
    expect(mostNow(POLICY, used)).toBe(0n);
    expect(codeOf(checkLimits(POLICY, used, 1n))).toBe('withdrawal-limit');
  });

  const HOUR = 3_600;
  const wish = fc.record({
    who: fc.integer({ min: 0, max: 3 }),
    amount: fc.bigInt({ min: 1n, max: coins(60n) }),
    later: fc.integer({ min: 0, max: 2 * HOUR }),
  });

  test('whatever is asked for in whatever order, no window ever holds more than its limit', () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 60 }), (wishes) => {
        const taken: { who: number; amount: bigint; at: number }[] = [];
        let at = 0;
        const within = (seconds: number, who?: number): bigint =>
          taken
            .filter((one) => one.at > at - seconds && (who === undefined || one.who === who))
            .reduce((sum, { amount }) => sum + amount, 0n);
        for (const { who, amount, later } of wishes) {
          at += later;
          const used = {
            customerHour: within(HOUR, who),
            customerDay: within(24 * HOUR, who),
            platformHour: within(HOUR),
            platformDay: within(24 * HOUR),
          };
          const most = mostNow(POLICY, used);
          expect(checkLimits(POLICY, used, amount) === null).toBe(amount <= most);
          if (amount <= most) taken.push({ who, amount, at });
          expect(within(HOUR)).toBeLessThanOrEqual(POLICY.platformHour);
          expect(within(24 * HOUR)).toBeLessThanOrEqual(POLICY.platformDay);
          expect(within(HOUR, who)).toBeLessThanOrEqual(POLICY.perCustomerHour);
          expect(within(24 * HOUR, who)).toBeLessThanOrEqual(POLICY.perCustomerDay);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test.each<[bigint, boolean, number]>([
  [coins(10n), true, 0],
  [coins(10n) + 1n, true, 1],
  [coins(30n), true, 1],
  [coins(30n) + 1n, true, 2],
  [1n, false, 1],
  [coins(30n), false, 1],
  [coins(30n) + 1n, false, 2],
])('%s atto to an address that is proven: %s asks %s people', (amount, proven, people) => {
  expect(peopleFor(POLICY, amount, proven)).toBe(people);
});

test('an address is usable a day after it was listed, two days after a new API key', () => {
  const listedAt = 1_000_000_000;
  const day = 86_400_000;
  expect(usableFrom(POLICY, { listedAt, credentialsChangedAt: null })).toBe(listedAt + day);
  expect(usableFrom(POLICY, { listedAt, credentialsChangedAt: listedAt - 2 * day })).toBe(listedAt + day);
  expect(usableFrom(POLICY, { listedAt, credentialsChangedAt: listedAt + 5 * day })).toBe(listedAt + 7 * day);
});

test('what is worth no more than its gas is dust', () => {
  const gas = gasOfWithdrawal(100n);
  expect(gas).toBe(5_750_000n * 100_100n);
  expect(codeOf(checkDust(gas, gas))).toBe('withdrawal-dust');
  expect(checkDust(gas + 1n, gas)).toBeNull();
  expect(codeOf(checkDust(atto(gas + 1n), gasOfWithdrawal(101n)))).toBe('withdrawal-dust');
});

describe('whom a plain payment may reach', () => {
  const F1 = addressFrom('f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3i');
  const F0 = addressFrom('f01000');
  const F2 = printAddress(Uint8Array.of(2, ...new Uint8Array(20).fill(7)), 'f');
  const eth = (hex: string): Address => printAddress(Uint8Array.of(4, 10, ...Buffer.from(hex, 'hex')), 'f');
  test.each<[string, Address, string | null, string]>([
    ['a new key', F1, null, 'by proof'],
    ['an account', F1, 'account', 'by proof'],
    ['a multisig', F2, 'multisig', 'unproven'],
    ['a multisig by its ID', F0, 'multisig', 'unproven'],
    ['an Ethereum account', eth('52963ef50e27e06d72d59fcb4f3c2a687be3cfef'), 'ethaccount', 'unproven'],
    [
      'one that only received so far',
      eth('52963ef50e27e06d72d59fcb4f3c2a687be3cfef'),
      'placeholder',
      'unproven',
    ],
    ['one that nobody has used', eth('52963ef50e27e06d72d59fcb4f3c2a687be3cfef'), null, 'unproven'],
    ['an EVM contract', eth('52963ef50e27e06d72d59fcb4f3c2a687be3cfef'), 'evm', 'address-not-payable'],
    ['a masked ID', eth('ff00000000000000000000000000000000000064'), null, 'address-not-payable'],
    ['the zero address', eth('0000000000000000000000000000000000000000'), null, 'address-not-payable'],
    ['a precompile', eth('fe00000000000000000000000000000000000001'), null, 'address-not-payable'],
    ['a miner by its ID', F0, 'storageminer', 'address-not-payable'],
    ['a miner by its f2', F2, 'storageminer', 'address-not-payable'],
    ['an actor that is not there', F2, null, 'address-not-payable'],
    ['the init actor', addressFrom('f01'), 'init', 'address-not-payable'],
    ['the burnt funds', addressFrom('f099'), 'account', 'address-not-payable'],
    ['code that nobody knows', F0, 'unknown', 'address-not-payable'],
  ])('%s', (_name, address, kind, expected) => {
    const rule = payeeRule(address, kind);
    expect(isRefusal(rule) ? rule.refusal : rule.proof ? 'by proof' : 'unproven').toBe(expected);
  });
});

/** How a payment is split, and how a penalty is counted: exact, in the order of the terms, nothing negative. */
import fc from 'fast-check';
import { countPenalty, dueCharges, moveDue, NO_CHARGES, payCharges, type Charges } from '../../domain/charge';
import { owedBy, repay, type LoanAccount } from '../../domain/debt';
import { judgeTerms, STANDARD_TERMS } from '../../domain/loan-terms';
import { attoText } from '../../domain/money';
import { claimOf, debtOf } from '../../domain/pool';
import { RAY } from '../../domain/ray';
import { isWaterfall, pour, WATERFALL, type Part } from '../../domain/waterfall';
import { aPool } from './a-pool';

const amount = fc.oneof(fc.bigInt(0n, 9n), fc.bigInt(0n, 10n ** 24n));
const order = fc.shuffledSubarray([...WATERFALL], { minLength: 4 });
const dues = fc.record({ penalty: amount, fee: amount, interest: amount, principal: amount });

test('pouring: the parts and the rest are the payment; each part is whole before the next has any', () => {
  fc.assert(
    fc.property(order, dues, amount, (parts, due, payment) => {
      const poured = pour(parts, due, payment);
      const sum = parts.reduce((total, part) => total + poured.parts[part], poured.rest);
      expect(sum).toBe(payment);
      let before = true;
      for (const part of parts) {
        expect(poured.parts[part]).toBeGreaterThanOrEqual(0n);
        expect(poured.parts[part]).toBeLessThanOrEqual(due[part]);
        if (!before) expect(poured.parts[part]).toBe(0n);
        before &&= poured.parts[part] === due[part];
      }
      if (!before) expect(poured.rest).toBe(0n);
    }),
    { numRuns: 500 },
  );
});

test('the standard order is penalty, fee, interest, principal', () => {
  const due = { penalty: 1n, fee: 10n, interest: 100n, principal: 1_000n };
  const paid = (payment: bigint) => {
    const { parts, rest } = pour(WATERFALL, due, payment);
    return [parts.penalty, parts.fee, parts.interest, parts.principal, rest];
  };
  expect(paid(0n)).toEqual([0n, 0n, 0n, 0n, 0n]);
  expect(paid(5n)).toEqual([1n, 4n, 0n, 0n, 0n]);
  expect(paid(50n)).toEqual([1n, 10n, 39n, 0n, 0n]);
  expect(paid(2_000n)).toEqual([1n, 10n, 100n, 1_000n, 889n]);
});

test('an order that leaves a part out, or names one twice, is none', () => {
  expect(isWaterfall(WATERFALL)).toBe(true);
  expect(isWaterfall(['principal', 'interest', 'fee', 'penalty'])).toBe(true);
  expect(isWaterfall(['fee', 'interest', 'principal'])).toBe(false);
  expect(isWaterfall(['fee', 'fee', 'interest', 'principal'])).toBe(false);
  expect(judgeTerms(STANDARD_TERMS, 100n)).toBeNull();
  for (const wrong of [
    { fixedBps: 0 },
    { fixedBps: 1.5 },
    { penaltyBps: -1 },
    { penaltyBps: 100_001 },
    { fee: attoText(-1n) },
    { waterfall: ['fee', 'interest', 'principal'] as Part[] },
  ]) {
    expect(judgeTerms({ ...STANDARD_TERMS, ...wrong }, 100n)).toMatchObject({ refusal: 'terms-invalid' });
  }
});

test('any payment in any order: the pool gets its part exactly, a pay-off leaves nothing', () => {
  const index = fc.bigInt(RAY, 2n * RAY);
  const lent = fc.bigInt(1n, 10n ** 24n);
  fc.assert(
    fc.property(order, index, lent, amount, amount, amount, (parts, at, scaled, fee, penalty, payment) => {
      const principal = (scaled * RAY) / RAY;
      const bucket = { name: 'standard', index: at, scaled, fixedApr: null };
      const pool = aPool({ principal, buckets: [bucket], shares: 1n });
      const loan: LoanAccount = { bucket: 'standard', scaled, principal };
      const owed = owedBy(pool, loan);
      const rules = { charges: { fee, penalty }, order: parts };
      const paid = repay(pool, loan, payment, rules);
      const all = paid.penalty + paid.fee + paid.interest + paid.principal + paid.excess;
      expect(all).toBe(payment);
      expect(paid.pool.cash).toBe(paid.interest + paid.principal);
      expect(paid.difference).toBeGreaterThanOrEqual(0n);
      expect(claimOf(paid.pool)).toBe(claimOf(pool) + paid.difference);
      expect(debtOf(paid.pool)).toBeGreaterThanOrEqual(paid.pool.principal);
      for (const part of WATERFALL) expect(paid[part]).toBeGreaterThanOrEqual(0n);
      expect(paid.fee).toBeLessThanOrEqual(fee);
      expect(paid.penalty).toBeLessThanOrEqual(penalty);
      if (payment < owed + fee + penalty) expect(paid.excess).toBe(0n);
      const last = repay(pool, loan, owed + fee + penalty, rules);
      expect(last).toMatchObject({ fee, penalty, excess: 0n, loan: { scaled: 0n, principal: 0n } });
    }),
    { numRuns: 500 },
  );
});

test('a penalty counted in parts is the penalty counted at once, and no more is due than was counted', () => {
  const epochs = fc.nat(5_000);
  fc.assert(
    fc.property(amount, fc.bigInt(0n, RAY / 1_000_000n), epochs, epochs, epochs, (owed, rate, due, a, b) => {
      const charges: Charges = { ...NO_CHARGES, penaltyRate: rate, dueEpoch: due };
      const parts = countPenalty(countPenalty(charges, owed, a), owed, a + b);
      const once = countPenalty(charges, owed, a + b);
      expect(parts.penaltyAccrued).toBe(once.penaltyAccrued);
      expect(once.penaltyAccrued).toBe(owed * rate * BigInt(Math.max(0, a + b - due)));
      const { penalty } = dueCharges(once);
      expect(dueCharges(payCharges(once, { fee: 0n, penalty })).penalty).toBe(0n);
    }),
  );
});

test('a maturity that moves keeps the penalty of the epochs before, and stops it until the new one', () => {
  const charges: Charges = { ...NO_CHARGES, penaltyRate: RAY / 10n, dueEpoch: 100 };
  const moved = moveDue(charges, 1_000n, 110, 200);
  expect(dueCharges(moved).penalty).toBe(1_000n);
  expect(dueCharges(countPenalty(moved, 1_000n, 200)).penalty).toBe(1_000n);
  expect(dueCharges(countPenalty(moved, 1_000n, 201)).penalty).toBe(1_100n);
  const early = moveDue(charges, 1_000n, 50, 200);
  expect(dueCharges(countPenalty(early, 1_000n, 199)).penalty).toBe(0n);
});

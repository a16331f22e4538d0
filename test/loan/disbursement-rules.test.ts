/** How a loan may be parted, and which part may be asked for: rules and properties. */
import fc from 'fast-check';
import {
  CONDITION_MAX,
  judgePlan,
  nextDisbursement,
  numbered,
  PLAN_MAX,
  planText,
  type PlannedDisbursement,
} from '../../domain/disbursement';
import type { LoanState } from '../../domain/loan';
import { LOAN_TRANSITIONS } from '../../domain/loan';
import { attoText, coins } from '../../domain/money';

const part = (amount: bigint, condition: string | null = 'it is so'): PlannedDisbursement => ({
  amount: attoText(amount),
  condition,
});

const amounts = fc.array(fc.bigInt(1n, 10n ** 25n), { minLength: 1, maxLength: PLAN_MAX });

test('parts that add up are a plan; an atto more or less is none', () => {
  fc.assert(
    fc.property(amounts, fc.constantFrom(-1n, 1n), (each, off) => {
      const plan = each.map((amount) => part(amount));
      const sum = each.reduce((total, amount) => total + amount, 0n);
      expect(judgePlan(plan, sum)).toBeNull();
      expect(judgePlan(plan, sum + off)).toMatchObject({ refusal: 'terms-invalid' });
    }),
  );
});

test('whatever is asked for in order is the whole amount, no more, no less', () => {
  fc.assert(
    fc.property(amounts, (each) => {
      const sum = each.reduce((total, amount) => total + amount, 0n);
      const plan = numbered(
        each.map((amount) => part(amount)),
        sum,
      );
      let lent = 0n;
      for (let done = 0; ; done += 1) {
        const next = nextDisbursement({ state: 'active', mature: false, plan, done });
        if ('refusal' in next) {
          expect([next.refusal, done]).toEqual(['nothing-to-disburse', each.length]);
          break;
        }
        expect(next.n).toBe(done + 1);
        lent += BigInt(next.amount);
      }
      expect(lent).toBe(sum);
    }),
  );
});

test('no plan is one disbursement of the whole', () => {
  expect(judgePlan([], 7n)).toBeNull();
  expect(numbered([], 7n)).toEqual([{ n: 1, amount: '7', condition: null }]);
  expect(planText([])).toBeNull();
  expect(planText([part(coins(1n), null), part(coins(2n), 'sealed')])).toBe(
    '1: 1 FIL; 2: 2 FIL, when sealed',
  );
});

test.each<[string, PlannedDisbursement[], bigint]>([
  ['nothing in it', [part(0n), part(5n)], 5n],
  ['text that is no amount', [{ amount: '1.5' as never, condition: null }], 5n],
  ['a later one without a condition', [part(2n, null), part(3n, null)], 5n],
  ['a blank condition', [part(2n, null), part(3n, ' ')], 5n],
  ['a condition without an end', [part(2n, null), part(3n, 'x'.repeat(CONDITION_MAX + 1))], 5n],
  ['too many', Array.from({ length: PLAN_MAX + 1 }, () => part(1n)), BigInt(PLAN_MAX + 1)],
])('refused: %s', (_, plan, amount) => {
  expect(judgePlan(plan, amount)).toMatchObject({ refusal: 'terms-invalid' });
});

test('nothing more is lent by a loan that is not active, or is due', () => {
  const plan = numbered([part(2n, null), part(3n)], 5n);
  for (const state of Object.keys(LOAN_TRANSITIONS) as LoanState[]) {
    const next = nextDisbursement({ state, mature: false, plan, done: 1 });
    if (state === 'active') expect(next).toMatchObject({ n: 2, amount: '3' });
    else expect(next).toMatchObject({ refusal: 'wrong-state' });
  }
  expect(nextDisbursement({ state: 'active', mature: true, plan, done: 1 })).toMatchObject({
    refusal: 'wrong-state',
  });
});

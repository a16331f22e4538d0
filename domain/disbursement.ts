/** How the amount of a loan is parted into disbursements, each with a condition of its own. Pure. */
import type { LoanState } from './loan';
import { attoText, formatCoins, parseAtto, type AttoText } from './money';
import { refuse, type Refusal } from './refusal';

/** One disbursement as the terms name it. */
export interface PlannedDisbursement {
  /** attoFIL. */
  readonly amount: AttoText;
  /** What must be true before it is sent; null for a first one that the approval of the loan alone allows. */
  readonly condition: string | null;
}

export interface NumberedDisbursement extends PlannedDisbursement {
  /** From 1. */
  readonly n: number;
}

export const PLAN_MAX = 12;
export const CONDITION_MAX = 500;

const isBlank = (text: string | null): boolean => text === null || text.trim() === '';

function judgeOne({ amount, condition }: PlannedDisbursement, index: number): Refusal | null {
  const n = index + 1;
  if ((parseAtto(amount) ?? 0n) <= 0n)
    return refuse('terms-invalid', `Disbursement ${n} is a positive amount, decimal text in attoFIL.`);
  if (condition !== null && (isBlank(condition) || condition.length > CONDITION_MAX))
    return refuse(
      'terms-invalid',
      `The condition of disbursement ${n} has 1 to ${CONDITION_MAX} characters.`,
    );
  if (n > 1 && condition === null)
    return refuse(
      'terms-invalid',
      `Disbursement ${n} needs a condition: without one it belongs to the first.`,
    );
  return null;
}

/** Can a loan of `amount` attoFIL be lent in these parts? None at all means: at once. */
export function judgePlan(plan: readonly PlannedDisbursement[], amount: bigint): Refusal | null {
  if (plan.length === 0) return null;
  if (plan.length > PLAN_MAX) return refuse('terms-invalid', `A loan has at most ${PLAN_MAX} disbursements.`);
  const wrong = plan.map(judgeOne).find((refusal) => refusal !== null);
  if (wrong !== undefined) return wrong;
  const sum = plan.reduce((total, one) => total + BigInt(one.amount), 0n);
  if (sum === amount) return null;
  return refuse(
    'terms-invalid',
    `The disbursements add up to ${formatCoins(sum)} FIL; the loan is ${formatCoins(amount)} FIL.`,
  );
}

/** The disbursements of a loan in order: those of its terms, or the whole amount at once. */
export function numbered(
  plan: readonly PlannedDisbursement[],
  amount: bigint,
): readonly [NumberedDisbursement, ...NumberedDisbursement[]] {
  const [first = { amount: attoText(amount), condition: null }, ...rest] = plan;
  return [{ ...first, n: 1 }, ...rest.map((one, index) => ({ ...one, n: index + 2 }))];
}

export interface Standing {
  readonly state: LoanState;
  /** At or past its maturity. */
  readonly mature: boolean;
  readonly plan: readonly NumberedDisbursement[];
  /** How many were sent. */
  readonly done: number;
}

/** The disbursement that may be asked for now: the next of the plan, while the loan runs and is not due. */
export function nextDisbursement({ state, mature, plan, done }: Standing): NumberedDisbursement | Refusal {
  if (state !== 'active' || mature)
    return refuse('wrong-state', mature ? 'The loan is due: nothing more is lent.' : `The loan is ${state}.`);
  return plan[done] ?? refuse('nothing-to-disburse');
}

/** The plan in one line, for the person who approves it; null where all is sent at once. */
export function planText(plan: readonly PlannedDisbursement[]): string | null {
  if (plan.length === 0) return null;
  const one = ({ amount, condition }: PlannedDisbursement, index: number): string =>
    `${index + 1}: ${formatCoins(BigInt(amount))} FIL${condition === null ? '' : `, when ${condition}`}`;
  return plan.map(one).join('; ');
}

/** A loan's disbursements: what was planned, beside what was sent; and plans as people type them. */
import { attoOf } from '../field/amount';
import type { Disbursement, Loan, PlannedDisbursement } from './loan';

export interface Planned extends PlannedDisbursement {
  readonly n: number;
  readonly sent: Disbursement | undefined;
}

/** One row a disbursement, in order; without a plan it is one of the whole amount. */
export function planOf({ amount, terms, disbursements = [] }: Loan): Planned[] {
  const plan = terms?.at(-1)?.plan ?? [];
  const parts = plan.length > 0 ? plan : [{ amount, condition: null }];
  return parts.map((part, index) => ({ ...part, n: index + 1, sent: disbursements[index] }));
}

/** One part as typed: FIL, and what must be true before it is sent. */
export interface TypedPart {
  readonly amount: string;
  readonly condition: string;
}

/** The first that is not sent yet. */
export function nextOf(loan: Loan): Planned | undefined {
  return planOf(loan).find(({ sent }) => sent === undefined);
}

export interface ReadPlan {
  readonly plan: readonly PlannedDisbursement[];
  /** Why it is none; null where it is one. */
  readonly wrong: string | null;
}

/** Reads typed parts; what is left over for the last one is `total` (atto, text) less the others. */
export function readPlan(parts: readonly TypedPart[], total: string): ReadPlan {
  if (parts.length === 0) return { plan: [], wrong: null };
  const plan: PlannedDisbursement[] = [];
  let sum = 0n;
  for (const [index, { amount, condition }] of parts.entries()) {
    const atto = attoOf(amount);
    if (atto === null || atto === '0') return { plan, wrong: `Disbursement ${index + 1}: an amount in FIL` };
    if (index > 0 && condition.trim() === '')
      return { plan, wrong: `Disbursement ${index + 1} needs a condition` };
    plan.push({ amount: atto, condition: condition.trim() === '' ? null : condition.trim() });
    sum += BigInt(atto);
  }
  const wrong = sum === BigInt(total) ? null : 'Together the disbursements are the amount of the loan';
  return { plan, wrong };
}

/** The terms of a loan as rows: each set a version, the newest counts. */
import type { Knex } from 'knex';
import type { PlannedDisbursement } from '../domain/disbursement';
import { STANDARD_TERMS, type LendingTerms } from '../domain/loan-terms';
import { attoText } from '../domain/money';
import type { Part } from '../domain/waterfall';

interface TermsRow {
  readonly loan_id: string;
  readonly version: number;
  readonly fixed_bps: number | null;
  readonly fee: string;
  readonly penalty_bps: number;
  readonly waterfall: readonly Part[];
  readonly actor_id: string;
  readonly actor_role: string;
  readonly at: Date;
}

interface PlanRow {
  readonly loan_id: string;
  readonly version: number;
  readonly n: number;
  readonly amount: string;
  readonly condition: string | null;
}

/** How each version of a loan's terms parts its amount, in order; no entry for one that does not. */
export async function plansOf(
  db: Knex,
  loanId: string,
): Promise<ReadonlyMap<number, readonly PlannedDisbursement[]>> {
  const rows = await db<PlanRow>('loan_plan').where({ loan_id: loanId }).orderBy(['version', 'n']);
  const plans = new Map<number, PlannedDisbursement[]>();
  for (const { version, amount, condition } of rows)
    plans.set(version, [...(plans.get(version) ?? []), { amount: attoText(BigInt(amount)), condition }]);
  return plans;
}

/** All versions of a loan's terms, oldest first. */
export async function termsOf(db: Knex, loanId: string): Promise<TermsRow[]> {
  return db<TermsRow>('loan_terms').where({ loan_id: loanId }).orderBy('version');
}

/** The terms that count; the standard ones where none were ever written. */
export async function latestTerms(db: Knex, loanId: string): Promise<LendingTerms> {
  const row = (await termsOf(db, loanId)).at(-1);
  if (row === undefined) return STANDARD_TERMS;
  return {
    fixedBps: row.fixed_bps,
    fee: attoText(BigInt(row.fee)),
    penaltyBps: row.penalty_bps,
    waterfall: row.waterfall,
    plan: (await plansOf(db, loanId)).get(row.version) ?? [],
  };
}

/** Adds the next version of a loan's terms; the loan's lock must be held. */
export async function addTerms(
  trx: Knex.Transaction,
  loanId: string,
  terms: LendingTerms,
  actor: { readonly id: string; readonly role: string },
): Promise<void> {
  const version = (await termsOf(trx, loanId)).length + 1;
  await trx('loan_terms').insert({
    loan_id: loanId,
    version,
    fixed_bps: terms.fixedBps,
    fee: terms.fee,
    penalty_bps: terms.penaltyBps,
    waterfall: [...terms.waterfall],
    actor_id: actor.id,
    actor_role: actor.role,
  });
  const plan = terms.plan.map((one, index) => ({ loan_id: loanId, version, n: index + 1, ...one }));
  if (plan.length > 0) await trx('loan_plan').insert(plan);
}

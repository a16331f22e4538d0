/** The terms of a loan as rows: each set a version, the newest counts. */
import type { Knex } from 'knex';
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
  };
}

/** Adds the next version of a loan's terms; the loan's lock must be held. */
export async function addTerms(
  trx: Knex.Transaction,
  loanId: string,
  terms: LendingTerms,
  actor: { readonly id: string; readonly role: string },
): Promise<void> {
  const known = await termsOf(trx, loanId);
  await trx('loan_terms').insert({
    loan_id: loanId,
    version: known.length + 1,
    fixed_bps: terms.fixedBps,
    fee: terms.fee,
    penalty_bps: terms.penaltyBps,
    waterfall: [...terms.waterfall],
    actor_id: actor.id,
    actor_role: actor.role,
  });
}

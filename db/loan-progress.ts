/** Steps of many loans after the ones already told, in one query: what all open event streams together wait for. */
import type { Knex } from 'knex';
import type { StepRow } from './loan';

export type ProgressRow = StepRow & {
  /** How the loan ended, once that is known. */
  readonly outcome: string | null;
};

/** A look takes at most so many: the next one goes on from there. */
const MOST_ROWS = 2_000;

/**
 * New steps of loans.
 * @param told for each loan the `seq` after which to look
 * @returns by loan, in the order of `seq`
 */
export async function stepsAfter(db: Knex, told: ReadonlyMap<string, number>): Promise<ProgressRow[]> {
  if (told.size === 0) return [];
  const { rows } = await db.raw<{ rows: ProgressRow[] }>(
    `SELECT s.*, l.outcome FROM unnest(:ids::text[], :seqs::int[]) AS w(id, seq)
     JOIN loan_step s ON s.loan_id = w.id AND s.seq > w.seq JOIN loan l ON l.id = s.loan_id
     ORDER BY s.loan_id, s.seq LIMIT :most`,
    { ids: [...told.keys()], seqs: [...told.values()], most: MOST_ROWS },
  );
  return rows;
}

/** The last step of a loan; 0 where it has none. */
export async function lastStepOf(db: Knex, loanId: string): Promise<number> {
  const row = await db<StepRow>('loan_step').where({ loan_id: loanId }).orderBy('seq', 'desc').first('seq');
  return row?.seq ?? 0;
}

/** A person's decision on what a maker asked for a loan that runs: more money, or more time. */
import type { Knex } from 'knex';
import { recordDecision, type DecisionInput } from '../db/approval';
import { lockLoan, type LoanRow } from '../db/loan';
import { RefusalError } from '../domain/refusal';

export interface DecideAsked {
  readonly loanId: string;
  readonly decision: DecisionInput;
}

interface Asked {
  readonly approval_id: string;
  readonly state: string;
}

type Step<Row> = (trx: Knex.Transaction, loan: LoanRow, asked: Row, decision: DecisionInput) => Promise<void>;

export interface Deciding<Row extends Asked> {
  readonly rowsOf: (trx: Knex.Transaction, loanId: string) => Promise<readonly Row[]>;
  readonly grant: Step<Row>;
  readonly refuse: Step<Row>;
}

/**
 * Records the decision and, where it was the last one needed, grants or refuses what was asked, under the loan's lock.
 * Said again it changes nothing.
 * @throws RefusalError not-found, and as `recordDecision` and `grant` do
 */
export async function decideAsked<Row extends Asked>(
  trx: Knex.Transaction,
  { loanId, decision }: DecideAsked,
  { rowsOf, grant, refuse }: Deciding<Row>,
): Promise<{ readonly outcome: Awaited<ReturnType<typeof recordDecision>>; readonly asked: Row }> {
  const loan = await lockLoan(trx, loanId);
  const rows = await rowsOf(trx, loanId);
  const asked = rows.find(({ approval_id: id }) => id === decision.approvalId);
  if (asked === undefined) throw new RefusalError('not-found', 'The loan has no such approval.');
  const outcome = await recordDecision(trx, decision);
  if (asked.state === 'asked' && outcome.state === 'accepted') await grant(trx, loan, asked, decision);
  if (asked.state === 'asked' && outcome.state === 'refused') await refuse(trx, loan, asked, decision);
  return { outcome, asked };
}

/** Disbursements after the first as staff asked for them: asked once, decided once, sent once, kept. */
import type { Knex } from 'knex';

export interface DisbursementRequestRow {
  /** Also the id of its commitment. */
  readonly approval_id: string;
  readonly loan_id: string;
  readonly n: number;
  readonly amount: string;
  readonly condition: string;
  readonly evidence: string;
  readonly maker_id: string;
  readonly checker_id: string | null;
  readonly state: 'asked' | 'granted' | 'disbursed' | 'failed' | 'refused' | 'cancelled';
  readonly detail: string | null;
  readonly asked_at: Date;
  readonly closed_at: Date | null;
}

/** All requests of a loan, oldest first. */
export async function requestsOf(db: Knex, loanId: string): Promise<DisbursementRequestRow[]> {
  return db<DisbursementRequestRow>('disbursement_request')
    .where({ loan_id: loanId })
    .orderBy(['asked_at', 'approval_id']);
}

/** Keeps what a maker asks for; the loan's lock must be held. */
export async function insertRequest(
  trx: Knex.Transaction,
  asked: Omit<DisbursementRequestRow, 'state' | 'checker_id' | 'detail' | 'asked_at' | 'closed_at'>,
): Promise<void> {
  await trx('disbursement_request').insert({ ...asked, state: 'asked' });
}

/** Moves a request on; nothing where it is not in state `from`. */
export async function moveRequest(
  trx: Knex.Transaction,
  { approval_id, state: from }: Pick<DisbursementRequestRow, 'approval_id' | 'state'>,
  change: Partial<Pick<DisbursementRequestRow, 'state' | 'checker_id' | 'detail'>>,
): Promise<void> {
  const closed = change.state === 'granted' ? {} : { closed_at: trx.fn.now() };
  await trx('disbursement_request')
    .where({ approval_id, state: from })
    .update({ ...change, ...closed });
}

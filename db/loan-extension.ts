/** Extensions of a loan's maturity as rows: asked once, decided once, kept. */
import type { Knex } from 'knex';

export interface ExtensionRow {
  readonly loan_id: string;
  readonly n: number;
  readonly from_epoch: number;
  readonly to_epoch: number;
  readonly reason: string;
  readonly maker_id: string;
  readonly approval_id: string;
  readonly state: 'asked' | 'granted' | 'refused' | 'cancelled';
  readonly checker_id: string | null;
  readonly granted_epoch: number | null;
  readonly asked_at: Date;
  readonly closed_at: Date | null;
}

/** All extensions of a loan, oldest first. */
export async function extensionsOf(db: Knex, loanId: string): Promise<ExtensionRow[]> {
  return db<ExtensionRow>('loan_extension').where({ loan_id: loanId }).orderBy('n');
}

/** Keeps what a maker asks for; the loan's lock must be held. */
export async function insertExtension(
  trx: Knex.Transaction,
  asked: Pick<
    ExtensionRow,
    'loan_id' | 'n' | 'from_epoch' | 'to_epoch' | 'reason' | 'maker_id' | 'approval_id'
  >,
): Promise<void> {
  await trx('loan_extension').insert({ ...asked, state: 'asked' });
}

/** Closes an extension that was asked for; nothing where it is closed. @returns whether it was open */
export async function closeExtension(
  trx: Knex.Transaction,
  approvalId: string,
  end: Pick<ExtensionRow, 'state' | 'checker_id' | 'granted_epoch'>,
): Promise<boolean> {
  const closed = await trx('loan_extension')
    .where({ approval_id: approvalId, state: 'asked' })
    .update({ ...end, closed_at: trx.fn.now() });
  return closed === 1;
}

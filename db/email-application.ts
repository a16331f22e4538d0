/** Applications received by email: the reference that was kept, and who opened the loan from it. */
import type { Knex } from 'knex';
import { RefusalError } from '../domain/refusal';

export interface EmailReference {
  /** As in the mail's header, with its angle brackets. */
  readonly messageId: string;
  readonly subject: string;
  readonly receivedAt: Date;
  readonly content: string | null;
  /** Hex, lower case. */
  readonly attachmentSha256: string | null;
}

interface Row {
  readonly loan_id: string;
  readonly opened_by: string;
  readonly message_id: string;
  readonly subject: string;
  readonly received_at: Date;
  readonly content: string | null;
  readonly attachment_sha256: string | null;
}

function isSame(row: Row, openedBy: string, reference: EmailReference): boolean {
  return (
    row.opened_by === openedBy &&
    row.message_id === reference.messageId &&
    row.subject === reference.subject &&
    row.received_at.getTime() === reference.receivedAt.getTime() &&
    row.content === reference.content &&
    row.attachment_sha256 === reference.attachmentSha256
  );
}

/**
 * Keeps what was received, before the loan is opened from it; the same again is nothing.
 * @throws RefusalError owner-proof-used where that challenge carries another mail
 */
export async function keepEmail(
  db: Knex,
  loanId: string,
  openedBy: string,
  reference: EmailReference,
): Promise<void> {
  await db('email_application')
    .insert({
      loan_id: loanId,
      opened_by: openedBy,
      message_id: reference.messageId,
      subject: reference.subject,
      received_at: reference.receivedAt,
      content: reference.content,
      attachment_sha256: reference.attachmentSha256,
    })
    .onConflict('loan_id')
    .ignore();
  const row = await db<Row>('email_application').where({ loan_id: loanId }).first();
  if (!row || !isSame(row, openedBy, reference))
    throw new RefusalError('owner-proof-used', 'Another mail was kept for that challenge.');
}

/** Who opened a loan from an email; null where the borrower applied. */
export async function openerOf(db: Knex, loanId: string): Promise<string | null> {
  const row = await db<Row>('email_application').where({ loan_id: loanId }).first('opened_by');
  return row?.opened_by ?? null;
}

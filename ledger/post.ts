/** The only writer of postings: one journal, one round trip to ledger.post (migrations/0001_ledger.ts). */
import { DatabaseError } from 'pg';
import type { Knex } from 'knex';
import { attoText } from '../domain/money';
import type { Journal } from '../domain/posting';
import { RefusalError } from '../domain/refusal';

export interface Posted {
  readonly journalId: number;
  /** True where the same journal had been written before: nothing was changed now. */
  readonly replayed: boolean;
}

/** The journal as the database takes it; amounts as text. Its canonical JSON is what the request hash covers. */
function wire(journal: Journal): string {
  const { postings, ...rest } = journal;
  return JSON.stringify({
    ...rest,
    postings: postings.map(({ account, side, amount }) => ({
      code: account.code,
      owner: account.owner,
      side: side === 'debit' ? 'D' : 'C',
      amount: attoText(amount),
    })),
  });
}

/** A fault of the database as the refusal it stands for, or the fault itself. */
function asRefusal(error: unknown, journal: Journal): unknown {
  if (!(error instanceof DatabaseError)) return error;
  if (error.code === 'LS001')
    return new RefusalError('idempotency-key-reused', `Journal ${journal.key}: other content.`);
  if (error.constraint === 'balance_limit')
    return new RefusalError('amount-above-balance', `Journal ${journal.key} would overdraw an account.`);
  if (error.constraint === 'journal_hold_resolved_once')
    return new RefusalError('wrong-state', `Journal ${journal.key}: the hold was settled or voided already.`);
  if (error.constraint === 'journal_reversed_once')
    return new RefusalError('wrong-state', `Journal ${journal.key}: that journal was reversed already.`);
  return error;
}

/**
 * Writes a journal as part of the transaction; a second call with the same key and content changes nothing.
 * Accounts open themselves on first use. A hold has phase 'pending'; it is settled by 'post_pending' (all of it where
 * postings is empty, else at most what was held, the rest released) or voided by 'void_pending' with no postings.
 * @throws RefusalError 'idempotency-key-reused' (other content), 'amount-above-balance' (an account would cross zero),
 *   'wrong-state' (hold resolved or journal reversed before). The transaction is then aborted.
 */
export async function post(trx: Knex.Transaction, journal: Journal): Promise<Posted> {
  try {
    const result = await trx.raw<{ rows: [{ posted: Posted }] }>('SELECT ledger.post(?::jsonb) AS posted', [
      wire(journal),
    ]);
    return result.rows[0].posted;
  } catch (error) {
    throw asRefusal(error, journal);
  }
}

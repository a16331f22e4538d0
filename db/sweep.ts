import type { Knex } from 'knex';
import { attoText, type Atto } from '../domain/money';

export type SweepState = 'running' | 'swept' | 'nothing' | 'failed';

interface Row {
  readonly address: string;
  readonly n: number;
  readonly state: SweepState;
  readonly opened_by: string;
  readonly message_id: string | null;
  readonly amount: string | null;
}

/** The sweep that this asker was given, null where it was given none. */
export async function sweepOpenedBy(
  db: Knex,
  openedBy: string,
): Promise<{ n: number; state: SweepState } | null> {
  const row = await db<Row>('watch.sweep').where({ opened_by: openedBy }).first();
  return row ? { n: row.n, state: row.state } : null;
}

/**
 * Numbers the next sweep of an address; null while one runs: there is at most one. Askers wait for each other,
 * so that numbers have no gap. `state` 'nothing' notes that it was looked at and is not worth its gas.
 */
export async function openSweep(
  trx: Knex.Transaction,
  input: { readonly address: string; readonly openedBy: string; readonly state: 'running' | 'nothing' },
): Promise<number | null> {
  const { address, openedBy, state } = input;
  await trx.raw('SELECT pg_advisory_xact_lock(hashtext(?))', [`sweep/${address}`]);
  const rows = await trx<Row>('watch.sweep').where({ address }).orderBy('n', 'desc').select('n', 'state');
  if (rows.some((row) => row.state === 'running')) return null;
  const n = (rows[0]?.n ?? 0) + 1;
  await trx('watch.sweep').insert({ address, n, state, opened_by: openedBy });
  return n;
}

/** The workflow of the sweep has begun and drafts this message. */
export async function beginSweep(
  db: Knex,
  id: { readonly address: string; readonly n: number },
  messageId: string,
): Promise<void> {
  await db('watch.sweep').where({ address: id.address, n: id.n }).update({ message_id: messageId });
}

/** Ends a sweep; doing it twice is doing it once. */
export async function closeSweep(
  db: Knex,
  id: { readonly address: string; readonly n: number },
  end: { readonly state: 'swept' | 'failed'; readonly amount: Atto },
): Promise<void> {
  await db('watch.sweep')
    .where({ address: id.address, n: id.n, state: 'running' })
    .update({
      state: end.state,
      amount: attoText(end.amount),
      closed_at: db.fn.now(),
    });
}

/**
 * Addresses that got FIL, finally, after their last sweep began, and that nobody else sees to: those of loans, and
 * customers' where the arrival came while a sweep ran. `openedBy` names the asker. An address with a running sweep
 * waits for its end; a sweep that was numbered but whose workflow never began is named again after a minute.
 */
export async function unswept(
  db: Knex,
  limit: number,
): Promise<readonly { readonly address: string; readonly openedBy: string }[]> {
  const result = await db.raw<{ rows: { address: string; openedBy: string }[] }>(
    `SELECT address, opened_by AS "openedBy" FROM watch.sweep
     WHERE state = 'running' AND message_id IS NULL AND created_at < now() - interval '1 minute'
     UNION ALL
     (SELECT t.to_address, 'chain-watch/sweep-' || max(t.cid || '-' || t.idx)
     FROM watch.transfer t
     LEFT JOIN LATERAL (SELECT max(s.created_at) AS began, bool_or(s.state = 'running') AS running
       FROM watch.sweep s WHERE s.address = t.to_address) last ON true
     WHERE t.state = 'final' AND t.to_kind IN ('deposit', 'escrow', 'repayment')
       AND coalesce(t.final_at > last.began, true) AND NOT coalesce(last.running, false)
       AND (t.to_kind <> 'deposit' OR EXISTS (SELECT FROM watch.sweep s WHERE s.address = t.to_address
         AND t.final_at BETWEEN s.created_at AND s.closed_at))
     GROUP BY t.to_address ORDER BY min(t.final_at) LIMIT ?)`,
    [limit],
  );
  return result.rows;
}

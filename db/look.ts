import type { Knex } from 'knex';

interface Row {
  readonly id: number;
  readonly workflow_id: string;
}

/** Owes these workflows a `look` signal; part of the transaction that gives them something to see. */
export async function oweLooks(trx: Knex.Transaction, workflowIds: readonly string[]): Promise<void> {
  const rows = [...new Set(workflowIds)].map((workflow_id) => ({ workflow_id }));
  if (rows.length > 0) await trx('watch.look').insert(rows);
}

/** The signals owed, oldest first, at most `limit`. */
export async function owedLooks(
  db: Knex,
  limit: number,
): Promise<readonly { id: number; workflowId: string }[]> {
  const rows = await db<Row>('watch.look').orderBy('id').limit(limit);
  return rows.map((row) => ({ id: row.id, workflowId: row.workflow_id }));
}

/** Those were sent. */
export async function paidLooks(db: Knex, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await db<Row>('watch.look').whereIn('id', ids).delete();
}

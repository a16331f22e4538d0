import type { Knex } from 'knex';

/** Owes these workflows a `look` signal; part of the transaction that gives them something to see. */
export async function oweLooks(trx: Knex.Transaction, workflowIds: readonly string[]): Promise<void> {
  const rows = [...new Set(workflowIds)].map((workflow_id) => ({ workflow_id }));
  if (rows.length > 0) await trx('watch.look').insert(rows);
}

/** Workflows that are owed signals, the longest waiting first, at most `limit`; each with all that it is owed. */
export async function owedLooks(
  db: Knex,
  limit: number,
): Promise<readonly { workflowId: string; ids: readonly string[] }[]> {
  const { rows } = await db.raw<{ rows: { workflowId: string; ids: string[] }[] }>(
    `SELECT workflow_id AS "workflowId", array_agg(id::text) AS ids FROM watch.look
     GROUP BY workflow_id ORDER BY min(id) LIMIT ?`,
    [limit],
  );
  return rows;
}

/** Those were sent. */
export async function paidLooks(db: Knex, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db('watch.look').whereIn('id', ids).delete();
}

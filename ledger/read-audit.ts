import type { Knex } from 'knex';

/** One place where the books contradict themselves. */
export interface Fault {
  readonly kind: 'unbalanced journal' | 'broken account chain' | 'balance off its postings';
  /** Journal id or account id. */
  readonly id: number;
}

const AUDIT = `
  WITH line AS (
    SELECT p.*, b.normal_side, j.phase,
      CASE WHEN j.phase IN ('posted', 'post_pending') THEN p.amount ELSE 0 END AS posted
    FROM ledger.posting p JOIN ledger.journal j ON j.id = p.journal_id JOIN ledger.balance b USING (account_id)
  ), chain AS (
    SELECT account_id, account_version, balance_after,
      row_number() OVER account AS expected_version,
      sum(CASE side WHEN normal_side THEN posted ELSE -posted END) OVER account AS expected_balance
    FROM line WINDOW account AS (PARTITION BY account_id ORDER BY account_version)
  ), held AS (
    SELECT p.account_id, sum(p.amount) FILTER (WHERE p.side = 'D') AS d, sum(p.amount) FILTER (WHERE p.side = 'C') AS c
    FROM ledger.posting p JOIN ledger.journal j ON j.id = p.journal_id AND j.phase = 'pending'
      LEFT JOIN ledger.journal r ON r.pending_id = j.id WHERE r.id IS NULL GROUP BY p.account_id
  ), total AS (
    SELECT account_id, count(*) AS version, sum(posted) FILTER (WHERE side = 'D') AS d,
      sum(posted) FILTER (WHERE side = 'C') AS c FROM line GROUP BY account_id
  )
  SELECT 'unbalanced journal' AS kind, j.id FROM ledger.journal j
    LEFT JOIN ledger.posting p ON p.journal_id = j.id GROUP BY j.id
    HAVING count(p.line) < 2 OR count(p.line) <> max(p.line)
      OR sum(CASE p.side WHEN 'D' THEN p.amount ELSE -p.amount END) <> 0
  UNION ALL
  SELECT DISTINCT 'broken account chain', account_id FROM chain
    WHERE account_version <> expected_version OR balance_after <> expected_balance
  UNION ALL
  SELECT 'balance off its postings', b.account_id FROM ledger.balance b
    LEFT JOIN total t USING (account_id) LEFT JOIN held h USING (account_id)
    WHERE (b.version, b.debits_posted, b.credits_posted, b.debits_pending, b.credits_pending) IS DISTINCT FROM
      (coalesce(t.version, 0), coalesce(t.d, 0), coalesce(t.c, 0), coalesce(h.d, 0), coalesce(h.c, 0))
  ORDER BY 1, 2`;

/**
 * Recomputes every balance, chain and sum from the postings alone. Empty for sound books. It finds what an owner of the
 * database could do with the triggers switched off: a row edited, added or taken away.
 */
export async function auditLedger(db: Knex): Promise<readonly Fault[]> {
  const { rows } = await db.raw<{ rows: Fault[] }>(AUDIT);
  return rows;
}

/** What the home screen counts in the database: each a SELECT of `at`, when the thing began to wait. */
import type { Knex } from 'knex';
import { z } from 'zod';
import { LOAN_POLICY } from '../domain/loan';
import { timeOut } from './fields';

export const count = z.strictObject({ count: z.int(), oldestAt: timeOut.nullable() });

export type Waiting = z.output<typeof count>;

/** An offer of which this part is left is running out. */
const LAST_EPOCHS = Math.floor(LOAN_POLICY.offerEpochs / 10);

export const COUNTS = {
  loansToForward: `SELECT created_at AS at FROM loan WHERE state = 'preflight'`,
  loansOverdue: `SELECT coalesce((SELECT min(s.at) FROM loan_step s WHERE s.loan_id = l.id AND s.state = 'overdue'),
    l.updated_at) AS at FROM loan l WHERE l.state = 'overdue'`,
  offersEnding: `SELECT (SELECT max(s.at) FROM loan_step s WHERE s.loan_id = l.id AND s.state = 'escrow_offered') AS at
    FROM loan l, watch.cursor c WHERE l.state = 'escrow_offered' AND l.offer_deadline_epoch - c.head <= ${LAST_EPOCHS}`,
  ownersReturning: `SELECT (SELECT min(s.at) FROM loan_step s WHERE s.loan_id = l.id AND s.state = 'returning') AS at
    FROM loan l WHERE l.state = 'returning'`,
  messagesPending: `SELECT created_at AS at FROM chain.message WHERE state IN ('draft', 'signed', 'pushed', 'included')`,
  depositsPending: `SELECT seen_at AS at FROM watch.transfer WHERE state = 'seen'`,
  depositsReorged: `SELECT reorged_at AS at FROM watch.transfer WHERE state = 'orphaned'`,
  // The newest run says whether books and chain agree now.
  reconciliationBreaks: `SELECT created_at AS at FROM (SELECT * FROM watch.recon_run ORDER BY created_at DESC LIMIT 1) r
    WHERE outcome = 'broken'`,
  // Threats that nobody has acknowledged.
  collateralAlerts: `SELECT opened_at AS at FROM collateral_alert WHERE cleared_at IS NULL AND acknowledged_at IS NULL`,
  findings: `SELECT created_at AS at FROM watch.finding WHERE resolved_at IS NULL`,
  freezes: `SELECT frozen_at AS at FROM freezes WHERE lifted_at IS NULL`,
  sendersFrozen: `SELECT (SELECT max(m.created_at) FROM chain.message m WHERE m.from_address = s.address) AS at
    FROM chain.sender s WHERE s.mode <> 'active'`,
} as const;

/** Counts the rows of a SELECT of `at`, with the oldest. */
export async function counted(
  knex: Knex,
  sql: string,
  bindings: Readonly<Record<string, string | readonly string[]>> = {},
): Promise<Waiting> {
  const { rows } = await knex.raw<{ rows: { n: number; oldest: Date | null }[] }>(
    `SELECT count(*) AS n, min(at) AS oldest FROM (${sql}) AS waiting`,
    bindings as Knex.ValueDict,
  );
  return { count: rows[0]?.n ?? 0, oldestAt: rows[0]?.oldest?.toISOString() ?? null };
}

/** All of COUNTS. */
export async function deskCounts(knex: Knex): Promise<Record<keyof typeof COUNTS, Waiting>> {
  const all: Partial<Record<keyof typeof COUNTS, Waiting>> = {};
  const names = Object.keys(COUNTS) as (keyof typeof COUNTS)[];
  for (const name of names) all[name] = await counted(knex, COUNTS[name]);
  return all as Record<keyof typeof COUNTS, Waiting>;
}

/** What moved on accounts over a period, and what positions were worth at its ends; from journals alone. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Knex } from 'knex';
import { claimOf } from '../domain/pool';
import { RefusalError } from '../domain/refusal';
import { valueOfShares } from '../domain/share';
import {
  withBalances,
  type Now,
  type Period,
  type PositionSection,
  type Statement,
  type StatementLine,
  type StatementSection,
} from '../domain/statement';
import { mustReadPool, type PoolRecord } from '../db/pool';

/** More lines make no document that anybody reads. */
const MOST_LINES = 5_000;

interface Extent {
  readonly period: Period;
  readonly most: number;
}

const keyOf = ({ by }: Period): string => (by === 'time' ? 'j.booked_at' : 'j.booked_epoch');

/** How long a statement waits for what is being booked, and how often it looks. */
const PATIENCE_MS = 10_000;
const LOOK_MS = 20;

const WRITERS = `SELECT backend_xid FROM pg_stat_activity
  WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()`;

/**
 * The database's clock and the head it knows, once all that was booked before is there to be read: what was under way
 * at that moment is waited for (migration 0041).
 * @throws RefusalError service-unavailable where that takes too long
 */
export async function statementNow(db: Knex, patienceMs = PATIENCE_MS): Promise<Now> {
  const { rows } = await db.raw<{ rows: [Now & { readonly writers: readonly string[] }] }>(
    `SELECT now() AS time, epoch, ARRAY(SELECT w.backend_xid::text FROM (${WRITERS}) AS w) AS writers
     FROM ledger.chain_head WHERE id = 1`,
  );
  const [{ time, epoch, writers }] = rows;
  const until = performance.now() + patienceMs;
  while (await anyOf(db, writers)) {
    if (performance.now() >= until)
      throw new RefusalError('service-unavailable', 'Something is being booked just now. Ask again later.');
    await delay(LOOK_MS);
  }
  return { time, epoch };
}

async function anyOf(db: Knex, writers: readonly string[]): Promise<boolean> {
  if (writers.length === 0) return false;
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `SELECT FROM (${WRITERS}) AS w WHERE w.backend_xid::text = ANY (?) LIMIT 1`,
    [[...writers]],
  );
  return rows.length > 0;
}

type LineRow = Omit<StatementLine, 'change' | 'balance' | 'bookedAt'> & {
  readonly change: string;
  readonly bookedAt: Date;
};

/** Accounts as a condition on `a` (ledger.account), with its bindings. */
interface Of {
  readonly where: string;
  readonly id: string;
}

const MOVED = `
  FROM ledger.account a JOIN ledger.posting p ON p.account_id = a.id JOIN ledger.journal j ON j.id = p.journal_id
    JOIN ledger.chart c ON c.code = a.code
  WHERE j.phase IN ('posted', 'post_pending')`;
const CHANGE = 'CASE WHEN p.side = c.normal_side THEN p.amount ELSE -p.amount END';

async function sumBefore(db: Knex, of: Of, period: Period, edge: 'from' | 'to'): Promise<bigint> {
  const { rows } = await db.raw<{ rows: [{ sum: string }] }>(
    `SELECT coalesce(sum(${CHANGE}), 0) AS sum ${MOVED} AND ${of.where} AND ${keyOf(period)} < :edge`,
    { id: of.id, edge: period[edge] },
  );
  return BigInt(rows[0].sum);
}

/** A line each journal, or one for all accruals of a day (UTC), where the first of them stands: a pool has one a minute. */
const LINE_OF = {
  journal: 'j.id',
  day: `CASE j.kind WHEN 'accrual' THEN -floor(extract(epoch FROM j.booked_at) / 86400)::bigint ELSE j.id END`,
} as const;

async function linesOf(
  db: Knex,
  of: Of,
  { period, most }: Extent,
  by: keyof typeof LINE_OF,
): Promise<LineRow[]> {
  const key = keyOf(period);
  const { rows } = await db.raw<{ rows: LineRow[] }>(
    `SELECT min(j.id) AS "journalId", max(j.id) AS "lastJournalId", count(DISTINCT j.id)::int AS journals,
       min(j.kind) AS kind, min(j.booked_at) AS "bookedAt", min(j.booked_epoch) AS "bookedEpoch",
       max(j.effective_epoch) AS "effectiveEpoch", (array_agg(j.workflow_id ORDER BY j.id))[1] AS "workflowId",
       min(j.approval_id) AS "approvalId", min(j.message_cid) AS "messageCid", sum(${CHANGE}) AS change
     ${MOVED} AND ${of.where} AND ${key} >= :from AND ${key} < :to
     GROUP BY ${LINE_OF[by]} ORDER BY min(${key}), min(j.id) LIMIT :most`,
    { id: of.id, from: period.from, to: period.to, most: most + 1 },
  );
  return rows;
}

async function section(db: Knex, account: string, of: Of, extent: Extent): Promise<StatementSection> {
  const { period, most } = extent;
  const each = await linesOf(db, of, extent, 'journal');
  const rows = each.length > most ? await linesOf(db, of, extent, 'day') : each;
  if (rows.length > most)
    throw new RefusalError('statement-too-long', `${account} has more than ${most} lines in this period.`);
  const lines = rows.map((row) => ({
    ...row,
    bookedAt: row.bookedAt.toISOString(),
    change: BigInt(row.change),
  }));
  return { account, ...withBalances(await sumBefore(db, of, period, 'from'), lines) };
}

const owned = (code: string, id: string): Of => ({ where: `a.code = '${code}' AND a.owner = :id`, id });

interface Edge {
  readonly pool: PoolRecord['pool'];
  readonly journalId: number | null;
}

/**
 * The pool's claim and shares before an edge of the period. The claim is what its depositors' account held; the shares
 * are those of now less what came since, so that it costs what happened since and not what there is.
 */
async function poolAt(db: Knex, record: PoolRecord, period: Period, edge: 'from' | 'to'): Promise<Edge> {
  const claim = await sumBefore(db, owned('pool.depositors', record.id), period, edge);
  const { rows } = await db.raw<{ rows: [{ since: string; journal: number | null }] }>(
    `SELECT coalesce((SELECT sum(e.shares - coalesce(b.shares, 0)) FROM ledger.journal j
         JOIN position_event e ON e.journal_id = j.id JOIN position t ON t.token_id = e.token_id
         LEFT JOIN position_event b ON b.token_id = e.token_id AND b.seq = e.seq - 1
         WHERE j.pool_id = :id AND t.pool_id = :id AND ${keyOf(period)} >= :edge), 0) AS since,
       (SELECT max(j.id) FROM ledger.journal j WHERE j.pool_id = :id AND ${keyOf(period)} < :edge) AS journal`,
    { id: record.id, edge: period[edge] },
  );
  const shares = record.pool.shares - BigInt(rows[0].since);
  // A pool with that claim and these shares: all that the worth of a position depends on.
  const pool = { ...record.pool, shares, cash: record.pool.cash + claim - claimOf(record.pool) };
  return { pool, journalId: rows[0].journal };
}

interface PositionRow {
  readonly token_id: number;
  readonly pool_id: string;
  readonly opening: string;
  readonly closing: string;
  readonly paid_in: string;
  readonly paid_out: string;
}

/** Shares of each position at both edges, and what its journals moved in between. */
async function positionRows(db: Knex, customerId: string, period: Period): Promise<PositionRow[]> {
  const key = keyOf(period);
  const sharesBefore = (edge: string) => `coalesce((SELECT e.shares FROM position_event e
      JOIN ledger.journal j ON j.id = e.journal_id WHERE e.token_id = t.token_id AND ${key} < :${edge}
      ORDER BY e.seq DESC LIMIT 1), 0)`;
  const moved = (side: string) => `coalesce((SELECT sum(p.amount) FROM position_event e
      JOIN ledger.journal j ON j.id = e.journal_id JOIN ledger.posting p ON p.journal_id = j.id AND p.side = '${side}'
      JOIN ledger.account a ON a.id = p.account_id AND a.code = 'pool.depositors'
      WHERE e.token_id = t.token_id AND ${key} >= :from AND ${key} < :to), 0)`;
  const { rows } = await db.raw<{ rows: PositionRow[] }>(
    `SELECT t.token_id, t.pool_id, ${sharesBefore('from')} AS opening, ${sharesBefore('to')} AS closing,
       ${moved('C')} AS paid_in, ${moved('D')} AS paid_out
     FROM position t WHERE t.customer_id = :customerId ORDER BY t.token_id`,
    { customerId, from: period.from, to: period.to },
  );
  return rows;
}

async function positionsOf(db: Knex, customerId: string, period: Period): Promise<PositionSection[]> {
  const rows = await positionRows(db, customerId, period);
  const edges = new Map<string, { readonly from: Edge; readonly to: Edge }>();
  for (const id of new Set(rows.map((row) => row.pool_id))) {
    const record = await mustReadPool(db, id);
    edges.set(id, {
      from: await poolAt(db, record, period, 'from'),
      to: await poolAt(db, record, period, 'to'),
    });
  }
  const told = rows.flatMap((row): PositionSection[] => {
    const at = edges.get(row.pool_id);
    if (at === undefined || (row.opening === '0' && row.closing === '0' && row.paid_in === '0')) return [];
    const opening = valueOfShares(at.from.pool, BigInt(row.opening));
    const closing = valueOfShares(at.to.pool, BigInt(row.closing));
    const [paidIn, paidOut] = [BigInt(row.paid_in), BigInt(row.paid_out)];
    return [
      {
        ...{ tokenId: row.token_id, poolId: row.pool_id, opening, paidIn, paidOut, closing },
        earned: closing - opening - paidIn + paidOut,
        ...{ openingJournalId: at.from.journalId, closingJournalId: at.to.journalId },
      },
    ];
  });
  return told;
}

/** All reads of a statement see one moment. */
const AT_ONCE = { isolationLevel: 'repeatable read', readOnly: true } as const;

/** What a customer had at hand and in pools. @throws RefusalError statement-too-long */
export async function customerStatement(
  db: Knex,
  id: string,
  period: Period,
  most = MOST_LINES,
): Promise<Statement> {
  return db.transaction(async (trx) => {
    const available = await section(trx, 'customer.available', owned('customer.available', id), {
      period,
      most,
    });
    const positions = await positionsOf(trx, id, period);
    return { subject: { kind: 'customer', id }, period, sections: [available], positions };
  }, AT_ONCE);
}

/** Whose a pool was and where it lay: depositors, loss reserve, interest owed, principal lent. */
export async function poolStatementOver(
  db: Knex,
  id: string,
  period: Period,
  most = MOST_LINES,
): Promise<Statement> {
  const lent = { where: `a.code = 'loan.principal' AND j.pool_id = :id`, id };
  return db.transaction(async (trx) => {
    await mustReadPool(trx, id);
    const sections = [
      await section(trx, 'pool.depositors', owned('pool.depositors', id), { period, most }),
      await section(trx, 'pool.reserve', owned('pool.reserve', id), { period, most }),
      await section(trx, 'pool.interest', owned('pool.interest', id), { period, most }),
      await section(trx, 'loan.principal', lent, { period, most }),
    ];
    return { subject: { kind: 'pool', id }, period, sections, positions: [] };
  }, AT_ONCE);
}

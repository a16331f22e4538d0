/** What must hold when the loans are over: of the database, the books and the chain. Durations are no check. */
import type { Knex } from 'knex';
import { identity, trialBalance } from '../../ledger/read';
import { auditLedger } from '../../ledger/read-audit';
import { waitFor } from '../../stack/wait';
import { textOf } from '../demo/http';
import { poolDifferences } from '../demo/oracle';
import type { Ended } from './loan-play';
import { openSite, type Site } from './loan-site';

/** By name what was seen; '' where it is as it must be. */
export type Faults = Readonly<Record<string, string>>;

const RECONCILED_MS = 10 * 60_000;
const SETTLED_MS = 5 * 60_000;

async function text(db: Knex, sql: string): Promise<string> {
  const { rows } = await db.raw<{ rows: { found: string | null }[] }>(sql);
  return rows[0]?.found ?? '';
}

/** Nonces of each sender: 0, 1, 2… one slot each, and the next one follows. */
const GAPS = `
  SELECT string_agg(s.address, ', ') AS found FROM chain.sender s
  LEFT JOIN LATERAL (SELECT count(*) AS slots, coalesce(max(nonce), -1) AS top, coalesce(min(nonce), 0) AS least
    FROM chain.nonce_slot n WHERE n.sender = s.address) n ON true
  WHERE n.slots <> n.top + 1 OR n.least <> 0 OR s.next_nonce <> n.top + 1`;
const DEADLOCKS = `
  SELECT nullif(deadlocks, 0)::text AS found FROM pg_stat_database WHERE datname = current_database()`;
const OPEN_MESSAGES = `
  SELECT string_agg(id || ' is ' || state, ', ') AS found FROM chain.message WHERE state <> 'final'`;
const OPEN_LOANS = `
  SELECT string_agg(id || ' is ' || state, ', ') AS found FROM loan WHERE state NOT IN ('closed', 'rejected')`;
const OVERSOLD = `
  SELECT string_agg(epoch::text, ', ') AS found FROM pool_point WHERE cash < 0 OR debt + committed > claim + reserve`;

async function reconciled(before: Site): Promise<string> {
  // staff who wait for long are signed out
  const site = await openSite(before.info);
  try {
    const [team] = site.staff;
    if (team === undefined) return 'nobody is signed in';
    const id = textOf((await team.treasurer.post('/admin/v1/reconciliations', {}))['id']);
    const row = await waitFor(() => team.auditor.get(`/admin/v1/reconciliations/${id}`), {
      what: 'the reconciliation with the chain',
      timeoutMs: RECONCILED_MS,
      everyMs: 1_000,
    });
    return row['outcome'] === 'matched' ? '' : JSON.stringify(row).slice(0, 2_000);
  } finally {
    await site.close();
  }
}

/** What is still under way once the platform has had time to end its own work, such as a last sweep; '' for nothing. */
async function unsettled(db: Knex): Promise<string> {
  const still = (): Promise<string> => text(db, OPEN_MESSAGES);
  try {
    return await waitFor(async () => ((await still()) === '' ? '' : undefined), {
      what: 'all messages to be final',
      timeoutMs: SETTLED_MS,
      everyMs: 1_000,
    });
  } catch {
    return still();
  }
}

/** Looks at everything; so many loans should be closed, so many refused for want of cash. */
export async function findFaults(
  site: Site,
  ended: readonly Ended[],
  expected: { readonly closed: number; readonly refused: number },
): Promise<Faults> {
  const { owner } = site;
  const closed = ended.filter((end) => end === 'closed').length;
  // first: what is under way still moves the books
  const open = await unsettled(owner);
  const { balanced } = await trialBalance(owner);
  return {
    'the pool’s cash is promised once':
      closed === expected.closed && ended.length === closed + expected.refused
        ? ''
        : `${closed} of ${ended.length} closed`,
    'no deadlock in Postgres': await text(owner, DEADLOCKS),
    'nonces dense per sender': await text(owner, GAPS),
    'every message final': open,
    'every loan at its end': await text(owner, OPEN_LOANS),
    'never more lent than held': await text(owner, OVERSOLD),
    'pool equals the oracle': (await poolDifferences(owner)).join('; '),
    'ledger audit': (await auditLedger(owner)).map((fault) => JSON.stringify(fault)).join('; '),
    'trial balance zero': balanced ? '' : 'out of balance',
    'identity of design 4': (await identity(owner)).holds ? '' : 'broken',
    'reconciliation matched': await reconciled(site),
  };
}

/**
 * Postings a second: durable journals of two postings through ledger.post, beside pgbench TPC-B in the same minute on
 * the same server, in turns. Accounts are funded, journals move between two at random, or all to one (the hot account).
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKnex } from '../../db/knex';
import { atto, coins } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { post } from '../../ledger/post';
import { auditLedger } from '../../ledger/read-audit';
import type { Figures } from '../bench';
import { openBenchDatabase, type BenchDatabase } from './database';
import { median, round } from './machine';
import { findPgbench, initialiseTpcB, runPgbench, type PgbenchRun } from './pgbench';

const ACCOUNTS = 50_000;
const SCALE = 50;
const ROUNDS = 5;
const SECONDS = 5;
const CLIENTS = [2, 8];

const WORKLOADS = ['tpc-b', 'post', 'post, hot account', 'post() from node'] as const;
type Workload = (typeof WORKLOADS)[number];
type Run = PgbenchRun & { readonly workload: Workload; readonly round: number };

/** A journal in pgbench's language, between customers :a and :b, or to the pool where `hot`. */
const script = (hot: boolean): string => `
\\set a random(1, ${ACCOUNTS})
\\set b random(1, ${ACCOUNTS})
SELECT ledger.post(jsonb_build_object('key', gen_random_uuid(), 'kind', 'bench', 'asset', 'FIL', 'effectiveEpoch', 1,
  'workflowId', 'bench', 'postings', jsonb_build_array(
    jsonb_build_object('code', 'customer.available', 'owner', 'c-' || :a::int, 'side', 'D', 'amount', '1'),
    ${
      hot
        ? `jsonb_build_object('code', 'pool.depositors', 'owner', 'p', 'side', 'C', 'amount', '1')`
        : `jsonb_build_object('code', 'customer.available', 'owner', 'c-' || :b::int, 'side', 'C', 'amount', '1')`
    })));
`;

const FUNDED_AT_ONCE = 2_000;
const FUND = `
  SELECT count(ledger.post(jsonb_build_object('key', 'fund/' || n, 'kind', 'deposit', 'asset', 'FIL',
    'effectiveEpoch', 1, 'workflowId', 'bench', 'postings', jsonb_build_array(
      jsonb_build_object('code', 'custody.deposit', 'owner', 'f-' || n, 'side', 'D', 'amount', :amount::text),
      jsonb_build_object('code', 'customer.available', 'owner', 'c-' || n, 'side', 'C', 'amount', :amount::text)))))
  FROM generate_series(:first::int, :last::int) AS n`;

async function fund(ownerUrl: string): Promise<void> {
  const knex = makeKnex(ownerUrl, { poolMax: 1 });
  try {
    for (let first = 1; first <= ACCOUNTS; first += FUNDED_AT_ONCE) {
      await knex.raw(FUND, { first, last: first + FUNDED_AT_ONCE - 1, amount: coins(1000n).toString() });
    }
    await knex.raw('VACUUM ANALYZE');
  } finally {
    await knex.destroy();
  }
}

/** The same journal as workers write it: a transaction each, over knex. */
async function fromNode(appUrl: string, clients: number): Promise<PgbenchRun> {
  const knex = makeKnex(appUrl, { poolMax: clients });
  const customer = (): string => `c-${1 + Math.floor(Math.random() * ACCOUNTS)}`;
  const until = Date.now() + SECONDS * 1000;
  let done = 0;
  const client = async (): Promise<void> => {
    while (Date.now() < until) {
      await knex.transaction((trx) =>
        post(trx, {
          key: randomUUID(),
          kind: 'bench',
          asset: 'FIL',
          effectiveEpoch: 1,
          workflowId: 'bench',
          postings: [
            debit('customer.available', customer(), atto(1n)),
            credit('customer.available', customer(), atto(1n)),
          ],
        }),
      );
      done += 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: clients }, client));
    return { clients, perSecond: round(done / SECONDS), latencyMs: round((SECONDS * 1000 * clients) / done) };
  } finally {
    await knex.destroy();
  }
}

async function measure(database: BenchDatabase, pgbench: string | null, folder: string): Promise<Run[]> {
  const runs: Run[] = [];
  const files = { post: join(folder, 'post.sql'), hot: join(folder, 'hot.sql') };
  writeFileSync(files.post, script(false));
  writeFileSync(files.hot, script(true));
  if (pgbench !== null) await initialiseTpcB(pgbench, database.ownerUrl, SCALE);
  for (let turn = 1; turn <= ROUNDS; turn += 1) {
    for (const clients of CLIENTS) {
      const note = (workload: Workload, run: PgbenchRun): void => {
        runs.push({ round: turn, workload, ...run });
        console.error(`round ${turn}, ${clients} clients, ${workload}: ${round(run.perSecond)}/s`);
      };
      if (pgbench !== null) {
        const settings = { clients, seconds: SECONDS };
        note('tpc-b', await runPgbench(pgbench, database.ownerUrl, settings));
        note('post', await runPgbench(pgbench, database.appUrl, { ...settings, file: files.post }));
        note(
          'post, hot account',
          await runPgbench(pgbench, database.appUrl, { ...settings, file: files.hot }),
        );
      }
      note('post() from node', await fromNode(database.appUrl, clients));
    }
  }
  return runs;
}

/** Medians over the rounds; the ratio is taken within each round, since what else the machine does comes and goes. */
function summarise(runs: readonly Run[]): Record<string, unknown> {
  const of = (workload: Workload, clients: number): Run[] =>
    runs.filter((run) => run.workload === workload && run.clients === clients);
  const told = (workload: Workload, clients: number): object | undefined => {
    const each = of(workload, clients);
    if (each.length === 0) return undefined;
    const journals = median(each.map(({ perSecond }) => perSecond));
    const ratios = of('tpc-b', clients).flatMap((base) =>
      each.filter((run) => run.round === base.round).map((run) => run.perSecond / base.perSecond),
    );
    return {
      journalsPerSecond: round(journals),
      postingsPerSecond: round(2 * journals),
      ratioToTpcB: ratios.length === 0 ? null : round(median(ratios)),
    };
  };
  return Object.fromEntries(
    CLIENTS.map((clients) => [
      `${clients} clients`,
      Object.fromEntries(WORKLOADS.map((workload) => [workload, told(workload, clients)])),
    ]),
  );
}

export async function ledger(): Promise<Figures> {
  const pgbench = findPgbench();
  const database = await openBenchDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-bench-'));
  const owner = makeKnex(database.ownerUrl, { poolMax: 1 });
  try {
    await fund(database.ownerUrl);
    const runs = await measure(database, pgbench, folder);
    const faults = await auditLedger(owner);
    if (faults.length > 0)
      throw new Error(`the books are unsound after the bench: ${JSON.stringify(faults[0])}`);
    const { rows } = await owner.raw<{ rows: [{ bytes: number; journals: number }] }>(
      `SELECT (pg_total_relation_size('ledger.journal') + pg_total_relation_size('ledger.posting'))::bigint AS bytes,
         (SELECT count(*) FROM ledger.journal) AS journals`,
    );
    return {
      what: `Durable two-posting journals a second beside pgbench TPC-B (scale ${SCALE}), medians of ${ROUNDS} rounds of ${SECONDS} s`,
      figures: {
        postgres: database.version,
        pgbench: pgbench ?? 'not found: no TPC-B to compare with',
        accounts: 2 * ACCOUNTS,
        ...summarise(runs),
        bytesPerJournal: Math.round(rows[0].bytes / rows[0].journals),
        audit: 'sound',
      },
      runs,
    };
  } finally {
    await owner.destroy();
    rmSync(folder, { recursive: true, force: true });
    await database.close();
  }
}

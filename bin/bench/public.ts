/**
 * /public/v1 under 200 requests at once, against a real API process whose pool changes every second; /healthz and a
 * static file of the same process, in turns, are the reference.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { makeKnex } from '../../db/knex';
import { advancePool } from '../../ledger/pool';
import { startChild } from '../../stack/child';
import { plainEnvironment } from '../../stack/environment';
import type { Figures } from '../bench';
import { openBenchDatabase, type BenchDatabase } from './database';
import { median, round } from './machine';
import { fillPool, POOL, setClock } from './queue-pool';

const AT_ONCE = 200;
const ROUNDS = 25;
const DEPOSITORS = 10_000;
/** A year of points, one each ten minutes. */
const POINTS = 52_560;
const POINT_EPOCHS = 20;
const ROOT = join(__dirname, '..', '..');

const TARGETS = [
  ['figures', '/public/v1/figures'],
  ['figures, known (304)', '/public/v1/figures'],
  ['series of 168 hours', '/public/v1/pools/flexible/series?every=hour&limit=168'],
  ['comparisons', '/public/v1/comparisons'],
  ['reference: /healthz', '/healthz'],
  ['reference: a static file of 2 kB', '/assets/static.js'],
] as const;
type Target = (typeof TARGETS)[number][0];

/** Points of the past, so that a series has something to look through. */
async function makePast(owner: Knex): Promise<number> {
  const now = POINTS * POINT_EPOCHS;
  await owner.raw(
    `INSERT INTO pool_point SELECT p.id, n * :each::bigint, 0.5935e27, 0.089e27, 0.0475e27, 100000e18, 59350e18,
       40650e18, 0, n, 1 FROM pool p, generate_series(1, :points::int) AS n WHERE p.id = :poolId`,
    { each: POINT_EPOCHS, points: POINTS, poolId: POOL },
  );
  await owner('watch.network').insert({ name: 'bench', genesis_time: 1_598_306_400, epoch_seconds: 30 });
  await setClock(owner, now);
  await owner.raw('VACUUM ANALYZE');
  return now;
}

async function startApi(database: BenchDatabase, folder: string) {
  mkdirSync(join(folder, 'ui', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'ui', 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'ui', 'assets', 'static.js'), `// ${'x'.repeat(2_000)}\n`);
  const child = startChild({
    name: 'api',
    command: process.execPath,
    args: ['--import', 'tsx', join(ROOT, 'api', 'main.ts')],
    cwd: ROOT,
    env: {
      ...plainEnvironment(),
      ...{ LOANSTONE_ENV: 'development', LOG_LEVEL: 'warn', DATABASE_URL: database.appUrl },
      // Nothing that is asked for here needs the engine.
      ...{ TEMPORAL_ADDRESS: '127.0.0.1:1', API_PORT: '0', PUBLIC_URL: 'http://127.0.0.1' },
      ...{ ADMIN_UI_DIR: join(folder, 'ui'), CUSTOMER_DATA_KEY: 'ab'.repeat(32), TRUST_PROXY: '1' },
    },
    logFile: join(folder, 'api.log'),
  });
  const { url } = await child.firstJson('ready', 60_000);
  return { child, url: String(url) };
}

interface Reply {
  readonly ms: number;
  readonly status: number;
  readonly etag: string;
}

/** One request by the n-th caller, timed to the last byte of its answer. */
function call(agent: Agent, url: URL, n: number, tag: string): Promise<Reply> {
  const headers = { 'x-forwarded-for': `198.51.100.${n}`, ...(tag === '' ? {} : { 'if-none-match': tag }) };
  const start = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    request(url, { agent, headers }, (answer) => {
      answer.resume();
      answer.once('error', reject);
      answer.once('end', () => {
        const ms = Number(process.hrtime.bigint() - start) / 1e6;
        resolve({ ms, status: answer.statusCode ?? 0, etag: answer.headers.etag ?? '' });
      });
    })
      .once('error', reject)
      .end();
  });
}

interface Run {
  readonly target: Target;
  readonly ms: readonly number[];
  readonly seconds: number;
}

async function crowd(agent: Agent, base: string, [target, path]: (typeof TARGETS)[number]): Promise<Run> {
  const url = new URL(path, base);
  const known = target.includes('304') ? (await call(agent, url, 1, '')).etag : '';
  const since = performance.now();
  const replies = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => call(agent, url, n, known)));
  const wrong = replies.find(({ status }) => status !== 200 && status !== 304);
  if (wrong) throw new Error(`${path} answered ${wrong.status}`);
  return { target, ms: replies.map(({ ms }) => ms), seconds: (performance.now() - since) / 1000 };
}

const quantile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;

function summarise(runs: readonly Run[]): Record<string, unknown> {
  const all = (target: Target): number[] =>
    runs.filter((run) => run.target === target).flatMap(({ ms }) => ms);
  const base = quantile(all('reference: /healthz'), 0.99);
  const told = TARGETS.map(([target]) => {
    const ms = all(target);
    const own = runs.filter((run) => run.target === target);
    return [
      target,
      {
        p50Ms: round(quantile(ms, 0.5)),
        p99Ms: round(quantile(ms, 0.99)),
        p99ToHealthz: round(quantile(ms, 0.99) / base),
        requestsPerSecond: Math.round(AT_ONCE / median(own.map(({ seconds }) => seconds))),
      },
    ];
  });
  return Object.fromEntries(told) as Record<string, unknown>;
}

/** An epoch booked each second, as accrual would, until it is told to stop. */
function keepBooking(app: Knex, from: number): () => Promise<void> {
  let [epoch, stopped] = [from, false];
  let wake = (): void => undefined;
  const running = (async () => {
    while (!stopped) {
      epoch += 1;
      const origin = { workflowId: 'accrual', key: `accrual/${epoch}` };
      await app.transaction((trx) => advancePool(trx, POOL, epoch, origin));
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, 1_000);
      });
    }
  })();
  return async () => {
    stopped = true;
    wake();
    await running;
  };
}

async function measure(url: string): Promise<Run[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const runs: Run[] = [];
  try {
    for (let turn = 0; turn <= ROUNDS; turn += 1)
      for (const target of TARGETS) {
        const run = await crowd(agent, url, target);
        // The first turn opens the connections.
        if (turn > 0) runs.push(run);
      }
  } finally {
    agent.destroy();
  }
  return runs;
}

export async function publicApi(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-bench-api-'));
  const database = await openBenchDatabase();
  const owner = makeKnex(database.ownerUrl, { poolMax: 1 });
  try {
    await fillPool(owner, DEPOSITORS);
    const now = await makePast(owner);
    const { child, url } = await startApi(database, folder);
    const stopBooking = keepBooking(owner, now);
    const runs = await measure(url).finally(async () => {
      await stopBooking();
      await child.stop();
    });
    return {
      what: `${AT_ONCE} requests at once to one API process, ${ROUNDS} times each in turns; an epoch booked each second`,
      figures: {
        postgres: database.version,
        ...{ depositors: DEPOSITORS, points: POINTS },
        ...summarise(runs),
      },
      runs: runs.map(({ target, ms, seconds }) => ({
        ...{
          target,
          seconds: round(seconds),
          p50Ms: round(quantile(ms, 0.5)),
          p99Ms: round(quantile(ms, 0.99)),
        },
      })),
    };
  } finally {
    await owner.destroy();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

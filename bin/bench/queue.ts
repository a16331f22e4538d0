/**
 * The redemption queue with 100,000 requests: to place one, to look up a place, to pay all of them; beside as many
 * plain ledger journals, a transaction for as many of them as the queue pays in one.
 */
import type { Knex } from 'knex';
import { makeKnex } from '../../db/knex';
import { placeOf, readQueue, readRedemption } from '../../db/redemption';
import { atto, coins } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { auditLedger } from '../../ledger/read-audit';
import { bookRepayment } from '../../ledger/loan';
import { post } from '../../ledger/post';
import { fillQueue, FILLS_A_RUN, placeRedemption } from '../../ledger/redemption';
import type { Figures } from '../bench';
import { openBenchDatabase } from './database';
import { median, round } from './machine';
import { fillPool, HOT, LOAN, POOL, REPAYMENT, setClock } from './queue-pool';

const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 100_000);
const SAMPLE = Math.min(500, Math.floor(REQUESTS / 4));
/** The first ones warm up code and caches. */
const WARM_UP = Math.min(100, SAMPLE);
const LOOKS = 300;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

/** Every customer asks for everything, in the order of their positions. */
async function askAll(app: Knex): Promise<void> {
  await app.raw(
    `INSERT INTO redemption (id, customer_id, token_id, workflow_id)
     SELECT 'r' || n, customer_id, token_id, 'redemption/r' || n
     FROM (SELECT *, row_number() OVER (ORDER BY token_id) AS n FROM position WHERE pool_id = ?) AS p`,
    [POOL],
  );
}

async function placeAll(app: Knex): Promise<number[]> {
  const took: number[] = [];
  for (let n = 1; n <= REQUESTS; n += 1) {
    took.push(await timed(() => app.transaction((trx) => placeRedemption(trx, `r${n}`))));
    if (n % 10_000 === 0) console.error(`placed ${n}`);
  }
  return took;
}

/** Looking up the place of `LOOKS` requests spread over the first `among` of the queue, reading the request included. */
async function look(app: Knex, among: number): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < LOOKS; i += 1) {
    const id = `r${1 + Math.floor((i * among) / LOOKS)}`;
    took.push(await timed(async () => placeOf(app, await readRedemption(app, id))));
  }
  return took;
}

/** The whole loan comes back at once; then the queue is paid, run by run. */
async function payAll(app: Knex): Promise<{ readonly ms: number; readonly runs: number[] }> {
  await app.transaction((trx) =>
    bookRepayment(trx, {
      ...{
        loanId: LOAN,
        borrowerId: 'borrower',
        amount: coins(100_001n),
        includedEpoch: 8,
        executedEpoch: 9,
        messageCid: 'bench',
      },
      ...{ custody: REPAYMENT, source: 'direct', key: `loan/${LOAN}/repay`, workflowId: `loan/${LOAN}` },
    }),
  );
  const runs: number[] = [];
  for (let more = true; more;) {
    const origin = { workflowId: 'accrual', key: `accrual/${runs.length}` };
    runs.push(await timed(async () => (more = await app.transaction((trx) => fillQueue(trx, POOL, origin)))));
    if (runs.length % 50 === 0) console.error(`paid ${runs.length * FILLS_A_RUN}`);
  }
  return { ms: runs.reduce((sum, ms) => sum + ms, 0), runs };
}

/** As many journals of two postings, and nothing else, as a run pays requests; from one account to many. */
async function plainJournals(app: Knex, count: number): Promise<number> {
  const owner = { code: 'customer.available', owner: 'reference' } as const;
  await app.transaction((trx) =>
    post(trx, {
      ...{ key: 'reference', kind: 'bench', asset: 'FIL', effectiveEpoch: 8, workflowId: 'bench' },
      postings: [debit(HOT.code, HOT.owner, coins(1n)), credit(owner.code, owner.owner, coins(1n))],
    }),
  );
  return timed(async () => {
    for (let done = 0; done < count; done += FILLS_A_RUN)
      await app.transaction(async (trx) => {
        for (let n = done; n < Math.min(count, done + FILLS_A_RUN); n += 1)
          await post(trx, {
            ...{ key: `reference/${n}`, kind: 'bench', asset: 'FIL', effectiveEpoch: 8, workflowId: 'bench' },
            postings: [
              debit(owner.code, owner.owner, atto(1n)),
              credit('customer.available', `reference/${n}`, atto(1n)),
            ],
          });
      });
  });
}

async function check(app: Knex): Promise<void> {
  const marks = await readQueue(app, POOL);
  const { rows } = await app.raw<{ rows: [{ paid: number; shares: string }] }>(
    `SELECT (SELECT count(*)::int FROM redemption WHERE state = 'paid') AS paid, shares FROM pool WHERE id = ?`,
    [POOL],
  );
  const faults = await auditLedger(app);
  if (marks.waiting !== 0 || rows[0].paid !== REQUESTS + 1 || rows[0].shares !== '0')
    throw new Error(`the queue did not drain: ${JSON.stringify({ ...rows[0], waiting: marks.waiting })}`);
  if (faults.length > 0) throw new Error(`the ledger is not sound: ${JSON.stringify(faults.slice(0, 3))}`);
}

export async function queue(): Promise<Figures> {
  const database = await openBenchDatabase();
  const owner = makeKnex(database.ownerUrl, { poolMax: 1 });
  const app = makeKnex(database.appUrl, { poolMax: 1 });
  try {
    await fillPool(owner, REQUESTS);
    await askAll(app);
    await owner.raw('VACUUM ANALYZE');
    const placed = await placeAll(app);
    const [front, back] = [await look(app, SAMPLE), await look(app, REQUESTS)];
    await setClock(owner, 9);
    const paid = await payAll(app);
    const reference = await plainJournals(app, REQUESTS);
    await check(app);
    const [atFirst, atLast] = [
      median(placed.slice(WARM_UP, WARM_UP + SAMPLE)),
      median(placed.slice(-SAMPLE)),
    ];
    return {
      what: `A queue of ${REQUESTS} requests in one pool, one connection, each placed in a durable transaction`,
      figures: {
        postgres: database.version,
        requests: REQUESTS,
        place: {
          emptyMs: round(atFirst),
          fullMs: round(atLast),
          ratio: round(atLast / atFirst),
          allSeconds: round(placed.reduce((sum, ms) => sum + ms, 0) / 1000),
        },
        lookUp: {
          frontMs: round(median(front)),
          anywhereMs: round(median(back)),
          ratio: round(median(back) / median(front)),
        },
        pay: {
          seconds: round(paid.ms / 1000),
          msEach: round(paid.ms / REQUESTS),
          reference: `${REQUESTS} journals of two postings, ${FILLS_A_RUN} a transaction`,
          referenceMsEach: round(reference / REQUESTS),
          ratio: round(paid.ms / reference),
        },
      },
      runs: [
        {
          ...{
            placedFirst: placed.slice(0, SAMPLE).map(round),
            placedLast: placed.slice(-SAMPLE).map(round),
          },
          ...{ front: front.map(round), anywhere: back.map(round), paidRuns: paid.runs.map(round) },
          referenceMs: round(reference),
        },
      ],
    };
  } finally {
    await app.destroy();
    await owner.destroy();
    await database.close();
  }
}

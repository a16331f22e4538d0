/** Loans together on a stack with two worker and two API processes, one of each killed on the way: nothing is lost. */
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFaults } from '../../bin/bench/loan-checks';
import { playFleet, prepareFleet } from '../../bin/bench/loan-fleet';
import { openSite, type Site } from '../../bin/bench/loan-site';
import { openSession } from '../../db/session';
import { silentProgress } from '../../stack/progress';
import { startStack, type Stack } from '../../stack/stack';
import { waitFor } from '../../stack/wait';

const LOANS = 5;
/** Twice the usual pace: most of a loan's time is waiting for the chain. */
const PACE = { epochMs: 500, epochSeconds: 1, finality: 5 };
const LONG_MS = 20 * 60_000;

let stack: Stack;
let site: Site;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-fleet-'));
  chmodSync(folder, 0o711);
  const dataFolder = join(folder, 'data');
  stack = await startStack({ dataFolder, progress: silentProgress, pace: PACE, twice: true });
  site = await openSite(stack.info());
}, LONG_MS);
afterAll(async () => {
  await site.close();
  await stack.stop();
}, 120_000);

const pidOf = (name: string): number => {
  const found = stack.info().processes.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no process ${name}`);
  return found.pid;
};

/** SIGKILL once so many loans have come so far. */
async function killAfter(name: string, state: string, count: number): Promise<number> {
  await waitFor(
    async () => {
      const rows: unknown[] = await site.owner('loan_step').where({ state }).distinct('loan_id');
      return rows.length >= count ? true : undefined;
    },
    { what: `${count} loans to be ${state}`, timeoutMs: LONG_MS, everyMs: 200 },
  );
  const pid = pidOf(name);
  process.kill(pid, 'SIGKILL');
  return pid;
}

test(
  'five loans side by side, a worker and an API process killed midway: every loan ends, the books are exact',
  async () => {
    const fleet = await prepareFleet(site, LOANS);
    const [ended, worker, api] = await Promise.all([
      playFleet(site, fleet),
      killAfter('worker', 'escrow_confirmed', 2),
      killAfter('api-2', 'in_approval', 2),
    ]);
    expect([pidOf('worker'), pidOf('api-2')]).not.toEqual([worker, api]);
    const faults = await findFaults(site, ended, { closed: LOANS, refused: 1 });
    expect(Object.entries(faults).filter(([, seen]) => seen !== '')).toEqual([]);
    expect(ended.filter((end) => end === 'refused')).toHaveLength(1);
  },
  LONG_MS,
);

test('the same Idempotency-Key at both API processes at once has one effect and one answer', async () => {
  const { id } = (await site.owner<{ id: string }>('customer').where({ id: 'depositor' }).first('id')) ?? {
    id: '',
  };
  const { token } = await openSession(site.owner, 'customer', id);
  const key = randomUUID();
  const ask = async (url: string) => {
    const response = await fetch(new URL('/v1/subscriptions', url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ poolId: 'flexible', amount: '1000000000000000000' }),
      signal: AbortSignal.timeout(60_000),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const [first, ...rest] = await Promise.all([...stack.info().urls.apis, ...stack.info().urls.apis].map(ask));
  expect(first?.status).toBe(202);
  for (const other of rest) expect(other).toEqual(first);
  const subscriptionId = String(first?.body['id']);
  await waitFor(
    async () => {
      const row = await site
        .owner<{ id: string; state: string }>('subscription')
        .where({ id: subscriptionId })
        .first();
      return row?.state === 'booked' ? row : undefined;
    },
    { what: 'the subscription', timeoutMs: 120_000, everyMs: 200 },
  );
  expect(await site.owner('subscription').where({ customer_id: id })).toHaveLength(2);
  expect(
    await site.owner('ledger.journal').where({ key: `subscription/${subscriptionId}/book` }),
  ).toHaveLength(1);
}, 180_000);

/** Subscription and accrual as they run: on Temporal, against Postgres. */
import type { WorkflowHandle } from '@temporalio/client';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePoolActivities } from '../../activities/pool';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { coins, attoText, type Atto } from '../../domain/money';
import { balance } from '../../ledger/read';
import { listPositions } from '../../db/position';
import { waitFor } from '../../stack/wait';
import { ACCRUAL_SCHEDULE, ensureSchedules, RECONCILIATION_SCHEDULE } from '../../workers/schedule';
import type { accrual } from '../../workflows/accrual';
import { SA, standing, workflowIds } from '../../workflows/handles';
import type { subscription } from '../../workflows/subscription';
import { comparePool, queryOf } from '../support/oracle-compare';
import { POOL } from './books';
import { startRunner, type Runner } from './runner';

let runner: Runner;
beforeAll(async () => {
  runner = await startRunner();
  await runner.books.clock(1000);
  await runner.books.fund('ann', coins(100n));
}, 120_000);
afterAll(() => runner.close());
afterEach(async () => {
  expect(await comparePool(queryOf(runner.books.app), POOL)).toEqual([]);
});

/** LOANSTONE_KEEP_HISTORIES=1 renews what test/pool/replay.test.ts replays. */
async function keep(name: string, handle: WorkflowHandle): Promise<void> {
  if (process.env['LOANSTONE_KEEP_HISTORIES'] !== '1') return;
  const folder = join(__dirname, '..', 'histories');
  mkdirSync(folder, { recursive: true });
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(history, null, 1)}\n`);
}

const start = (id: string, customerId: string, amount: Atto, poolId = POOL) =>
  runner.client.workflow.start<typeof subscription>('subscription', {
    taskQueue: 'core',
    workflowId: workflowIds.subscription(id),
    args: [{ subscriptionId: id, customerId, poolId, amount: attoText(amount) }],
    typedSearchAttributes: [{ key: SA.lifecycle, value: 'subscription' }],
  });

const available = async (owner: string) =>
  (await balance(runner.books.app, { code: 'customer.available', owner })).balance;
const row = (id: string) => runner.books.app('subscription').where({ id }).first<Record<string, unknown>>();

test('a subscription moves available FIL into the pool at its clock and mints a position', async () => {
  const handle = await start('one', 'ann', coins(60n));
  const result = await handle.result();
  expect(result).toMatchObject({ outcome: 'booked', epoch: 1000 });
  expect(await available('ann')).toBe(coins(40n));
  const { rows } = await listPositions(runner.books.app, { customerId: 'ann' });
  expect(rows).toMatchObject([{ subscriptionId: 'one', value: coins(60n).toString() }]);
  expect(await row('one')).toMatchObject({ state: 'booked', token_id: rows[0]!.id, epoch: 1000 });
  expect(await handle.query(standing)).toMatchObject({ state: 'booked', waitingFor: null });
  const { typedSearchAttributes } = await handle.describe();
  expect(typedSearchAttributes.get(SA.state)).toBe('booked');
  expect(typedSearchAttributes.get(SA.customerRef)).toBe('ann');
  await keep('subscription-booked', handle);
});

test.each([
  ['above the balance', 'ann', coins(41n), POOL, 'amount-above-balance'],
  ['of a customer who is not open', 'nobody', coins(1n), POOL, 'customer-not-open'],
  ['into no pool', 'ann', coins(1n), 'no-such-pool', 'not-found'],
])('one %s is refused, on record, and nothing has moved', async (_, customer, amount, pool, code) => {
  const before = await runner.books.pool();
  const handle = await start(`refused-${code}`, customer, amount, pool);
  expect(await handle.result()).toEqual({ outcome: 'refused', code });
  expect(await row(`refused-${code}`)).toMatchObject({ state: 'refused', refusal: code, token_id: null });
  expect(await runner.books.pool()).toEqual(before);
  expect(await available('ann')).toBe(coins(40n));
  if (code === 'amount-above-balance') await keep('subscription-refused', handle);
});

test('the same subscription asked for by two workers at once is booked once', async () => {
  const activities = makePoolActivities({ knex: runner.books.app });
  const request = { subscriptionId: 'twice', customerId: 'ann', poolId: POOL, amount: attoText(coins(10n)) };
  await activities.recordSubscription({ ...request, workflowId: 'subscription/twice' });
  await activities.recordSubscription({ ...request, workflowId: 'subscription/twice' });
  const [first, second] = await Promise.all([
    activities.bookSubscription('twice'),
    activities.bookSubscription('twice'),
  ]);
  expect(second).toEqual(first);
  expect(await available('ann')).toBe(coins(30n));
  await expect(
    activities.recordSubscription({ ...request, subscriptionId: 'x', amount: attoText(0n), workflowId: 'x' }),
  ).rejects.toMatchObject({ type: 'amount-not-canonical' });
});

describe('accrual', () => {
  /** Runs the Schedule once by hand and waits for its workflow. */
  async function trigger(): Promise<WorkflowHandle<typeof accrual>> {
    const schedule = runner.client.schedule.getHandle(ACCRUAL_SCHEDULE);
    const { numActionsTaken } = (await schedule.describe()).info;
    await schedule.trigger();
    const started = await waitFor(
      async () => {
        const { info } = await schedule.describe();
        return info.numActionsTaken > numActionsTaken ? info.recentActions.at(-1)?.action : undefined;
      },
      { what: 'the accrual workflow', timeoutMs: 30_000 },
    );
    const handle = runner.client.workflow.getHandle<typeof accrual>(started.workflow.workflowId);
    await handle.result();
    return handle;
  }

  beforeAll(async () => {
    await ensureSchedules(runner.client, {
      accrualIntervalSeconds: 86_400,
      historyExportIntervalSeconds: 86_400,
      reconciliationIntervalSeconds: 86_400,
      custodyIntervalSeconds: 86_400,
    });
    await runner.books.commit('loan', coins(41n));
    await runner.books.disburse('loan', coins(41n), 1200);
    await runner.books.clock(1200);
  });

  test('a run brings the pool to its clock, once', async () => {
    await runner.books.clock(1300);
    const handle = await trigger();
    const [run] = await handle.result();
    expect(run).toMatchObject({ poolId: POOL, fromEpoch: 1200, toEpoch: 1300 });
    expect((await runner.books.pool()).pool.lastEpoch).toBe(1300);
    await keep('accrual', handle);
    const again = await (await trigger()).result();
    expect(again).toEqual([{ poolId: POOL, fromEpoch: 1300, toEpoch: 1300, interest: '0' }]);
  });

  test('after a pause all that was missed is made up, in short transactions', async () => {
    const schedule = runner.client.schedule.getHandle(ACCRUAL_SCHEDULE);
    await schedule.pause('a test pauses it');
    await ensureSchedules(runner.client, {
      accrualIntervalSeconds: 43_200,
      historyExportIntervalSeconds: 86_400,
      reconciliationIntervalSeconds: 86_400,
      custodyIntervalSeconds: 86_400,
    });
    const described = await schedule.describe();
    const compares = await runner.client.schedule.getHandle(RECONCILIATION_SCHEDULE).describe();
    expect(compares.action).toMatchObject({ workflowType: 'reconciliation', taskQueue: 'core' });
    expect(compares.spec.intervals).toMatchObject([{ every: 86_400_000 }]);
    expect(described.state).toMatchObject({ paused: true, note: 'a test pauses it' });
    expect(described.spec.intervals).toMatchObject([{ every: 43_200_000 }]);
    await runner.books.clock(1300 + 45_000);
    await schedule.unpause();
    const [run] = await (await trigger()).result();
    expect(run).toMatchObject({ fromEpoch: 1300, toEpoch: 46_300 });
    const runs = await runner.books.app('accrual_run').where('from_epoch', '>=', 1300).orderBy('from_epoch');
    expect(runs.map(({ to_epoch: to }) => to as number)).toEqual([21_300, 41_300, 46_300]);
  });
});

/** Every closed run is copied, once, as it is, whatever the lists of Temporal and the workers do meanwhile. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { chainAfter, copiesOfWorkflow, openAll, openCopy, reach, reached } from '../../db/history-export';
import { stableHistory } from '../../domain/history';
import { startChild } from '../../stack/child';
import { waitFor } from '../../stack/wait';
import type { Orders } from './dying-worker';
import { makeWorld, type World } from './world';

jest.setTimeout(180_000);

const ROOT = join(__dirname, '..', '..');
let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

const liveText = async (id: string, runId?: string): Promise<string> =>
  stableHistory(historyToJSON(await world.client.workflow.getHandle(id, runId).fetchHistory()));

async function kept(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of openAll(world.books.app)) ids.push(workflowId);
  return ids;
}

/** Keeps the history for replay tests, where LOANSTONE_RECORD is set. */
async function record(name: string, id: string, runId?: string): Promise<void> {
  if (process.env['LOANSTONE_RECORD'] === undefined) return;
  const history: unknown = JSON.parse(await liveText(id, runId));
  writeFileSync(join(ROOT, 'test', 'histories', `${name}.json`), `${JSON.stringify(history, null, 1)}\n`);
}

test('all that closed is copied to the byte, page by page; what runs is not; the export copies its own runs', async () => {
  const { books, client } = world;
  const stop = await world.copyWith({ pageSize: 2 });
  const ids = Array.from({ length: 45 }, (_, i) => `accrual/${i}`);
  await world.closeRuns(...ids);
  const ended = await client.workflow.start('reconciliation', { taskQueue: 'core', workflowId: 'ended' });
  await ended.terminate('a test');
  await client.workflow.start('reconciliation', { taskQueue: 'core', workflowId: 'running' });
  await world.listed(46);

  const first = await world.startExport('export/1');
  await first.result();
  const copies = await kept();
  expect(copies).toEqual(expect.arrayContaining([...ids, 'ended']));
  expect(copies).not.toContain('running');
  for (const id of ['accrual/0', 'accrual/44', 'ended']) {
    const copy = await openCopy(books.app, id, undefined);
    expect(copy?.json).toBe(await liveText(id));
  }
  expect(await openCopy(books.app, 'ended', undefined)).toMatchObject({ status: 'Terminated' });
  // 46 runs are more than 20 pages of two: the export went on in a second run, and the first is closed.
  await record('history-export-more', 'export/1', first.firstExecutionRunId);

  await world.listed(2, "WorkflowId = 'export/1'");
  await world.runExport('export/2');
  const own = await copiesOfWorkflow(books.app, 'export/1');
  expect(own.map(({ status }) => status).sort()).toEqual(['Completed', 'ContinuedAsNew']);
  await record('history-export', 'export/2');
  await stop();
});

test('copies are linked: no gap, each link made of the one before', async () => {
  let [seq, chain] = [0, ''];
  for await (const copy of openAll(world.books.app)) {
    expect(copy.seq).toBe(seq + 1);
    expect(copy.chain).toBe(chainAfter(chain, copy));
    [seq, chain] = [copy.seq, copy.chain];
  }
  expect(seq).toBeGreaterThan(46);
});

test('nobody changes a copy: not the application, not the owner of the database', async () => {
  const { app, owner } = world.books;
  const before = await app('archive.history').orderBy('seq');
  const row = () => owner('archive.history').where({ seq: 1 });
  await expect(row().update({ content: Buffer.from('x') })).rejects.toThrow(/append-only/);
  await expect(row().delete()).rejects.toThrow(/append-only/);
  await expect(owner.raw('TRUNCATE archive.history')).rejects.toThrow(/append-only/);
  for (const work of [
    app('archive.history').where({ seq: 1 }).update({ status: 'Failed' }),
    app('archive.history').where({ seq: 1 }).delete(),
    app('archive.history').insert({ seq: 9_999, chain: 'mine' }),
  ])
    await expect(work).rejects.toThrow(/permission denied/);
  expect(await app('archive.history').orderBy('seq')).toEqual(before);
});

/** A client whose lists do not show some workflow yet. */
function lagging(hidden: () => string | null): Client {
  const client = new Client({ connection: world.client.connection, namespace: world.namespace });
  const list = client.workflow.list.bind(client.workflow);
  const count = client.workflow.count.bind(client.workflow);
  const less = (query?: string): string => `${query ?? ''} AND WorkflowId != '${hidden() ?? 'none'}'`;
  Object.assign(client.workflow, {
    list: (options: { query?: string }) => list({ ...options, query: less(options.query) }),
    count: (query?: string) => count(less(query)),
  });
  return client;
}

test('what the lists show late is copied: within minutes by the front, later by the patrol', async () => {
  const { app } = world.books;
  let hidden: string | null = 'late/1';
  const stop = await world.copyWith({ client: lagging(() => hidden) });
  await world.closeRuns('late/1');
  await world.closeRuns('prompt/1');
  await world.runExport('export/lag-1');
  expect(await kept()).toContain('prompt/1');
  expect(await kept()).not.toContain('late/1');
  hidden = null;
  expect(await world.runExport('export/lag-2')).toMatchObject({ late: 0 });
  expect(await kept()).toContain('late/1');

  hidden = 'late/2';
  await world.closeRuns('late/2');
  await world.runExport('export/lag-3');
  // The front is past it for good: as if an hour had gone by.
  const far = new Date((await reached(app, 'front')).getTime() + 3_600_000);
  await reach(app, 'front', far);
  await reach(app, 'front', new Date(0));
  expect(await reached(app, 'front')).toEqual(far);
  hidden = null;
  expect((await world.runExport('export/lag-4')).late).toBeGreaterThan(0);
  expect(await kept()).toContain('late/2');
  await stop();
});

test('a worker killed in the middle of a page: the next goes on, and nothing is copied twice or left out', async () => {
  const { books, client, address, namespace } = world;
  const stop = await world.copyWith();
  const ids = Array.from({ length: 6 }, (_, i) => `crash/${i}`);
  await world.closeRuns(...ids);
  await stop();
  await books.owner('archive.reached').update({ closed_at: new Date(0) });
  const orders: Orders = { appUrl: books.database.appUrl, address, namespace, dieAt: 4 };
  const child = startChild({
    name: 'dying-worker',
    command: process.execPath,
    args: ['--import', 'tsx', join(__dirname, 'dying-worker.ts'), JSON.stringify(orders)],
    cwd: ROOT,
    logFile: join(tmpdir(), `dying-worker-${process.pid}.log`),
  });
  await child.firstJson('ready', 60_000);
  const before = (await kept()).length;
  const handle = await world.startExport('export/crash');
  await waitFor(async () => ((await kept()).length === before + 3 ? true : undefined), {
    what: 'three copies',
    timeoutMs: 60_000,
  });
  await child.stop(0);
  const again = await world.copyWith();
  await handle.result();
  await again();
  const copies = (await kept()).filter((id) => id.startsWith('crash/'));
  expect(copies.sort()).toEqual(ids);
  const story = await client.workflow.getHandle('export/crash').fetchHistory();
  const attempts = (story.events ?? []).map(({ activityTaskStartedEventAttributes: at }) => at?.attempt ?? 0);
  expect(Math.max(...attempts)).toBeGreaterThan(1);
});

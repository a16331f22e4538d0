/** What Temporal has deleted is told from its copy, says so, and is the same to the byte; a changed copy is refused. */
import { createHash, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { MockActivityEnvironment } from '@temporalio/testing';
import { makeHistoryExportActivities } from '../../activities/history-export';
import { SA } from '../../workflows/handles';
import { makeWorld, type Reply, type World } from '../api/world';

jest.setTimeout(120_000);

const ID = 'accrual/of-a-day';
let world: World;
let runId: string;
let before: { one: Reply; story: Reply; history: Reply };

const get = (path: string): Promise<Reply> => world.staff.auditor.caller.get(`/admin/v1${path}`);
const at = (tail = '', id = ID): string => `/workflows/${encodeURIComponent(id)}${tail}`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A run that closed, and shows in the list. */
async function closedRun(id: string): Promise<string> {
  const handle = await world.client.workflow.start('accrual', {
    taskQueue: 'core',
    workflowId: id,
    staticSummary: 'Counts the interest of every epoch since the last run',
    typedSearchAttributes: [
      { key: SA.lifecycle, value: 'accrual' },
      { key: SA.state, value: 'counting' },
    ],
  });
  await handle.terminate('not needed any more');
  const query = `WorkflowId = '${id}' AND ExecutionStatus = 'Terminated'`;
  await world.until('the closed run', async () =>
    (await world.client.workflow.count(query)).count > 0 ? true : undefined,
  );
  return handle.firstExecutionRunId;
}

async function copyAll(): Promise<void> {
  const activities = makeHistoryExportActivities({ knex: world.knex, client: world.client });
  const input = { from: null, workflowId: 'history-export/test' };
  await new MockActivityEnvironment().run(() => activities.copyClosedRuns(input));
}

beforeAll(async () => {
  world = await makeWorld({ workers: false });
  runId = await closedRun(ID);
  await copyAll();
  before = { one: await get(at()), story: await get(at('/story')), history: await get(at('/history')) };
});
afterAll(() => world.close(), 60_000);

test('a run that Temporal holds is told from there; its copy is named with the hash of the very download', () => {
  const { one, story, history } = before;
  expect(one.body).toMatchObject({
    runId,
    source: 'temporal',
    status: 'Terminated',
    copy: { seq: 1, sha256: sha256(history.text), events: one.body['historyLength'] },
  });
  expect(story.headers.get('history-source')).toBe('temporal');
  expect(story.list.map(({ sentence }) => sentence)).toEqual([
    'Counts the interest of every epoch since the last run',
    'Terminated',
  ]);
  const digest = createHash('sha256').update(history.text).digest('base64');
  expect(history.headers.get('repr-digest')).toBe(`sha-256=:${digest}:`);
});

test('the list of workflows and that of copies show the hash', async () => {
  const hash = sha256(before.history.text);
  const [row] = (await get(`/workflows?filter=${encodeURIComponent(JSON.stringify({ id: ID }))}`)).list;
  expect(row).toMatchObject({ id: ID, sha256: hash });
  const exports = await get('/history-exports');
  expect(exports.list).toMatchObject([{ id: 1, workflowId: ID, runId, sha256: hash, status: 'Terminated' }]);
  expect((await get('/history-exports/1')).body).toEqual(exports.list[0]);
});

test('deleted from Temporal: the same story, the same bytes, and it says where they are from', async () => {
  await world.client.workflowService.deleteWorkflowExecution({
    namespace: world.client.options.namespace,
    workflowExecution: { workflowId: ID, runId },
  });
  const gone = await world.until('the deletion', async () => {
    const answer = await get(at());
    return answer.body['source'] === 'archive' ? answer : undefined;
  });
  const copy = { ...(before.one.body['copy'] as object), intact: true };
  // What Temporal no longer holds cannot be set going again.
  const over = { stopped: false, needsActionSentence: null };
  expect(before.one.body).toMatchObject({ stopped: true });
  expect(gone.body).toEqual({ ...before.one.body, ...over, source: 'archive', copy });
  const story = await get(at('/story'));
  expect(story.list).toEqual(before.story.list);
  expect(story.headers.get('history-source')).toBe('archive');
  for (const tail of ['/history', `/history?runId=${runId}`]) {
    const history = await get(at(tail));
    expect(history.text).toBe(before.history.text);
    expect(history.headers.get('repr-digest')).toBe(before.history.headers.get('repr-digest'));
  }
});

test('the runs of an id are those of Temporal and those that only the copies know', async () => {
  await closedRun(ID);
  const runs = await world.until('both runs', async () => {
    const { list } = await get(at('/runs'));
    return list.length === 2 && list[1]?.['live'] === false ? list : undefined;
  });
  expect(runs).toMatchObject([
    { live: true, copy: null, status: 'Terminated' },
    { live: false, runId, copy: { seq: 1 } },
  ]);
  expect((await get(at(`?runId=${runId}`))).body).toMatchObject({ source: 'archive', runId });
  await copyAll();
  expect((await get(at('/runs'))).list).toMatchObject([
    { live: true, copy: { seq: 2 } },
    { copy: { seq: 1 } },
  ]);
});

test('what neither knows is not found', async () => {
  for (const path of [at('', 'no/such'), at('/story', 'no/such'), at(`/history?runId=${randomUUID()}`)])
    expect((await get(path)).body).toMatchObject({ status: 404, code: 'not-found' });
});

test('a copy that was changed is not told: refused, and shown as damaged', async () => {
  const forged = before.history.text.replace('not needed any more', 'never happened at all');
  await world.owner.raw('ALTER TABLE archive.history DISABLE TRIGGER append_only');
  await world
    .owner('archive.history')
    .where({ seq: 1 })
    .update({ content: gzipSync(forged) });
  for (const tail of ['/story', '/history']) {
    const answer = await get(at(`${tail}?runId=${runId}`));
    expect(answer.body).toMatchObject({ status: 409, code: 'history-damaged' });
    expect(answer.text).not.toContain('never happened');
  }
  expect((await get(at(`?runId=${runId}`))).body).toMatchObject({
    source: 'archive',
    copy: { intact: false },
    summary: null,
  });
  await world
    .owner('archive.history')
    .where({ seq: 1 })
    .update({ content: Buffer.from('no gzip') });
  expect((await get(at(`/story?runId=${runId}`))).body).toMatchObject({ code: 'history-damaged' });
});

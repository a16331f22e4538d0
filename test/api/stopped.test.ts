/** Work that was ended from outside is told to staff first of all, and goes on from where it stood once they say so. */
import { randomUUID } from 'node:crypto';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { NativeConnection, Worker } from '@temporalio/worker';
import { openChildren, resume, resumePoint } from '../../api/stopped';
import { readHistory } from '../../domain/history';
import { services } from '../support/services';
import { makeWorld, type World } from './world';

let world: World;
beforeAll(async () => {
  world = await makeWorld({ workers: {} });
}, 180_000);
afterAll(() => world.close(), 60_000);

interface Help {
  readonly count: number;
  readonly stopped: number;
  readonly workflows: readonly { readonly id: string; readonly sentence: string }[];
}
const help = async (): Promise<Help> =>
  (await world.staff.auditor.caller.get('/admin/v1/home')).body['needsAction'] as Help;

const liftOf = (id: string) => `/admin/v1/freezes/${id}/lift`;

test.each([
  ['terminated', 'payouts', 'Somebody terminated it'],
  ['cancelled', 'lending', 'Somebody cancelled it'],
] as const)(
  'a freeze whose workflow is %s is told first, and can be lifted again',
  async (how, scope, words) => {
    const { operator, auditor, risk } = world.staff;
    const { body } = await operator.caller.post('/admin/v1/freezes', { scope, reason: 'a strange message' });
    const id = String(body['id']);
    await world.until('the freeze to be in force', async () =>
      (await auditor.caller.get(`/admin/v1/freezes/${id}`)).status === 200 ? true : undefined,
    );
    const handle = world.client.workflow.getHandle(`freeze/${id}`);
    await (how === 'terminated' ? handle.terminate('by hand') : handle.cancel());
    const told = await world.until('staff to be told', async () => {
      const now = await help();
      return now.stopped > 0 ? now : undefined;
    });
    expect(told).toMatchObject({ count: 1, stopped: 1, workflows: [{ id: `freeze/${id}` }] });
    expect(told.workflows[0]?.sentence).toContain(words);
    const path = `/admin/v1/workflows/${encodeURIComponent(`freeze/${id}`)}`;
    expect((await auditor.caller.get(path)).body).toMatchObject({ stopped: true });
    // Nobody can lift it so, and nobody who may only read sets it going again.
    expect((await risk.caller.post(liftOf(id), { reason: 'explained' })).body['code']).toBe('wrong-state');
    expect((await auditor.caller.post(`${path}/retry`, { reason: 'me' })).status).toBe(403);

    const key = { 'idempotency-key': `again-${id}` };
    const again = await operator.caller.post(`${path}/retry`, { reason: 'stopped by mistake' }, key);
    expect([again.status, again.body['state']]).toEqual([200, 'resumed']);
    await world.until('the home screen to be empty', async () =>
      (await help()).count === 0 ? true : undefined,
    );
    const { list } = await auditor.caller.get(`${path}/story`);
    expect(list).toContainEqual(
      expect.objectContaining({
        sentence: 'It was stopped, and a person set it going again from here',
        detail: expect.stringContaining('operator staff-operator: stopped by mistake') as string,
      }),
    );

    const asked = await world.until('the lift to be taken', async () => {
      const reply = await risk.caller.post(liftOf(id), { reason: 'explained' });
      return reply.status === 202 || reply.status === 200 ? reply : undefined;
    });
    const approval = `/admin/v1/approvals/${String(asked.body['approvalId'])}`;
    const subjectHash = await world.until('the approval', async () => {
      const { status, body: seen } = await auditor.caller.get(approval);
      return status === 200 ? String(seen['subjectHash']) : undefined;
    });
    await world.staff.admin.caller.post(`${approval}/accept`, { reason: 'looked', subjectHash });
    expect(await handle.result()).toMatchObject({ outcome: 'lifted' });
  },
  60_000,
);

test.each(['while it is stopped', 'after it goes on'] as const)(
  'a parent whose child ends %s hears of it',
  async (when) => {
    const { client } = world;
    const connection = await NativeConnection.connect({ address: services().temporalAddress });
    const workflowsPath = require.resolve('./stopped-workflows');
    const { namespace } = client.options;
    const worker = await Worker.create({ connection, namespace, taskQueue: 'family', workflowsPath });
    await worker.runUntil(async () => {
      const handle = await client.workflow.start('parent', {
        workflowId: `parent ${when}`,
        taskQueue: 'family',
      });
      const begun = async (): Promise<boolean> => {
        const events = readHistory(JSON.parse(historyToJSON(await handle.fetchHistory())));
        return openChildren(events)[0]?.runId != null && events.at(-1)?.type === 'WORKFLOW_TASK_COMPLETED';
      };
      await world.until('the child to begin', async () => ((await begun()) ? true : undefined));
      await handle.terminate('by hand');
      const kid = client.workflow.getHandle('the-child');
      if (when === 'while it is stopped') {
        await kid.signal('finish');
        await kid.result();
      }
      expect(await resume(client, handle.workflowId, 'a mistake', randomUUID())).toBe(true);
      const again = client.workflow.getHandle(handle.workflowId);
      // Begun again, the child waits once more; else it is the one from before.
      await world.until('the child to be told', () =>
        kid.signal('finish').then(
          () => true,
          () => undefined,
        ),
      );
      expect(await again.result()).toBe('done');
    });
    await connection.close();
  },
  60_000,
);

test('what runs, and what came to its end, is not taken up again', async () => {
  const { operator } = world.staff;
  const { list } = await operator.caller.get(
    `/admin/v1/workflows?filter=${encodeURIComponent('{"status":"Completed"}')}`,
  );
  const id = encodeURIComponent(String(list[0]?.['id']));
  const { body } = await operator.caller.post(`/admin/v1/workflows/${id}/retry`, { reason: 'again' });
  expect(body['code']).toBe('wrong-state');
});

test('it goes on from its last whole task, and from before the request to cancel it', () => {
  const event = (id: number, type: string) => ({ id, type, at: '', attributes: {}, summary: null });
  const done = 'WORKFLOW_TASK_COMPLETED';
  const events = [event(1, 'WORKFLOW_EXECUTION_STARTED'), event(4, done), event(9, done)];
  expect(resumePoint(events)).toBe(9);
  expect(resumePoint([...events, event(10, 'WORKFLOW_EXECUTION_CANCEL_REQUESTED'), event(13, done)])).toBe(9);
  expect(resumePoint(events.slice(0, 1))).toBeNull();
  expect(resumePoint(events, 4)).toBe(4);
});

test('it knows which children it began and did not hear of', () => {
  const event = (id: number, type: string, attributes: object) => ({
    id,
    type,
    at: '',
    attributes,
    summary: null,
  });
  const begun = (id: number, task: number) =>
    event(id, 'START_CHILD_WORKFLOW_EXECUTION_INITIATED', {
      workflowId: `message/${id}`,
      workflowTaskCompletedEventId: String(task),
    });
  const heard = (id: number, what: string, of: number) =>
    event(id, `CHILD_WORKFLOW_EXECUTION_${what}`, {
      initiatedEventId: String(of),
      workflowExecution: { runId: `run-${of}` },
    });
  const events = [begun(5, 4), begun(6, 4), heard(7, 'STARTED', 5), heard(9, 'COMPLETED', 5)];
  expect(openChildren(events)).toEqual([{ task: 4, workflowId: 'message/6', runId: null }]);
  expect(openChildren([...events, heard(12, 'STARTED', 6)])).toEqual([
    { task: 4, workflowId: 'message/6', runId: 'run-6' },
  ]);
});

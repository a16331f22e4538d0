/** Work that was ended from outside is told to staff first of all, and goes on from where it stood once they say so. */
import { resumePoint } from '../../api/stopped';
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
});

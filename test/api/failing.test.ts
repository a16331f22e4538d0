/** A workflow whose code fails can say nothing itself: staff are told with what it failed, until a release mends it. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { services } from '../support/services';
import { makeWorld, type World } from './world';

let world: World;
beforeAll(async () => {
  world = await makeWorld({ workers: {} });
}, 180_000);
afterAll(() => world.close(), 60_000);

const SENTENCE =
  'Its code fails: the rate of nobody is not a number. It is tried again by itself, and goes on once a release runs that mends this.';

interface Help {
  readonly count: number;
  readonly workflows: readonly { readonly id: string; readonly sentence: string }[];
}

test('staff are told with what a workflow fails, until it goes on', async () => {
  const { client, staff } = world;
  const { namespace } = client.options;
  const reads = staff.auditor.caller;
  const help = async (): Promise<Help> => (await reads.get('/admin/v1/home')).body['needsAction'] as Help;
  const asking = async (needsAction: boolean): Promise<unknown[]> => {
    const filter = JSON.stringify({ needsAction, type: 'broken' });
    return (await reads.get(`/admin/v1/workflows?filter=${encodeURIComponent(filter)}`)).list;
  };
  const connection = await NativeConnection.connect({ address: services().temporalAddress });
  const release = (workflowsPath: string): Promise<Worker> =>
    Worker.create({ connection, namespace, taskQueue: 'broken', workflowsPath });
  const handle = await client.workflow.start('broken', { workflowId: 'broken/1', taskQueue: 'broken' });

  const worker = await release(require.resolve('./failing-workflows'));
  await worker.runUntil(async () => {
    const told = await world.until('staff to be told', async () => {
      const now = await help();
      return now.count > 0 ? now : undefined;
    });
    expect(told).toMatchObject({ count: 1, stopped: 0, workflows: [{ id: 'broken/1', sentence: SENTENCE }] });
  });
  expect((await reads.get('/admin/v1/workflows/broken%2F1')).body).toMatchObject({
    ...{ failing: true, stopped: false, needsAction: true, needsActionSentence: SENTENCE },
  });
  expect(await asking(true)).toHaveLength(1);
  expect(await asking(false)).toHaveLength(0);

  const mended = await release(require.resolve('./mended-workflows'));
  expect(await mended.runUntil(handle.result())).toBe('mended');
  await world.until('the home screen to be empty', async () =>
    (await help()).count === 0 ? true : undefined,
  );
  expect((await reads.get('/admin/v1/workflows/broken%2F1')).body).toMatchObject({
    ...{ failing: false, needsAction: false, needsActionSentence: null, status: 'Completed' },
  });
  expect(await asking(false)).toHaveLength(1);
  await connection.close();
}, 120_000);

/** A reconciliation that cannot compare is no silence: it asks for help, goes on trying, and a person has it tried at once. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../../stack/temporal';
import { temporalTestServer } from '../../stack/temporal-binary';
import { cancelAndRelease, retryNow, standing, workflowIds } from '../../workflows/handles';
import type { reconciliation } from '../../workflows/reconciliation';
import { timeSkippingBundle, untilHelp } from '../support/time-skipping';
import { codeOf } from '../withdrawal/play';

const INDEXED = { Keyword: 2, Bool: 5, Datetime: 6 } as const;
const MATCHED = { outcome: 'matched', height: 9, addresses: 1, breaks: 0, unexplained: 0, frozen: false };

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  const executable = { type: 'existing-path', path: await temporalTestServer() } as const;
  env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  await env.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED[type]]),
    ),
  });
}, 120_000);
afterAll(() => env.teardown());

test('it says so, and ends when the node shows the state again', async () => {
  let broken = true;
  const reconcile = (): Promise<typeof MATCHED> =>
    broken ? Promise.reject(new Error('the node has no such state')) : Promise.resolve(MATCHED);
  const connection = env.nativeConnection;
  const [core, chain] = await Promise.all([
    Worker.create({ connection, taskQueue: 'core', workflowBundle: await timeSkippingBundle() }),
    Worker.create({ connection, taskQueue: 'chain', activities: { reconcile } }),
  ]);
  await core.runUntil(
    chain.runUntil(async () => {
      const handle = await env.client.workflow.start<typeof reconciliation>('reconciliation', {
        taskQueue: 'core',
        workflowId: workflowIds.reconciliation('stuck'),
        args: [{ id: 'stuck' }],
      });
      const by = [{ actor: { id: 'olga', role: 'operator' }, reason: 'the node is repaired' }] as const;
      expect(await codeOf(handle.executeUpdate(retryNow, { args: [...by] }))).toBe('wrong-state');
      await untilHelp(env, handle);
      expect(await handle.query(standing)).toMatchObject({
        state: 'stuck',
        needsAction:
          'Stuck at “Compare the balance of every platform address with the books”: the node has no such state',
      });
      expect(await codeOf(handle.executeUpdate(cancelAndRelease, { args: [...by] }))).toBe('wrong-state');
      broken = false;
      await handle.executeUpdate(retryNow, { args: [...by] });
      expect(await handle.result()).toEqual(MATCHED);
      expect((await handle.query(standing)).needsAction).toBeNull();
    }),
  );
}, 120_000);

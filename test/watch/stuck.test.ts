/** A look of a Schedule that cannot look is no silence: it asks for help, goes on trying, and a person has it tried at once. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../../stack/temporal';
import { temporalTestServer } from '../../stack/temporal-binary';
import { cancelAndRelease, retryNow, standing } from '../../workflows/handles';
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

interface Row {
  readonly type: 'reconciliation' | 'custody';
  /** The activity that fails, and its words. */
  readonly fails: string;
  readonly step: string;
  readonly end: object;
}

const ROWS: readonly Row[] = [
  {
    type: 'reconciliation',
    fails: 'reconcile',
    step: 'Compare the balance of every platform address with the books',
    end: MATCHED,
  },
  {
    type: 'custody',
    fails: 'takeUpCold',
    step: 'Has the signer a cold address that is not in the books?',
    end: { open: [] },
  },
];

test.each(ROWS)(
  '$type: it says so, and ends when the node shows the state again',
  async ({ type, fails, step, end }) => {
    let broken = true;
    const asked = (): Promise<object> =>
      broken ? Promise.reject(new Error('the node has no such state')) : Promise.resolve(end);
    const connection = env.nativeConnection;
    const weighHot = (): Promise<readonly never[]> => Promise.resolve([]);
    const [core, chain, ledger] = await Promise.all([
      Worker.create({ connection, taskQueue: 'core', workflowBundle: await timeSkippingBundle() }),
      Worker.create({ connection, taskQueue: 'chain', activities: { [fails]: asked } }),
      Worker.create({ connection, taskQueue: 'ledger', activities: { weighHot } }),
    ]);
    const play = async (): Promise<void> => {
      const handle = await env.client.workflow.start<() => Promise<object>>(type, {
        ...{ taskQueue: 'core', workflowId: `${type}/stuck` },
      });
      const by = [{ actor: { id: 'olga', role: 'operator' }, reason: 'the node is repaired' }] as const;
      expect(await codeOf(handle.executeUpdate(retryNow, { args: [...by] }))).toBe('wrong-state');
      await untilHelp(env, handle);
      expect(await handle.query(standing)).toMatchObject({
        state: 'stuck',
        needsAction: `Stuck at “${step}”: the node has no such state`,
      });
      expect(await codeOf(handle.executeUpdate(cancelAndRelease, { args: [...by] }))).toBe('wrong-state');
      broken = false;
      await handle.executeUpdate(retryNow, { args: [...by] });
      expect(await handle.result()).toEqual(end);
      expect((await handle.query(standing)).needsAction).toBeNull();
    };
    await core.runUntil(chain.runUntil(ledger.runUntil(play)));
  },
  120_000,
);

/** What chain-watch and its kin did before still replays on today's code. Record anew: LOANSTONE_RECORD=1 npx jest test/watch/worker */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/workflow-bundle';

const historyOf = (name: string) =>
  historyFromJSON(JSON.parse(readFileSync(join(__dirname, '..', 'histories', `${name}.json`), 'utf8')));

beforeAll(() => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
});

test.each([
  'chain-watch',
  'collateral',
  'deposit-credited',
  'deposit-replaced',
  'message-final',
  'reconciliation',
  'reconciliation-broken',
  'sweep',
  'top-up-arrived',
  'top-up-refused',
])(
  '%s',
  async (name) => {
    const workflowBundleCode = await workflowBundle();
    await expect(
      Worker.runReplayHistory({ workflowBundle: workflowBundleCode }, historyOf(name), name),
    ).resolves.toBeUndefined();
  },
  120_000,
);

test('a history of other code is noticed', async () => {
  const history = historyOf('deposit-credited');
  for (const { activityTaskScheduledEventAttributes: scheduled } of history.events ?? [])
    if (scheduled?.activityType?.name === 'openDeposit') scheduled.activityType.name = 'creditDeposit';
  const bundle = await workflowBundle();
  await expect(Worker.runReplayHistory({ workflowBundle: bundle }, history, 'deposit')).rejects.toThrow(
    /[Nn]ondeterminism/,
  );
}, 120_000);

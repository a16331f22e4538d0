/** Subscriptions and accruals that ran before still replay on today's code. */
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
  ['subscription-booked', 'subscription/one'],
  ['subscription-refused', 'subscription/refused-amount-above-balance'],
  ['accrual', 'accrual'],
])(
  '%s',
  async (name, workflowId) => {
    const bundle = await workflowBundle();
    await expect(
      Worker.runReplayHistory({ workflowBundle: bundle }, historyOf(name), workflowId),
    ).resolves.toBeUndefined();
  },
  120_000,
);

test('a history that does not fit is noticed', async () => {
  const history = historyOf('subscription-booked');
  for (const { activityTaskScheduledEventAttributes: scheduled } of history.events ?? []) {
    if (scheduled?.activityType) scheduled.activityType.name = 'somethingElse';
  }
  const bundle = await workflowBundle();
  await expect(
    Worker.runReplayHistory({ workflowBundle: bundle }, history, 'subscription/one'),
  ).rejects.toThrow(/[Nn]ondeterminism/);
}, 120_000);

/** Withdrawals and listings that ran before still replay on today's code. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/workflow-bundle';

const HISTORIES = join(__dirname, '..', 'histories');
const files = readdirSync(HISTORIES).filter((file) => file.startsWith('withdrawal-'));

beforeAll(() => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
});

test('each path is there', () => {
  expect(files.sort()).toEqual([
    'withdrawal-address-expired.json',
    'withdrawal-address-refused.json',
    'withdrawal-address-removed.json',
    'withdrawal-approved.json',
    'withdrawal-automatic.json',
    'withdrawal-cancelled.json',
    'withdrawal-declined.json',
    'withdrawal-expired.json',
    'withdrawal-failed.json',
    'withdrawal-given-up.json',
    'withdrawal-judged-anew.json',
    'withdrawal-short.json',
  ]);
});

test.each(files)(
  '%s',
  async (file) => {
    const history = historyFromJSON(JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')));
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId;
    await expect(
      Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, started ?? 'replayed'),
    ).resolves.toBeUndefined();
  },
  120_000,
);

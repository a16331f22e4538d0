/** Loans that ran before still replay on today's code: a change that would break a running loan fails here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/workflow-bundle';
import { HISTORIES } from './stage';

const files = readdirSync(HISTORIES).filter((file) => /^loan-.*\.json$/.test(file));

const historyOf = (file: string) => historyFromJSON(JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')));

beforeAll(() => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
});

test('the histories of each path are there', () => {
  expect(files.sort()).toEqual([
    'loan-expired.json',
    'loan-extended.json',
    'loan-good.json',
    'loan-in-parts.json',
    'loan-overdue.json',
    'loan-rejected.json',
    'loan-released.json',
    'loan-turned-back.json',
  ]);
});

test.each(files)(
  '%s',
  async (file) => {
    const workflowBundleCode = await workflowBundle();
    const history = historyOf(file);
    await expect(
      Worker.runReplayHistory({ workflowBundle: workflowBundleCode }, history, 'loan/replayed'),
    ).resolves.toBeUndefined();
  },
  120_000,
);

test('a history that does not fit is noticed', async () => {
  const history = historyOf('loan-good.json');
  const scheduled = history.events?.find((event) => event.activityTaskScheduledEventAttributes);
  const attributes = scheduled?.activityTaskScheduledEventAttributes;
  if (!attributes?.activityType) throw new Error('the history schedules no activity');
  attributes.activityType.name = 'somethingElse';
  const replayed = Worker.runReplayHistory(
    { workflowBundle: await workflowBundle() },
    history,
    'loan/replayed',
  );
  await expect(replayed).rejects.toThrow(/[Nn]ondeterminism/);
}, 120_000);

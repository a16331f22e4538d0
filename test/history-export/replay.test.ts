/** Exports that ran before still replay on today's code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/workflow-bundle';

beforeAll(() => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
});

test.each([
  ['history-export', 'export/2'],
  ['history-export-more', 'export/1'],
])(
  '%s',
  async (name, workflowId) => {
    const file = join(__dirname, '..', 'histories', `${name}.json`);
    const history = historyFromJSON(JSON.parse(readFileSync(file, 'utf8')));
    const bundle = await workflowBundle();
    await expect(
      Worker.runReplayHistory({ workflowBundle: bundle }, history, workflowId),
    ).resolves.toBeUndefined();
  },
  120_000,
);

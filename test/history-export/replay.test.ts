/** Exports that ran before still replay on today's code. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { replayEach, type Replayed } from '../../bin/verify-history/replay';
import type { Candidate } from '../../bin/verify-history/source';
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

test('any number of histories replay on one worker, each judged by itself and in its place', async () => {
  const sound = readFileSync(join(__dirname, '..', 'histories', 'history-export.json'), 'utf8');
  const odd = sound.replaceAll('"patrolClosedRuns"', '"somethingElse"');
  const texts = [null, sound, odd, sound, '{}', null, sound, null];
  const candidates = texts.map((json, i): Candidate => {
    return { workflowId: `export/${i}`, runId: `run-${i}`, events: 1, sha256: '', json, faults: [] };
  });
  const workers = jest.spyOn(Worker, 'runReplayHistories');
  const bundle = await workflowBundle();
  const said: Replayed[] = [];
  async function* source(): AsyncGenerator<Candidate> {
    yield* await Promise.resolve(candidates);
  }
  for await (const replayed of replayEach(bundle, source())) said.push(replayed);
  expect(said.map(({ candidate }) => candidate)).toEqual(candidates);
  expect(said.map(({ unfit }) => unfit !== null)).toEqual(
    texts.map((text) => [odd, '{}'].includes(text ?? '')),
  );
  expect(said[2]?.unfit).toMatch(/nondeterminism/i);
  // Only what is no history at all costs another.
  expect(workers).toHaveBeenCalledTimes(2);
}, 120_000);

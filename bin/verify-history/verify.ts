/** Replays what is as it was stored on today's bundle; one line a history, then the sum. */
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { bundleWorkflows } from '../../workers/bundle';
import { replayEach } from './replay';
import type { Candidate, Source } from './source';

export const EXIT = { sound: 0, unseen: 1, changed: 2, unreplayable: 3 } as const;

function nameOf({ workflowId, runId, events, sha256 }: Candidate): string {
  return `${workflowId} (run ${runId}), ${events} events, sha256 ${sha256}`;
}

/** Verifies each history of the source, says what it found, and gives the exit code. */
export async function verify(source: Source, say: (line: string) => void): Promise<number> {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }), forward: {} } },
  });
  try {
    return await verifyEach(source, say);
  } finally {
    // It keeps the process alive where nothing was replayed.
    await Runtime.instance().shutdown();
  }
}

async function verifyEach(source: Source, say: (line: string) => void): Promise<number> {
  const { code, hash } = await bundleWorkflows();
  const counts = { seen: 0, changed: 0, unreplayable: 0 };
  for await (const { candidate, unfit } of replayEach({ code }, source.each)) {
    counts.seen += 1;
    const { faults } = candidate;
    if (faults.length > 0) counts.changed += 1;
    if (unfit !== null) counts.unreplayable += 1;
    for (const fault of faults) say(`CHANGED  ${nameOf(candidate)}: ${fault}`);
    if (unfit !== null) say(`NO FIT   ${nameOf(candidate)}: ${unfit}`);
    if (faults.length === 0 && unfit === null) say(`ok       ${nameOf(candidate)}: as stored, replays`);
  }
  const { faults, notes } = source.end();
  for (const fault of faults) say(`CHANGED  ${fault}`);
  for (const note of notes) say(note);
  const changed = counts.changed + faults.length;
  say(`${counts.seen} seen, ${changed} changed, ${counts.unreplayable} not replayable on the code ${hash}`);
  if (changed > 0) return EXIT.changed;
  return counts.unreplayable > 0 ? EXIT.unreplayable : EXIT.sound;
}

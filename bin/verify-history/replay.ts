/**
 * Replays histories one after the other on one worker: each worker reads the source map of the bundle anew and keeps
 * it for the life of the process, which some hundreds of them do not survive.
 */
import { historyFromJSON } from '@temporalio/common/lib/proto-utils';
import { Worker, type ReplayHistoriesIterable } from '@temporalio/worker';
import type { Candidate } from './source';

export interface Replayed {
  readonly candidate: Candidate;
  /** Why it does not replay; null where it does, or where what is stored is not what ran. */
  readonly unfit: string | null;
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What is replayed on one worker, and what came before it that cannot be. */
interface Line {
  readonly waiting: Candidate[];
  over: boolean;
}

async function* historiesOf(candidates: AsyncIterator<Candidate>, line: Line): ReplayHistoriesIterable {
  for (;;) {
    const next = await candidates.next();
    if (next.done === true) break;
    line.waiting.push(next.value);
    const { json, workflowId } = next.value;
    if (json !== null) yield { workflowId, history: historyFromJSON(JSON.parse(json)) };
  }
  line.over = true;
}

/** All that waits: the last of it is the one that was replayed, or could not be. */
function* take(line: Line, unfit: string | null): Generator<Replayed> {
  const all = line.waiting.splice(0);
  const last = all.at(-1);
  for (const candidate of all) yield { candidate, unfit: candidate === last ? unfit : null };
}

/** Each candidate with how its replay ended, in their order; one that breaks the worker costs a new worker. */
export async function* replayEach(
  workflowBundle: { readonly code: string },
  candidates: AsyncIterator<Candidate>,
): AsyncGenerator<Replayed> {
  const line: Line = { waiting: [], over: false };
  while (!line.over) {
    try {
      for await (const { error } of Worker.runReplayHistories(
        { workflowBundle },
        historiesOf(candidates, line),
      ))
        yield* take(line, error === undefined ? null : wordsOf(error));
      yield* take(line, null);
    } catch (error) {
      // The source itself failed: there is nothing to lay it to.
      if (line.waiting.at(-1)?.json == null) throw error;
      yield* take(line, wordsOf(error));
    }
  }
}

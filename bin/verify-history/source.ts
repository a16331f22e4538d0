/** The histories to verify, one by one, each with what was found wrong with it before any replay. */
import type { Knex } from 'knex';
import { chainAfter, openAll, openCopy, sha256Of, type OpenedCopy } from '../../db/history-export';
import { readHistory, textAt } from '../../domain/history';

export interface Candidate {
  readonly workflowId: string;
  readonly runId: string;
  readonly events: number;
  /** As noted, or of the file where nothing was noted. */
  readonly sha256: string;
  /** Proto-JSON; null where it is not what was stored. */
  readonly json: string | null;
  /** What is not as it was stored. */
  readonly faults: readonly string[];
}

export interface Source {
  readonly each: AsyncGenerator<Candidate>;
  /** Once all were seen: what is wrong with the whole. */
  readonly end: () => { readonly faults: readonly string[]; readonly notes: readonly string[] };
}

const ALTERED = 'the stored bytes do not give the SHA-256 that was noted';

const candidate = (copy: OpenedCopy, faults: readonly string[] = []): Candidate => ({
  workflowId: copy.workflowId,
  runId: copy.runId,
  events: copy.events,
  sha256: copy.sha256,
  json: copy.json,
  faults: copy.json === null ? [ALTERED, ...faults] : faults,
});

async function* one(knex: Knex, workflowId: string, runId: string | undefined): AsyncGenerator<Candidate> {
  const copy = await openCopy(knex, workflowId, runId);
  if (!copy) {
    throw new Error(`no copy of ${workflowId}${runId === undefined ? '' : ` (run ${runId})`} is stored`);
  }
  yield candidate(copy);
}

/** All copies in order, each link held against the one before; `noted`: a link that was written down earlier. */
function chained(knex: Knex, noted: string | undefined): Source {
  let [seq, chain] = [0, ''];
  let found = noted === undefined;
  async function* each(): AsyncGenerator<Candidate> {
    for await (const copy of openAll(knex)) {
      const faults: string[] = [];
      if (copy.seq !== seq + 1) faults.push(`copies ${seq + 1} to ${copy.seq - 1} of the chain are missing`);
      if (copy.chain !== chainAfter(chain, copy))
        faults.push(`link ${copy.seq} does not follow from the one before`);
      [seq, chain] = [copy.seq, copy.chain];
      if (copy.chain === noted) found = true;
      yield candidate(copy, faults);
    }
  }
  return {
    each: each(),
    end: () => ({
      faults: found ? [] : [`the chain no longer holds the link ${String(noted)}`],
      notes:
        seq === 0 ? [] : [`last link, ${seq}: ${chain} (note it; --chain holds a later look against it)`],
    }),
  };
}

/** From the database: one copy, or all of them. */
export function fromCopies(
  knex: Knex,
  wanted: { readonly workflowId: string; readonly runId: string | undefined } | null,
  noted: string | undefined,
): Source {
  if (wanted === null) return chained(knex, noted);
  return { each: one(knex, wanted.workflowId, wanted.runId), end: () => ({ faults: [], notes: [] }) };
}

export interface HistoryFile {
  readonly text: string;
  readonly workflowId: string | undefined;
  readonly sha256: string | undefined;
}

async function* file({ text, workflowId, sha256 }: HistoryFile): AsyncGenerator<Candidate> {
  const found = sha256Of(text);
  const altered = sha256 !== undefined && sha256.toLowerCase() !== found;
  const faults = altered ? [`the file's SHA-256 is ${found}, not ${sha256}`] : [];
  const events = readHistory(JSON.parse(text));
  const started = events[0]?.attributes;
  const id = workflowId ?? textAt(started, 'workflowId');
  if (events.length === 0) throw new Error('the file holds no history');
  if (id === null) throw new Error('the file does not name its workflow: say it with --id');
  const runId = textAt(started, 'originalExecutionRunId') ?? 'unknown';
  yield await Promise.resolve({
    workflowId: id,
    runId,
    events: events.length,
    sha256: found,
    json: altered ? null : text,
    faults,
  });
}

/** From a download. */
export function fromFile(download: HistoryFile): Source {
  return { each: file(download), end: () => ({ faults: [], notes: [] }) };
}

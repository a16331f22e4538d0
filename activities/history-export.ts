/**
 * Copies of closed histories into Postgres. Temporal lists a closed run some time after it closed, and not in order:
 * the front therefore goes over the last minutes again each time, and a patrol over all that Temporal still holds.
 * Places are close times as Temporal tells them, so that no clock of ours matters. Task queue `batch`.
 */
import { Context, log } from '@temporalio/activity';
import {
  isGrpcServiceError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionInfo,
} from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import type { Knex } from 'knex';
import { copiesOf, keepCopy, reach, reached, type Net } from '../db/history-export';
import { endOf, readHistory, stableHistory } from '../domain/history';
import { SA } from '../workflows/handles';

export interface HistoryExportDeps {
  readonly knex: Knex;
  readonly client: Client;
  /** Runs listed at a time, a page; default 200: it takes seconds, and a killed one is done again for nothing. */
  readonly pageSize?: number;
}

export interface CopyInput {
  /** Close time to go on from (RFC 3339); null: where the net stands. */
  readonly from: string | null;
  /** Of the export, kept with each copy. */
  readonly workflowId: string;
}

export interface Copied {
  readonly copied: number;
  /** Runs whose history could not be read; patrol tries them again. */
  readonly unreadable: readonly string[];
  /** Where to go on; null when all that is listed was seen. */
  readonly next: string | null;
}

const PAGE = 200;
/** Visibility lags by seconds; what it shows later than this is left to the patrol. */
const OVERLAP_MS = 10 * 60_000;
const CALL_MS = 20_000;
/** Beyond any close time: no clock of ours is compared with Temporal's. */
const OPEN_END = new Date('2200-01-01T00:00:00Z');
const BEGINNING = new Date(0);

/** gRPC: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE: waited out. */
const PASSING = [1, 2, 4, 8, 13, 14];
const NOT_FOUND = 5;

const between = (from: Date, to: Date): string =>
  `ExecutionStatus != 'Running' AND CloseTime >= '${from.toISOString()}' AND CloseTime < '${to.toISOString()}'`;

const within = <T>(client: Client, call: () => Promise<T>): Promise<T> =>
  client.withDeadline(Date.now() + CALL_MS, call);

async function countBetween(client: Client, from: Date, to: Date): Promise<number> {
  return (await within(client, () => client.workflow.count(between(from, to)))).count;
}

async function listBetween(client: Client, from: Date, to: Date): Promise<WorkflowExecutionInfo[]> {
  return within(client, async () => {
    const runs: WorkflowExecutionInfo[] = [];
    for await (const run of client.workflow.list({ query: between(from, to) })) runs.push(run);
    return runs;
  });
}

/** The end of a window from `from` with at most a page of runs in it; `to` where that is all there is. */
async function windowEnd(
  { client, pageSize = PAGE }: HistoryExportDeps,
  from: Date,
  to: Date,
): Promise<Date> {
  if ((await countBetween(client, from, to)) <= pageSize) return to;
  let [low, high] = [from.getTime(), to.getTime()];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const count = await countBetween(client, from, new Date(middle));
    Context.current().heartbeat();
    if (count > pageSize) high = middle;
    else if (count > pageSize / 2) return new Date(middle);
    else low = middle;
  }
  // More than a page within one millisecond: they are taken together.
  return new Date(low === from.getTime() ? high : low);
}

const codeOf = (error: unknown): number | null => {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && isGrpcServiceError(error.cause) ? error.cause.code : null;
};

/** 'gone' where Temporal has deleted the run since it was listed; 'unreadable' where asking again would not help. */
async function copyOf(client: Client, run: WorkflowExecutionInfo, exportedBy: string) {
  const { workflowId, runId, typedSearchAttributes: attributes } = run;
  try {
    const handle = client.workflow.getHandle(workflowId, runId);
    const json = stableHistory(historyToJSON(await within(client, () => handle.fetchHistory())));
    const events = readHistory(JSON.parse(json));
    const status = endOf(events);
    if (status === null) return 'unreadable';
    return {
      workflowId,
      runId,
      type: run.type,
      lifecycle: attributes.get(SA.lifecycle) ?? workflowId.split('/')[0] ?? run.type,
      state: attributes.get(SA.state) ?? null,
      customerRef: attributes.get(SA.customerRef) ?? null,
      status,
      startedAt: run.startTime,
      closedAt: run.closeTime ?? run.startTime,
      events: events.length,
      json,
      exportedBy,
    };
  } catch (error) {
    const code = codeOf(error);
    if (error instanceof WorkflowNotFoundError || code === NOT_FOUND) return 'gone';
    if (code !== null && PASSING.includes(code)) throw error;
    log.error('a closed history cannot be read', { workflowId, runId, error });
    return 'unreadable';
  }
}

interface Page extends Omit<Copied, 'next'> {
  readonly lastClose: Date;
  readonly to: Date;
}

/** Copies what closed in a window from `from` that is no larger than a page; one history never holds up the others. */
async function copyPage(deps: HistoryExportDeps, from: Date, end: Date, by: string): Promise<Page> {
  const { client, knex } = deps;
  const to = await windowEnd(deps, from, end);
  const runs = await listBetween(client, from, to);
  const runIds = runs.map(({ runId }) => runId);
  const known = await copiesOf(knex, runIds);
  const unreadable: string[] = [];
  let copied = 0;
  for (const run of runs.filter(({ runId }) => !known.has(runId))) {
    Context.current().heartbeat();
    const copy = await copyOf(client, run, by);
    if (copy === 'unreadable') unreadable.push(`${run.workflowId} (run ${run.runId})`);
    else if (copy !== 'gone' && (await keepCopy(knex, copy))) copied += 1;
  }
  const lastClose = new Date(Math.max(from.getTime(), ...runs.map((run) => run.closeTime?.getTime() ?? 0)));
  return { copied, unreadable, to, lastClose };
}

async function standing(knex: Knex, net: Net, { from }: CopyInput): Promise<Date> {
  return from === null ? reached(knex, net) : new Date(from);
}

export function makeHistoryExportActivities(deps: HistoryExportDeps) {
  const { knex } = deps;
  return {
    /** Copies a page of what closed since the front's place; idempotent, as a run is kept once. */
    async copyClosedRuns(input: CopyInput): Promise<Copied> {
      const from = await standing(knex, 'front', input);
      const { copied, unreadable, to, lastClose } = await copyPage(deps, from, OPEN_END, input.workflowId);
      const done = to.getTime() === OPEN_END.getTime();
      const seen = done ? lastClose : to;
      await reach(knex, 'front', new Date(Math.max(0, seen.getTime() - OVERLAP_MS)));
      return { copied, unreadable, next: done ? null : to.toISOString() };
    },

    /** Goes over one older page, where the lists may have shown a run late; from the beginning when it has met the front. */
    async patrolClosedRuns(input: CopyInput): Promise<Copied> {
      const front = await reached(knex, 'front');
      const from = await standing(knex, 'patrol', input);
      const { copied, unreadable, to } = await copyPage(deps, from, front, input.workflowId);
      const done = to >= front;
      await reach(knex, 'patrol', done ? BEGINNING : to);
      return { copied, unreadable, next: done ? null : to.toISOString() };
    },
  };
}

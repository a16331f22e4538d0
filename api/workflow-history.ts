/**
 * What happened in a run: its story, its raw history, its runs. Temporal is asked first; what it no longer holds is
 * told from the copy that history-export made, checked against its SHA-256.
 */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { z } from 'zod';
import { copiesOfWorkflow, openCopy, sha256Of, type Copy } from '../db/history-export';
import { stableHistory } from '../domain/history';
import { RefusalError } from '../domain/refusal';
import type { ApiDeps } from './deps';
import { idParams, timeOut } from './fields';
import { route, type Route } from './route';
import { storyOf } from './story';
import type { StoryEntry } from './story-entry';
import { ask } from './temporal';

/** A history comes in pages of some thousand events. */
export const READ_MS = 30_000;

export const runQuery = z.strictObject({ runId: z.uuid().optional() });

export const sourceOut = z
  .enum(['temporal', 'archive'])
  .meta({ description: 'Where this was read: from Temporal, or from the copy kept of it' });

export const sha256Out = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'SHA-256 of the raw history, as it is downloaded' });

export const copyOut = z.strictObject({
  seq: z.int().meta({ description: 'Its place in the chain of copies' }),
  sha256: sha256Out,
  chain: sha256Out.meta({ description: 'SHA-256 of "<chain before>|<workflow id>|<run id>|<sha256>"' }),
  bytes: z.int(),
  events: z.int(),
  exportedAt: timeOut,
  exportedBy: z.string(),
  intact: z
    .boolean()
    .optional()
    .meta({ description: 'Whether what is stored still gives that SHA-256; where it was read' }),
});

export function copyView(copy: Copy): z.output<typeof copyOut> {
  const { seq, sha256, chain, bytes, events, exportedBy } = copy;
  return { seq, sha256, chain, bytes, events, exportedBy, exportedAt: copy.exportedAt.toISOString() };
}

/** Asks Temporal; where it knows no such run, the copy. */
export async function orCopy<T>(live: () => Promise<T>, archived: () => Promise<T>): Promise<T> {
  try {
    return await live();
  } catch (error) {
    if (error instanceof RefusalError && error.code === 'wrong-state') return archived();
    throw error;
  }
}

export interface RawHistory {
  /** Proto-JSON as the SDK's replayer takes it; the same bytes at every download once the run is closed. */
  readonly json: string;
  readonly source: 'temporal' | 'archive';
}

interface ToldHistory extends Pick<RawHistory, 'source'> {
  readonly story: readonly StoryEntry[];
}

/** @throws RefusalError not-found, history-damaged */
async function archivedHistory(
  { knex }: Pick<ApiDeps, 'knex'>,
  id: string,
  runId?: string,
): Promise<RawHistory> {
  const copy = await openCopy(knex, id, runId);
  if (!copy) throw new RefusalError('not-found', 'There is no such workflow, nor a copy of it.');
  if (copy.json === null) throw new RefusalError('history-damaged');
  return { json: copy.json, source: 'archive' };
}

/** What Temporal holds, as proto-JSON whose maps come in any order. */
export async function liveHistory(client: Client, id: string, runId?: string): Promise<string> {
  const handle = client.workflow.getHandle(id, runId);
  return historyToJSON(await ask(client, () => handle.fetchHistory(), READ_MS));
}

/** The history of one run, or of the newest of its id. */
export async function rawHistory(
  deps: Pick<ApiDeps, 'client' | 'knex'>,
  id: string,
  runId?: string,
): Promise<RawHistory> {
  const live = async (): Promise<RawHistory> => {
    return { json: stableHistory(await liveHistory(deps.client, id, runId)), source: 'temporal' };
  };
  return orCopy(live, () => archivedHistory(deps, id, runId));
}

/** The same told as sentences, to which the order of maps is nothing. */
async function toldHistory(deps: ApiDeps, id: string, runId?: string): Promise<ToldHistory> {
  const live = async (): Promise<RawHistory> => {
    return { json: await liveHistory(deps.client, id, runId), source: 'temporal' };
  };
  const { json, source } = await orCopy(live, () => archivedHistory(deps, id, runId));
  return { story: storyOf(JSON.parse(json)), source };
}

const entry = z.strictObject({
  eventId: z.int(),
  at: z.string(),
  kind: z.enum(['start', 'activity', 'timer', 'update', 'signal', 'child', 'state', 'end', 'other']),
  sentence: z.string(),
  outcome: z.string().nullable(),
  detail: z.string().nullable(),
  causes: z.array(z.string()).optional().meta({ description: 'What went wrong, the nearest first' }),
  actor: z.strictObject({ id: z.string(), role: z.string() }).optional(),
  links: z.record(z.string(), z.union([z.string(), z.number()])),
  durationMs: z.number().optional(),
  attempts: z.int().optional(),
  times: z.int().optional().meta({ description: 'How many waits this one stands for' }),
  evidence: z.array(z.int()),
});

const view = ({ links, evidence, causes, ...told }: StoryEntry): z.output<typeof entry> => ({
  ...told,
  ...(causes ? { causes: [...causes] } : {}),
  links: { ...links },
  evidence: [...evidence],
});

const run = z.strictObject({
  runId: z.string(),
  status: z.string(),
  startedAt: timeOut,
  closedAt: timeOut.nullable(),
  events: z.int(),
  live: z.boolean().meta({ description: 'Whether Temporal still holds it' }),
  copy: copyOut.nullable(),
});

type RunView = z.output<typeof run>;

const STATUS: Readonly<Record<string, string>> = {
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Canceled',
  TERMINATED: 'Terminated',
  CONTINUED_AS_NEW: 'ContinuedAsNew',
  TIMED_OUT: 'TimedOut',
};

/** What the status of a run may be. */
export const STATUSES: readonly string[] = Object.values(STATUS);

export function statusOf({ status }: Pick<WorkflowExecutionInfo, 'status'>): string {
  return STATUS[status.name] ?? status.name;
}

/** All runs of an id, the newest first: those of Temporal's list, and those that only the copies know. */
async function runsOf(deps: ApiDeps, id: string): Promise<RunView[]> {
  if (!/^[\w./:+-]{1,200}$/.test(id)) throw new RefusalError('not-found');
  const copies = await copiesOfWorkflow(deps.knex, id);
  const runs = new Map<string, RunView>(
    copies.map((copy) => [
      copy.runId,
      {
        runId: copy.runId,
        status: copy.status,
        startedAt: copy.startedAt.toISOString(),
        closedAt: copy.closedAt.toISOString(),
        events: copy.events,
        live: false,
        copy: copyView(copy),
      },
    ]),
  );
  await ask(deps.client, async () => {
    for await (const info of deps.client.workflow.list({ query: `WorkflowId = '${id}'` })) {
      runs.set(info.runId, {
        runId: info.runId,
        status: statusOf(info),
        startedAt: info.startTime.toISOString(),
        closedAt: info.closeTime?.toISOString() ?? null,
        events: info.historyLength,
        live: true,
        copy: runs.get(info.runId)?.copy ?? null,
      });
    }
  });
  return [...runs.values()].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

export function workflowHistoryRoutes(deps: ApiDeps): Route[] {
  const common = { method: 'get', access: 'read', tag: 'workflows', params: idParams } as const;
  return [
    route({
      ...common,
      path: '/admin/v1/workflows/:id/story',
      summary: 'Its history as sentences',
      query: runQuery,
      answer: z.array(entry),
      refusals: ['history-damaged'],
      handler: async ({ params, query }) => {
        const { story, source } = await toldHistory(deps, params.id, query.runId);
        return { body: story.map(view), headers: { 'History-Source': source } };
      },
    }),
    route({
      ...common,
      path: '/admin/v1/workflows/:id/history',
      summary: 'Its raw history, as the replayer takes it',
      query: runQuery,
      answer: z.string(),
      contentType: 'application/json',
      refusals: ['history-damaged'],
      handler: async ({ params, query }) => {
        const { json, source } = await rawHistory(deps, params.id, query.runId);
        const name = params.id.replace(/[^\w.-]+/g, '-');
        const headers = {
          'Content-Disposition': `attachment; filename="${name}.json"`,
          'Repr-Digest': `sha-256=:${Buffer.from(sha256Of(json), 'hex').toString('base64')}:`,
          'History-Source': source,
        };
        return { body: json, headers };
      },
    }),
    route({
      ...common,
      path: '/admin/v1/workflows/:id/runs',
      summary: 'All its runs, the newest first, with the copies kept of them',
      answer: z.array(run),
      handler: async ({ params }) => ({ body: await runsOf(deps, params.id) }),
    }),
  ];
}

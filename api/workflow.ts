/** Workflows: the list from Temporal's visibility, one with where it stands, its story, its raw history, and help. */
import type { WorkflowExecutionInfo, WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { z } from 'zod';
import { RefusalError } from '../domain/refusal';
import { SA, cancelAndRelease, retryNow, standing, type Standing } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { idParams, reasonIn, timeOut } from './fields';
import { contentRange, listQuery, type ListQuery } from './list';
import { RequestError } from './problem';
import { stableHistory } from '../domain/history';
import { route, type Answer, type Route } from './route';
import { storyOf } from './story';
import { ask, update } from './temporal';

const workflow = z.strictObject({
  id: z.string().meta({ description: 'Workflow id: the lifecycle, then the business id' }),
  runId: z.string(),
  type: z.string(),
  lifecycle: z.string(),
  state: z.string().nullable(),
  status: z.string().meta({ description: 'Of the run: Running, Completed, Failed…' }),
  needsAction: z.boolean(),
  customerRef: z.string().nullable(),
  dueAt: timeOut.nullable(),
  historyLength: z.int(),
  startedAt: timeOut,
  closedAt: timeOut.nullable(),
});

type WorkflowView = z.output<typeof workflow>;

const full = workflow.extend({
  summary: z.string().nullable(),
  waitingFor: z.string().nullable(),
  needsActionSentence: z.string().nullable(),
  firstRunId: z.string().nullable(),
  parentId: z.string().nullable(),
  pending: z.array(
    z.strictObject({ activity: z.string(), attempt: z.int(), lastFailure: z.string().nullable() }),
  ),
});

const STATUS: Readonly<Record<string, string>> = {
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Canceled',
  TERMINATED: 'Terminated',
  CONTINUED_AS_NEW: 'ContinuedAsNew',
  TIMED_OUT: 'TimedOut',
};

type Info = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'type' | 'status' | 'historyLength' | 'startTime' | 'typedSearchAttributes'
> & { readonly closeTime?: Date | undefined };

function viewOf(info: Info): WorkflowView {
  const attributes = info.typedSearchAttributes;
  return {
    id: info.workflowId,
    runId: info.runId,
    type: info.type,
    lifecycle: attributes.get(SA.lifecycle) ?? info.workflowId.split('/')[0] ?? info.type,
    state: attributes.get(SA.state) ?? null,
    status: STATUS[info.status.name] ?? info.status.name,
    needsAction: attributes.get(SA.needsAction) ?? false,
    customerRef: attributes.get(SA.customerRef) ?? null,
    dueAt: attributes.get(SA.dueAt)?.toISOString() ?? null,
    historyLength: info.historyLength,
    startedAt: info.startTime.toISOString(),
    closedAt: info.closeTime?.toISOString() ?? null,
  };
}

const FILTERS: Readonly<Record<string, string>> = {
  id: 'WorkflowId',
  ids: 'WorkflowId',
  lifecycle: 'Lifecycle',
  state: 'State',
  customerRef: 'CustomerRef',
  status: 'ExecutionStatus',
  type: 'WorkflowType',
};

/** Quoted for a visibility query; ids and names of ours need no more letters than these. */
function quoted(name: string, value: unknown): string {
  if (typeof value !== 'string' || !/^[\w./:+-]{1,200}$/.test(value)) {
    throw new RequestError([
      { pointer: '?filter', code: 'malformed-request', detail: `"${name}" takes a plain text.` },
    ]);
  }
  return `'${value}'`;
}

function conditionOf(name: string, value: unknown): string {
  if (name === 'needsAction' && typeof value === 'boolean') {
    return value ? 'NeedsAction = true' : '(NeedsAction = false OR NeedsAction IS NULL)';
  }
  const field = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  if (field === undefined) {
    const detail = `"${name}" cannot be filtered by.`;
    throw new RequestError([{ pointer: '?filter', code: 'unknown-filter', detail }]);
  }
  if (!Array.isArray(value)) return `${field} = ${quoted(name, value)}`;
  return `${field} IN (${value.map((item) => quoted(name, item)).join(', ')})`;
}

/** The visibility query of a list; runs that went on in a new one are left out unless asked for. */
export function visibilityQuery({ filter = {}, sort }: ListQuery): string {
  if (sort && (sort[0] !== 'startedAt' || sort[1] !== 'DESC')) {
    const detail = 'Workflows are sorted by ["startedAt","DESC"] only.';
    throw new RequestError([{ pointer: '?sort', code: 'unknown-filter', detail }]);
  }
  const parts = Object.entries(filter).map(([name, value]) => conditionOf(name, value));
  if (!('status' in filter)) parts.push("ExecutionStatus != 'ContinuedAsNew'");
  return parts.join(' AND ');
}

async function list(deps: ApiDeps, asked: ListQuery): Promise<Answer<WorkflowView[]>> {
  const { workflow: workflows } = deps.client;
  const query = visibilityQuery(asked);
  const [start, end] = asked.range ?? [0, 99];
  return ask(deps.client, async () => {
    const { count } = await workflows.count(query);
    const found = new Map<string, WorkflowView>();
    let place = 0;
    for await (const info of workflows.list({ query, pageSize: Math.min(1000, end + 1) })) {
      // The newest run comes first and stands for its id.
      if (place >= start && !found.has(info.workflowId)) found.set(info.workflowId, viewOf(info));
      place += 1;
      if (place > end) break;
    }
    const body = [...found.values()];
    return { body, headers: contentRange('workflows', start, body.length, count) };
  });
}

/** Where the workflow says it stands; null where no worker answers in time or it has nothing to say. */
async function standingOf(deps: ApiDeps, handle: WorkflowHandle): Promise<Standing | null> {
  try {
    return await ask(deps.client, () => handle.query(standing));
  } catch (error) {
    deps.log.debug({ err: error, workflowId: handle.workflowId }, 'no standing');
    return null;
  }
}

function orNotFound(error: unknown): never {
  if (error instanceof RefusalError && error.code === 'wrong-state') {
    throw new RefusalError('not-found', 'Temporal knows no such workflow.');
  }
  throw error;
}

async function one(deps: ApiDeps, id: string, runId: string | undefined): Promise<z.output<typeof full>> {
  const handle = deps.client.workflow.getHandle(id, runId);
  const { info, summary } = await ask(deps.client, async () => {
    const described = await handle.describe();
    return { info: described, summary: (await described.staticSummary()) ?? null };
  }).catch(orNotFound);
  const stands = await standingOf(deps, handle);
  return {
    ...viewOf(info),
    summary,
    waitingFor: stands?.waitingFor ?? null,
    needsActionSentence: stands?.needsAction ?? null,
    firstRunId: info.raw.workflowExecutionInfo?.firstRunId ?? null,
    parentId: info.parentExecution?.workflowId ?? null,
    pending: (info.raw.pendingActivities ?? []).map((pending) => ({
      activity: pending.activityType?.name ?? '',
      attempt: pending.attempt ?? 1,
      lastFailure: pending.lastFailure?.message ?? null,
    })),
  };
}

/** The history of one run as the SDK's replayer takes it; the same bytes at every download once the run is closed. */
async function historyOf(deps: ApiDeps, id: string, runId: string | undefined): Promise<string> {
  const handle = deps.client.workflow.getHandle(id, runId);
  return stableHistory(historyToJSON(await ask(deps.client, () => handle.fetchHistory()).catch(orNotFound)));
}

const runQuery = z.strictObject({ runId: z.uuid().optional() });

const entry = z.strictObject({
  eventId: z.int(),
  at: z.string(),
  kind: z.enum(['start', 'activity', 'timer', 'update', 'signal', 'child', 'state', 'end', 'other']),
  sentence: z.string(),
  outcome: z.string().nullable(),
  detail: z.string().nullable(),
  actor: z.strictObject({ id: z.string(), role: z.string() }).optional(),
  links: z.record(z.string(), z.union([z.string(), z.number()])),
  durationMs: z.number().optional(),
  attempts: z.int().optional(),
  evidence: z.array(z.int()),
});

function readRoutes(deps: ApiDeps): Route[] {
  const common = { method: 'get', access: 'read', tag: 'workflows' } as const;
  return [
    route({
      ...common,
      path: '/admin/v1/workflows',
      summary: 'Workflows, the newest first',
      query: listQuery,
      answer: z.array(workflow),
      handler: ({ query }) => list(deps, query),
    }),
    route({
      ...common,
      path: '/admin/v1/workflows/:id',
      summary: 'One workflow: where it stands and what it waits for',
      params: idParams,
      query: runQuery,
      answer: full,
      handler: async ({ params, query }) => ({ body: await one(deps, params.id, query.runId) }),
    }),
    route({
      ...common,
      path: '/admin/v1/workflows/:id/story',
      summary: 'Its history as sentences',
      params: idParams,
      query: runQuery,
      answer: z.array(entry),
      handler: async ({ params, query }) => {
        const history: unknown = JSON.parse(await historyOf(deps, params.id, query.runId));
        const body = storyOf(history).map((told) => ({
          ...told,
          links: { ...told.links },
          evidence: [...told.evidence],
        }));
        return { body };
      },
    }),
    route({
      ...common,
      path: '/admin/v1/workflows/:id/history',
      summary: 'Its raw history, as the replayer takes it',
      params: idParams,
      query: runQuery,
      answer: z.string(),
      contentType: 'application/json',
      handler: async ({ params, query }) => {
        const name = params.id.replace(/[^\w.-]+/g, '-');
        const headers = { 'Content-Disposition': `attachment; filename="${name}.json"` };
        return { body: await historyOf(deps, params.id, query.runId), headers };
      },
    }),
  ];
}

function helpRoutes(deps: ApiDeps): Route[] {
  const helps = [
    ['retry', retryNow, 'Try the stuck step again now'],
    ['cancel', cancelAndRelease, 'Cancel and release, before anything is signed'],
  ] as const;
  return helps.map(([verb, definition, summary]) =>
    route({
      method: 'post',
      path: `/admin/v1/workflows/:id/${verb}`,
      access: 'workflow:help',
      tag: 'workflows',
      summary,
      idempotent: true,
      params: idParams,
      body: z.strictObject({ reason: reasonIn }),
      answer: z.strictObject({ id: z.string(), state: z.string() }),
      refusals: ['wrong-state', 'reason-required'],
      handler: async ({ actor, params: { id }, body, key }) => {
        const request = { actor: { id: actor.id, role: actor.role }, reason: body.reason };
        const { state } = await update(deps.client, id, definition, `${actor.id}/${key}`, [request]);
        return { body: { id, state }, workflowId: id };
      },
    }),
  );
}

export function workflowRoutes(deps: ApiDeps): Route[] {
  return [...readRoutes(deps), ...helpRoutes(deps)];
}

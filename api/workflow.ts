/** Workflows: the list from Temporal's visibility, one with where it stands, and help. */
import type { WorkflowExecutionInfo, WorkflowHandle } from '@temporalio/client';
import { z } from 'zod';
import { copiesOf, openCopy } from '../db/history-export';
import { readHistory, textAt } from '../domain/history';
import { RefusalError } from '../domain/refusal';
import { SA, cancelAndRelease, retryNow, standing, type Standing } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { failingSentence, isFailing } from './failing';
import { idParams, reasonIn, timeOut } from './fields';
import { contentRange, listQuery, type ListQuery } from './list';
import { route, type Answer, type Route } from './route';
import { resume, stoppedAs } from './stopped';
import { ask, update } from './temporal';
import { visibilityQuery } from './workflow-filter';
import { copyOut, copyView, orCopy, runQuery, sha256Out, sourceOut, statusOf } from './workflow-history';

const workflow = z.strictObject({
  id: z.string().meta({ description: 'Workflow id: the lifecycle, then the business id' }),
  runId: z.string(),
  type: z.string(),
  lifecycle: z.string(),
  state: z.string().nullable(),
  status: z.string().meta({ description: 'Of the run: Running, Completed, Failed…' }),
  needsAction: z.boolean().meta({ description: 'It asks for help, or its code fails' }),
  customerRef: z.string().nullable(),
  dueAt: timeOut.nullable(),
  historyLength: z.int(),
  startedAt: timeOut,
  closedAt: timeOut.nullable(),
});

type WorkflowView = z.output<typeof workflow>;

const listed = workflow.extend({ sha256: sha256Out.nullable() });

const full = workflow.extend({
  source: sourceOut,
  copy: copyOut.nullable(),
  summary: z.string().nullable(),
  waitingFor: z.string().nullable(),
  needsActionSentence: z.string().nullable(),
  stopped: z.boolean().meta({ description: 'Ended before its work was done: `retry` sets it going again' }),
  failing: z
    .boolean()
    .meta({ description: 'Its code fails: it goes on once a release mends this, and answers nobody' }),
  firstRunId: z.string().nullable(),
  parentId: z.string().nullable(),
  pending: z.array(
    z.strictObject({ activity: z.string(), attempt: z.int(), lastFailure: z.string().nullable() }),
  ),
});

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
    status: statusOf(info),
    needsAction: attributes.get(SA.needsAction) === true || isFailing(info),
    customerRef: attributes.get(SA.customerRef) ?? null,
    dueAt: attributes.get(SA.dueAt)?.toISOString() ?? null,
    historyLength: info.historyLength,
    startedAt: info.startTime.toISOString(),
    closedAt: info.closeTime?.toISOString() ?? null,
  };
}

async function list(deps: ApiDeps, asked: ListQuery): Promise<Answer<z.output<typeof listed>[]>> {
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
    const copies = await copiesOf(
      deps.knex,
      [...found.values()].map(({ runId }) => runId),
    );
    const body = [...found.values()].map((row) => ({
      ...row,
      sha256: copies.get(row.runId)?.sha256 ?? null,
    }));
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

type FullView = z.output<typeof full>;

async function live(deps: ApiDeps, id: string, runId: string | undefined): Promise<FullView> {
  const handle = deps.client.workflow.getHandle(id, runId);
  const { info, summary } = await ask(deps.client, async () => {
    const described = await handle.describe();
    return { info: described, summary: (await described.staticSummary()) ?? null };
  });
  const stopped = await stoppedAs(deps.client, info);
  const failing = isFailing(info);
  const fault = failing ? await failingSentence(deps.client, info) : stopped;
  const stands = fault === null ? await standingOf(deps, handle) : null;
  const copy = (await copiesOf(deps.knex, [info.runId])).get(info.runId);
  return {
    ...viewOf(info),
    source: 'temporal',
    copy: copy ? copyView(copy) : null,
    summary,
    waitingFor: stands?.waitingFor ?? null,
    needsActionSentence: fault ?? stands?.needsAction ?? null,
    stopped: stopped !== null,
    failing,
    firstRunId: info.raw.workflowExecutionInfo?.firstRunId ?? null,
    parentId: info.parentExecution?.workflowId ?? null,
    pending: (info.raw.pendingActivities ?? []).map((pending) => ({
      activity: pending.activityType?.name ?? '',
      attempt: pending.attempt ?? 1,
      lastFailure: pending.lastFailure?.message ?? null,
    })),
  };
}

/** A run that Temporal no longer holds, as its copy tells it. */
async function archived(deps: ApiDeps, id: string, runId: string | undefined): Promise<FullView> {
  const copy = await openCopy(deps.knex, id, runId);
  if (!copy) throw new RefusalError('not-found', 'There is no such workflow, nor a copy of it.');
  const [first] = copy.json === null ? [] : readHistory(JSON.parse(copy.json));
  return {
    id,
    runId: copy.runId,
    type: copy.type,
    lifecycle: copy.lifecycle,
    state: copy.state,
    status: copy.status,
    needsAction: false,
    customerRef: copy.customerRef,
    dueAt: null,
    historyLength: copy.events,
    startedAt: copy.startedAt.toISOString(),
    closedAt: copy.closedAt.toISOString(),
    source: 'archive',
    copy: { ...copyView(copy), intact: copy.json !== null },
    summary: first?.summary ?? null,
    waitingFor: null,
    needsActionSentence: null,
    stopped: false,
    failing: false,
    firstRunId: textAt(first?.attributes, 'firstExecutionRunId'),
    parentId: textAt(first?.attributes, 'parentWorkflowExecution', 'workflowId'),
    pending: [],
  };
}

async function one(deps: ApiDeps, id: string, runId: string | undefined): Promise<FullView> {
  return orCopy(
    () => live(deps, id, runId),
    () => archived(deps, id, runId),
  );
}

function readRoutes(deps: ApiDeps): Route[] {
  const common = { method: 'get', access: 'read', tag: 'workflows' } as const;
  return [
    route({
      ...common,
      path: '/admin/v1/workflows',
      summary: 'Workflows, the newest first',
      query: listQuery,
      answer: z.array(listed),
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
  ];
}

function helpRoutes(deps: ApiDeps): Route[] {
  const helps = [
    ['retry', retryNow, 'Try the stuck step again now, or take up again what was stopped'],
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
      answer: z.strictObject({
        id: z.string(),
        state: z.string(),
        approvalId: z
          .string()
          .nullable()
          .meta({ description: 'Where it moves money: the approval in which another person decides' }),
      }),
      refusals: ['wrong-state', 'reason-required', 'help-asked'],
      handler: async ({ actor, params: { id }, body, key, workId }) => {
        const request = { actor: { id: actor.id, role: actor.role }, reason: body.reason };
        const why = `${actor.role} ${actor.id}: ${body.reason}`;
        if (verb === 'retry' && (await resume(deps.client, id, why, workId)))
          return { body: { id, state: 'resumed', approvalId: null }, workflowId: id };
        const answer = await update(deps.client, id, definition, `${actor.id}/${key}`, [request]);
        const { state, approvalId } = answer;
        return { body: { id, state, approvalId }, workflowId: id };
      },
    }),
  );
}

export function workflowRoutes(deps: ApiDeps): Route[] {
  return [...readRoutes(deps), ...helpRoutes(deps)];
}

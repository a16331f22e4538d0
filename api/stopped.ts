/**
 * Workflows that were ended from outside, or failed, before their work was done: nobody takes them further but a
 * person. Staff see them first on the home screen, and set them going again from where they stood.
 */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { numberAt, readHistory, textAt, type HistoryEvent } from '../domain/history';
import { RefusalError } from '../domain/refusal';
import { act, ask } from './temporal';
import { READ_MS, statusOf } from './workflow-history';

/** How a run ends that did not end by itself, and the words for it. */
const STOPPED: Readonly<Record<string, string>> = {
  Failed: 'It failed by a fault of its own',
  Terminated: 'Somebody terminated it',
  TimedOut: 'It ran out of time',
  Canceled: 'Somebody cancelled it',
};

/** What a Schedule started is done anew by its next run; a code that was not mailed is asked for anew by its customer. */
const QUERY = `ExecutionStatus IN (${Object.keys(STOPPED)
  .map((status) => `'${status}'`)
  .join(', ')}) AND TemporalScheduledById IS NULL AND WorkflowType != 'signIn'`;
const MOST = 200;

const isStopped = (status: string): boolean => Object.hasOwn(STOPPED, status);

/** The sentence in which staff are told. */
export const stoppedSentence = (status: string): string =>
  `${STOPPED[status] ?? 'It was stopped'}; it does not go on until a person sets it going again.`;

export type StoppedRun = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'type' | 'status' | 'startTime' | 'typedSearchAttributes'
>;

/** The newest run of an id; null where Temporal holds none. */
async function newestRun(client: Client, id: string): Promise<StoppedRun | null> {
  try {
    return await ask(client, () => client.workflow.getHandle(id).describe());
  } catch (error) {
    if (error instanceof RefusalError && error.code === 'wrong-state') return null;
    throw error;
  }
}

/** The sentence of a run that was stopped and that nothing followed; null of others. */
export async function stoppedAs(
  client: Client,
  info: Pick<WorkflowExecutionInfo, 'workflowId' | 'runId' | 'status'>,
): Promise<string | null> {
  const status = statusOf(info);
  if (!isStopped(status)) return null;
  const newest = await newestRun(client, info.workflowId);
  return newest?.runId === info.runId ? stoppedSentence(status) : null;
}

/** Stopped workflows, the newest first: those whose newest run is a stopped one. */
export async function stoppedWorkflows(client: Client): Promise<StoppedRun[]> {
  const ids = await ask(client, async () => {
    const found = new Set<string>();
    for await (const { workflowId } of client.workflow.list({ query: QUERY, pageSize: MOST })) {
      found.add(workflowId);
      if (found.size === MOST) break;
    }
    return [...found];
  });
  const newest = await Promise.all(ids.map((id) => newestRun(client, id)));
  return newest.filter((run) => run !== null).filter((run) => isStopped(statusOf(run)));
}

/** A child whose end the run did not hear of; `task` is the workflow task that began it. */
export interface OpenChild {
  readonly task: number;
  readonly workflowId: string;
  /** null where it was asked for and its beginning was not heard of. */
  readonly runId: string | null;
}

/** Children that a run began and whose end it did not hear of. */
export function openChildren(events: readonly HistoryEvent[]): OpenChild[] {
  const children = new Map<number, OpenChild>();
  for (const { id, type, attributes } of events) {
    if (type === 'START_CHILD_WORKFLOW_EXECUTION_INITIATED') {
      const task = numberAt(attributes, 'workflowTaskCompletedEventId') ?? 0;
      children.set(id, { task, workflowId: textAt(attributes, 'workflowId') ?? '', runId: null });
    } else if (type.includes('CHILD_WORKFLOW_EXECUTION')) {
      const begun = numberAt(attributes, 'initiatedEventId') ?? 0;
      const child = children.get(begun);
      const runId = textAt(attributes, 'workflowExecution', 'runId');
      if (child && type === 'CHILD_WORKFLOW_EXECUTION_STARTED') children.set(begun, { ...child, runId });
      else children.delete(begun);
    }
  }
  return [...children.values()];
}

/**
 * Where a run is taken up again: its last completed workflow task, which is done anew; before the request where its
 * cancellation was asked for; and no later than the task `last`. null where it had not even begun.
 */
export function resumePoint(events: readonly HistoryEvent[], last = Infinity): number | null {
  const cancelled = events.find(({ type }) => type === 'WORKFLOW_EXECUTION_CANCEL_REQUESTED')?.id ?? Infinity;
  const tasks = events.filter(
    ({ id, type }) => type === 'WORKFLOW_TASK_COMPLETED' && id < cancelled && id <= last,
  );
  return tasks.at(-1)?.id ?? null;
}

async function isRunning(client: Client, { workflowId, runId }: OpenChild): Promise<boolean> {
  if (runId === null) return false;
  try {
    const { status } = await ask(client, () => client.workflow.getHandle(workflowId, runId).describe());
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof RefusalError && error.code === 'wrong-state') return false;
    throw error;
  }
}

/**
 * The task that began the first child which ended unheard: what a stopped run is told is lost, so that the new one
 * would wait for ever; it begins the child again instead, which finds its work done.
 */
async function beforeUnheard(client: Client, events: readonly HistoryEvent[]): Promise<number> {
  const children = openChildren(events);
  const running = await Promise.all(children.map((child) => isRunning(client, child)));
  return Math.min(Infinity, ...children.filter((_, at) => running[at] === false).map(({ task }) => task));
}

/**
 * Takes a stopped workflow up again as a new run with all that it knew. What it had under way is done again, once in
 * its effect; no approval is passed over. `requestId` makes it one effect.
 * @returns false where it was not stopped
 * @throws RefusalError wrong-state where it had not begun
 */
export async function resume(
  client: Client,
  id: string,
  reason: string,
  requestId: string,
): Promise<boolean> {
  const newest = await newestRun(client, id);
  if (newest === null || !isStopped(statusOf(newest))) return false;
  const { runId } = newest;
  const history = await ask(client, () => client.workflow.getHandle(id, runId).fetchHistory(), READ_MS);
  const events = readHistory(JSON.parse(historyToJSON(history)));
  const point = resumePoint(events, await beforeUnheard(client, events));
  const task = history.events?.find(({ eventId }) => Number(eventId) === point)?.eventId;
  if (!task) throw new RefusalError('wrong-state', 'It had not begun: ask for the work anew.');
  await act(client, () =>
    client.workflowService.resetWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId: id, runId },
      reason,
      requestId,
      workflowTaskFinishEventId: task,
    }),
  );
  return true;
}

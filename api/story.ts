/**
 * A history as sentences. Pure: proto-JSON in, story out. Parts of one activity, timer, update or child are one entry;
 * workflow tasks are the engine's own business and left out, but where a person took the run up again; an event that nobody foresaw gets a plain line.
 */
import {
  decode,
  decodeAll,
  numberAt,
  readHistory,
  textAt,
  valueAt,
  type HistoryEvent,
} from '../domain/history';
import {
  capital,
  causesOf,
  failureOf,
  linksIn,
  words,
  type Draft,
  type Later,
  type StoryEntry,
} from './story-entry';
import { signal, update } from './story-said';
import { foldWaits } from './story-wait';

const LATER_FIELDS = ['scheduledEventId', 'startedEventId', 'initiatedEventId', 'acceptedEventId'];

const updateIdOf = ({ attributes }: HistoryEvent): string | null =>
  textAt(attributes, 'meta', 'updateId') ?? textAt(attributes, 'acceptedRequest', 'meta', 'updateId');

/** Which of its fields names the event that began what this one is a later part of. */
function firstField({ type, attributes }: HistoryEvent): string | undefined {
  if (type.startsWith('WORKFLOW_TASK')) return undefined;
  if (type.startsWith('ACTIVITY_TASK')) return 'scheduledEventId';
  if (type.includes('CHILD_WORKFLOW') || type.includes('EXTERNAL_WORKFLOW')) return 'initiatedEventId';
  return LATER_FIELDS.find((name) => numberAt(attributes, name) !== null);
}

/** Later parts by the id of the event that began them. */
function laterParts(events: readonly HistoryEvent[]): Map<number, Later> {
  const parts = new Map<number, Later>();
  const accepted = new Map<string | null, number>();
  for (const event of events) {
    if (event.type === 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED') accepted.set(updateIdOf(event), event.id);
    const field = firstField(event);
    // The time-skipping server leaves acceptedEventId out: the update's own id says the same.
    const updated =
      event.type === 'WORKFLOW_EXECUTION_UPDATE_COMPLETED' ? accepted.get(updateIdOf(event)) : undefined;
    const first = updated ?? (field === undefined ? null : numberAt(event.attributes, field));
    if (first === null || first === 0 || first >= event.id) continue;
    const known = parts.get(first) ?? {};
    const starts = ['ACTIVITY_TASK_STARTED', 'CHILD_WORKFLOW_EXECUTION_STARTED'].includes(event.type);
    parts.set(first, starts ? { ...known, started: event } : { ...known, closed: event });
  }
  return parts;
}

const ENDING: Readonly<Record<string, string>> = {
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  CANCELED: 'cancelled',
  TERMINATED: 'terminated',
};

function outcomeOf(closed: HistoryEvent | undefined): string | null {
  if (!closed) return 'running';
  return Object.entries(ENDING).find(([end]) => closed.type.endsWith(end))?.[1] ?? null;
}

function activity(event: HistoryEvent, { started, closed }: Later): Draft {
  const attempts = numberAt(started?.attributes, 'attempt');
  const name = textAt(event.attributes, 'activityType', 'name') ?? 'an unnamed step';
  const [input] = decodeAll(valueAt(event.attributes, 'input'));
  const [result] = decodeAll(valueAt(closed?.attributes, 'result'));
  return {
    kind: 'activity',
    sentence: event.summary ?? capital(words(name)),
    outcome: outcomeOf(closed),
    detail: failureOf(closed?.attributes) ?? textAt(started?.attributes, 'lastFailure', 'message'),
    ...causesOf(valueAt(closed?.attributes, 'failure') ?? valueAt(started?.attributes, 'lastFailure')),
    links: linksIn(input, result),
    ...(attempts === null ? {} : { attempts }),
  };
}

function timer(event: HistoryEvent, { closed }: Later): Draft {
  const outcome = !closed ? 'waiting' : closed.type === 'TIMER_CANCELED' ? 'ended early' : null;
  return { kind: 'timer', sentence: event.summary ?? 'Waited', outcome };
}

function child(event: HistoryEvent, { started, closed }: Later): Draft {
  const runId = textAt(started?.attributes, 'workflowExecution', 'runId');
  const workflow = textAt(event.attributes, 'workflowId') ?? '';
  const name = textAt(event.attributes, 'workflowType', 'name') ?? 'a workflow';
  const [input] = decodeAll(valueAt(event.attributes, 'input'));
  return {
    kind: 'child',
    sentence: event.summary ?? `Started ${workflow === '' ? words(name) : workflow}`,
    outcome: outcomeOf(closed),
    detail: failureOf(closed?.attributes),
    ...causesOf(valueAt(closed?.attributes, 'failure')),
    links: {
      ...linksIn(input),
      ...(workflow === '' ? {} : { workflow }),
      ...(runId === null ? {} : { run: runId }),
    },
  };
}

/** A person took a stopped run up again: the story before is that of the run it was taken from. */
function resumed({ attributes }: HistoryEvent): Draft {
  const before = textAt(attributes, 'baseRunId');
  return {
    kind: 'start',
    sentence: 'It was stopped, and a person set it going again from here',
    detail: textAt(attributes, 'failure', 'message'),
    links: before === null ? {} : { before },
  };
}

const isReset = ({ attributes }: HistoryEvent): boolean =>
  textAt(attributes, 'cause')?.endsWith('RESET_WORKFLOW') === true;

/** Another workflow was signalled; only the watch over the collateral does. */
function told(event: HistoryEvent, { closed }: Later): Draft {
  const workflow = textAt(event.attributes, 'workflowExecution', 'workflowId') ?? 'a workflow';
  return {
    kind: 'signal',
    sentence: `Told ${workflow} how its collateral stands`,
    outcome: outcomeOf(closed),
    links: { workflow },
  };
}

function attributes(event: HistoryEvent): Draft {
  const fields = valueAt(event.attributes, 'searchAttributes', 'indexedFields');
  const state = decode(valueAt(fields, 'State'));
  const needs = decode(valueAt(fields, 'NeedsAction'));
  const said = [
    ...(typeof state === 'string' ? [`State: ${words(state)}`] : []),
    ...(needs === true ? ['Asked for help'] : needs === false ? ['Needs no help'] : []),
  ];
  return { kind: 'state', sentence: said.length > 0 ? said.join('. ') : 'Noted how it can be found' };
}

function started(event: HistoryEvent): Draft {
  const [input] = decodeAll(valueAt(event.attributes, 'input'));
  const parent = textAt(event.attributes, 'parentWorkflowExecution', 'workflowId');
  const before = textAt(event.attributes, 'continuedExecutionRunId');
  const parentRun = textAt(event.attributes, 'parentWorkflowExecution', 'runId');
  const links = {
    ...linksIn(input),
    ...(parent === null ? {} : { workflow: parent }),
    ...(before === null ? (parentRun === null ? {} : { run: parentRun }) : { before }),
  };
  const name = words(textAt(event.attributes, 'workflowType', 'name') ?? 'workflow');
  const sentence = event.summary ?? capital(name);
  return {
    kind: 'start',
    sentence: before === null ? sentence : `${sentence} (goes on from the run before)`,
    links,
  };
}

const ENDS: Readonly<Record<string, string>> = {
  WORKFLOW_EXECUTION_COMPLETED: 'Done',
  WORKFLOW_EXECUTION_FAILED: 'Failed',
  WORKFLOW_EXECUTION_TIMED_OUT: 'Timed out',
  WORKFLOW_EXECUTION_CANCELED: 'Cancelled',
  WORKFLOW_EXECUTION_TERMINATED: 'Terminated',
  WORKFLOW_EXECUTION_CONTINUED_AS_NEW: 'Goes on in a new run',
};

function draftOf(event: HistoryEvent, later: Later): Draft {
  switch (event.type) {
    case 'WORKFLOW_EXECUTION_STARTED':
      return started(event);
    case 'ACTIVITY_TASK_SCHEDULED':
      return activity(event, later);
    case 'TIMER_STARTED':
      return timer(event, later);
    case 'WORKFLOW_EXECUTION_UPDATE_ACCEPTED':
      return update(event, later);
    case 'START_CHILD_WORKFLOW_EXECUTION_INITIATED':
      return child(event, later);
    case 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES':
      return attributes(event);
    case 'SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED':
      return told(event, later);
    case 'WORKFLOW_EXECUTION_SIGNALED':
      return signal(event);
    case 'WORKFLOW_TASK_FAILED':
      return resumed(event);
    default: {
      const end = ENDS[event.type];
      if (end === undefined) return { kind: 'other', sentence: capital(words(event.type)) };
      const next = textAt(event.attributes, 'newExecutionRunId');
      return {
        kind: 'end',
        sentence: end,
        outcome: outcomeOf(event),
        detail: failureOf(event.attributes) ?? textAt(event.attributes, 'reason'),
        ...causesOf(valueAt(event.attributes, 'failure')),
        links: next === null ? {} : { next },
      };
    }
  }
}

/** The story of one run, in the order in which it happened. */
export function storyOf(history: unknown): StoryEntry[] {
  const events = readHistory(history).filter(
    (event) => !event.type.startsWith('WORKFLOW_TASK') || isReset(event),
  );
  const parts = laterParts(events);
  const told = new Set([...parts.values()].flatMap(({ started: s, closed }) => [s?.id, closed?.id]));
  const entries = events
    .filter(({ id }) => !told.has(id))
    .map((event) => {
      const later = parts.get(event.id) ?? {};
      const evidence = [event, later.started, later.closed].flatMap((part) => (part ? [part.id] : []));
      const durationMs = later.closed ? Date.parse(later.closed.at) - Date.parse(event.at) : undefined;
      return {
        eventId: event.id,
        at: event.at,
        outcome: null,
        detail: null,
        links: {},
        ...(durationMs === undefined ? {} : { durationMs }),
        ...draftOf(event, later),
        evidence,
      };
    });
  return foldWaits(entries);
}

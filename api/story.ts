/**
 * A history as sentences. Pure: proto-JSON in, story out. Parts of one activity, timer, update or child are one entry;
 * workflow tasks are the engine's own business and left out; an event that nobody foresaw gets a plain line.
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

export type StoryKind =
  'start' | 'activity' | 'timer' | 'update' | 'signal' | 'child' | 'state' | 'end' | 'other';

export interface StoryEntry {
  readonly eventId: number;
  readonly at: string;
  readonly kind: StoryKind;
  readonly sentence: string;
  /** 'failed', 'refused', 'running'… ; null where all is well. */
  readonly outcome: string | null;
  readonly detail: string | null;
  readonly actor?: { readonly id: string; readonly role: string };
  readonly links: Readonly<Record<string, string | number>>;
  readonly durationMs?: number;
  readonly attempts?: number;
  /** All events that this entry is made of. */
  readonly evidence: readonly number[];
}

/** 'creditDeposit' → 'credit deposit'; 'TIMER_FIRED' → 'timer fired'. */
function words(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Which fields of arguments and results lead somewhere, and under which name. */
const LINKS: Readonly<Record<string, string>> = {
  journalId: 'journal',
  messageId: 'message',
  cid: 'cid',
  messageCid: 'cid',
  approvalId: 'approval',
  loanId: 'loan',
  customerId: 'customer',
};

function linksIn(...values: readonly unknown[]): Record<string, string | number> {
  const links: Record<string, string | number> = {};
  for (const value of values) {
    if (typeof value !== 'object' || value === null) continue;
    for (const [field, found] of Object.entries(value) as [string, unknown][]) {
      const name = LINKS[field];
      if (name !== undefined && (typeof found === 'string' || typeof found === 'number')) links[name] = found;
    }
  }
  return links;
}

const failureOf = (attributes: unknown): string | null =>
  textAt(attributes, 'failure', 'cause', 'message') ?? textAt(attributes, 'failure', 'message');

interface Later {
  readonly started?: HistoryEvent;
  readonly closed?: HistoryEvent;
}

const LATER_FIELDS = ['scheduledEventId', 'startedEventId', 'initiatedEventId', 'acceptedEventId'];

const updateIdOf = ({ attributes }: HistoryEvent): string | null =>
  textAt(attributes, 'meta', 'updateId') ?? textAt(attributes, 'acceptedRequest', 'meta', 'updateId');

/** Which of its fields names the event that began what this one is a later part of. */
function firstField({ type, attributes }: HistoryEvent): string | undefined {
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

type Draft = Pick<StoryEntry, 'kind' | 'sentence'> &
  Partial<Omit<StoryEntry, 'eventId' | 'at' | 'kind' | 'sentence'>>;

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
    links: linksIn(input, result),
    ...(attempts === null ? {} : { attempts }),
  };
}

function timer(event: HistoryEvent, { closed }: Later): Draft {
  const outcome = !closed ? 'waiting' : closed.type === 'TIMER_CANCELED' ? 'ended early' : null;
  return { kind: 'timer', sentence: event.summary ?? 'Waited', outcome };
}

/** Updates that nobody is named in. */
const SAID: Readonly<Record<string, string>> = {
  confirmEmail: 'The customer confirmed the email',
  submitProfile: 'The customer told who they are',
  applyForLoan: 'The borrower applied for the loan',
};

/** What the person named in an update did. */
const DID: Readonly<Record<string, string>> = {
  forwardLoan: 'forwarded it for approval',
  repayFromMiner: "asked to repay from the miner's balance",
  retryNow: 'asked to try again now',
  cancelAndRelease: 'asked to cancel and release',
};

function actorIn(value: unknown): { id: string; role: string } | null {
  const id = textAt(value, 'actor', 'id');
  const role = textAt(value, 'actor', 'role');
  return id === null || role === null ? null : { id, role };
}

function update(event: HistoryEvent, { closed }: Later): Draft {
  const request = valueAt(event.attributes, 'acceptedRequest', 'input');
  const name = textAt(request, 'name') ?? 'update';
  const [argument] = decodeAll(valueAt(request, 'args'));
  const actor = actorIn(argument);
  const decision = textAt(argument, 'decision');
  const who = actor ? `${capital(actor.role)} ${actor.id}` : 'Somebody';
  const did = decision === 'accept' ? 'accepted' : decision === 'refuse' ? 'refused' : DID[name];
  const failure = textAt(closed?.attributes, 'outcome', 'failure', 'message');
  return {
    kind: 'update',
    sentence: SAID[name] ?? (did === undefined ? `${who}: ${words(name)}` : `${who} ${did}`),
    outcome: !closed ? 'running' : failure === null ? null : 'refused',
    detail: failure ?? textAt(argument, 'reason'),
    links: linksIn(argument),
    ...(actor ? { actor } : {}),
  };
}

function child(event: HistoryEvent, { closed }: Later): Draft {
  const workflow = textAt(event.attributes, 'workflowId') ?? '';
  const name = textAt(event.attributes, 'workflowType', 'name') ?? 'a workflow';
  const [input] = decodeAll(valueAt(event.attributes, 'input'));
  return {
    kind: 'child',
    sentence: event.summary ?? `Started ${workflow === '' ? words(name) : workflow}`,
    outcome: outcomeOf(closed),
    detail: failureOf(closed?.attributes),
    links: { ...linksIn(input), ...(workflow === '' ? {} : { workflow }) },
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
  const links = { ...linksIn(input), ...(parent === null ? {} : { workflow: parent }) };
  const name = words(textAt(event.attributes, 'workflowType', 'name') ?? 'workflow');
  const sentence = event.summary ?? capital(name);
  return {
    kind: 'start',
    sentence: before === null ? sentence : `${sentence} (goes on from run ${before})`,
    links,
  };
}

function signal(event: HistoryEvent): Draft {
  const name = textAt(event.attributes, 'signalName') ?? 'signal';
  return {
    kind: 'signal',
    sentence: name === 'look' ? 'Was told to look again' : `Was told: ${words(name)}`,
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
    case 'WORKFLOW_EXECUTION_SIGNALED':
      return signal(event);
    default: {
      const end = ENDS[event.type];
      if (end === undefined) return { kind: 'other', sentence: capital(words(event.type)) };
      const bad = outcomeOf(event);
      return { kind: 'end', sentence: end, outcome: bad, detail: failureOf(event.attributes) };
    }
  }
}

/** The story of one run, in the order in which it happened. */
export function storyOf(history: unknown): StoryEntry[] {
  const events = readHistory(history).filter(({ type }) => !type.startsWith('WORKFLOW_TASK'));
  const parts = laterParts(events);
  const told = new Set([...parts.values()].flatMap(({ started: s, closed }) => [s?.id, closed?.id]));
  return events
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
}

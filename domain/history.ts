/** Reading a Temporal history in its proto-JSON form: fields by path, payloads decoded where they are JSON. */

export interface HistoryEvent {
  readonly id: number;
  /** RFC 3339. */
  readonly at: string;
  /** 'ACTIVITY_TASK_SCHEDULED'…, without its prefix. */
  readonly type: string;
  /** Its …EventAttributes. */
  readonly attributes: unknown;
  /** The auditor's sentence given where the event was made, or null. */
  readonly summary: string | null;
}

/** The value at a path of an unknown value; undefined where the path ends early. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string | null {
  const found = valueAt(value, ...path);
  return typeof found === 'string' && found !== '' ? found : null;
}

/** int64 stands as text in proto-JSON. */
export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | null {
  const found = valueAt(value, ...path);
  const number = typeof found === 'string' ? Number(found) : found;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

/** What a payload holds; undefined where it is not plain JSON (encrypted, binary). */
export function decode(payload: unknown): unknown {
  const data = textAt(payload, 'data');
  const encoding = textAt(payload, 'metadata', 'encoding');
  if (data === null || encoding === null) return undefined;
  if (Buffer.from(encoding, 'base64').toString() !== 'json/plain') return undefined;
  try {
    return JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** All payloads of a list, decoded. */
export function decodeAll(list: unknown): unknown[] {
  const payloads = valueAt(list, 'payloads');
  return Array.isArray(payloads) ? payloads.map(decode) : [];
}

function readEvent(event: unknown): HistoryEvent {
  const attributes: unknown =
    typeof event === 'object' && event !== null
      ? Object.entries(event).find(([key]) => key.endsWith('EventAttributes'))?.[1]
      : undefined;
  const summary = decode(valueAt(event, 'userMetadata', 'summary'));
  return {
    id: numberAt(event, 'eventId') ?? 0,
    at: textAt(event, 'eventTime') ?? '',
    type: (textAt(event, 'eventType') ?? 'UNKNOWN').replace(/^EVENT_TYPE_/, ''),
    attributes,
    summary: typeof summary === 'string' && summary !== '' ? summary : null,
  };
}

/** The events of a history as historyToJSON writes it. */
export function readHistory(history: unknown): HistoryEvent[] {
  const events = valueAt(history, 'events');
  return Array.isArray(events) ? events.map(readEvent) : [];
}

/** Maps of the protocol: the server sends their entries in any order, another one each time. */
const MAPS = ['metadata', 'fields', 'indexedFields'];

/** The same history with its maps in one order, so that two downloads can be compared by their hash. */
export function stableHistory(history: string): string {
  const ordered = (key: string, value: unknown): unknown =>
    MAPS.includes(key) && typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return `${JSON.stringify(JSON.parse(history), ordered, 2)}\n`;
}

/** How runs end, as lists name it. */
const ENDS: Readonly<Record<string, string>> = {
  WORKFLOW_EXECUTION_COMPLETED: 'Completed',
  WORKFLOW_EXECUTION_FAILED: 'Failed',
  WORKFLOW_EXECUTION_CANCELED: 'Canceled',
  WORKFLOW_EXECUTION_TERMINATED: 'Terminated',
  WORKFLOW_EXECUTION_CONTINUED_AS_NEW: 'ContinuedAsNew',
  WORKFLOW_EXECUTION_TIMED_OUT: 'TimedOut',
};

/** The status that a run ended with; null while its history has no end. */
export function endOf(events: readonly HistoryEvent[]): string | null {
  const last = events.at(-1);
  return (last && ENDS[last.type]) ?? null;
}

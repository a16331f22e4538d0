/** One line of a story, and what its lines are made from. */
import { textAt, valueAt, type HistoryEvent } from '../domain/history';

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
  /** What went wrong, the nearest first: each is the cause of the one before. */
  readonly causes?: readonly string[];
  readonly actor?: { readonly id: string; readonly role: string };
  readonly links: Readonly<Record<string, string | number>>;
  readonly durationMs?: number;
  readonly attempts?: number;
  /** How many waits this one stands for. */
  readonly times?: number;
  /** All events that this entry is made of. */
  readonly evidence: readonly number[];
}

/** 'creditDeposit' → 'credit deposit'; 'TIMER_FIRED' → 'timer fired'. */
export function words(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Which fields of arguments and results lead somewhere, and under which name. */
const LINKS: Readonly<Record<string, string>> = {
  journalId: 'journal',
  messageId: 'message',
  cid: 'cid',
  messageCid: 'cid',
  approvalId: 'approval',
  loanId: 'loan',
  customerId: 'customer',
  mailId: 'workflow',
};

/** The records that arguments and results name. */
export function linksIn(...values: readonly unknown[]): Record<string, string | number> {
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

/** What went wrong, in one sentence. */
export const failureOf = (attributes: unknown): string | null =>
  textAt(attributes, 'failure', 'cause', 'message') ?? textAt(attributes, 'failure', 'message');

/** The messages of a failure and of what caused it, each said once; nothing where one message is all there is. */
export function causesOf(failure: unknown): { causes?: string[] } {
  const causes: string[] = [];
  for (let at = failure; at !== undefined && at !== null; at = valueAt(at, 'cause')) {
    const message = textAt(at, 'message');
    if (message !== null && causes.at(-1) !== message) causes.push(message);
  }
  return causes.length > 1 ? { causes } : {};
}

/** What came of an event. */
export interface Later {
  readonly started?: HistoryEvent;
  readonly closed?: HistoryEvent;
}

/** What an event says by itself; the rest is the same for all. */
export type Draft = Pick<StoryEntry, 'kind' | 'sentence'> &
  Partial<Omit<StoryEntry, 'eventId' | 'at' | 'kind' | 'sentence'>>;

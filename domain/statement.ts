/**
 * Statements: what moved on accounts over a period, [from, to), from opening to closing. Whatever the period, each
 * journal lies in exactly one of two that touch, so that they add up. Amounts in atto.
 */
import { refuse, type Refusal } from './refusal';

/** By when it was booked (RFC 3339), or by the chain head that was known when it was booked. */
export type Period =
  | { readonly by: 'time'; readonly from: string; readonly to: string }
  | { readonly by: 'epoch'; readonly from: number; readonly to: number };

/** What a statement is told up to: nothing is booked before it any more. */
export interface Now {
  readonly time: Date;
  readonly epoch: number;
}

const MONTH_MS = 30 * 86_400_000;

/** Milliseconds since 1970; null for what is no time, a day that no month has, or one before 1970: no chain is as old. */
function timeOf(text: string): number | null {
  const day = /^(\d{4}-\d{2}-\d{2})(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?$/.exec(text)?.[1];
  const [ms, midnight] = [Date.parse(text), Date.parse(`${day ?? ''}T00:00:00Z`)];
  if (day === undefined || Number.isNaN(ms) || Number.isNaN(midnight) || midnight < 0) return null;
  return new Date(midnight).toISOString().startsWith(day) ? ms : null;
}

function byEpoch(from: number, to: number, now: Now): Period | Refusal {
  if (from < to && to <= now.epoch) return { by: 'epoch', from, to };
  return refuse('period-invalid', `Epochs rise from \`from\` to \`to\`, at most ${now.epoch}.`);
}

function byTime(from: string | undefined, to: string | undefined, now: Now): Period | Refusal {
  const end = to === undefined ? now.time.getTime() : timeOf(to);
  const start = from === undefined ? (end ?? 0) - MONTH_MS : timeOf(from);
  if (start === null || end === null || start >= end || end > now.time.getTime())
    return refuse('period-invalid', '`from` and `to` are times (RFC 3339) in this order, not in the future.');
  return { by: 'time', from: new Date(start).toISOString(), to: new Date(end).toISOString() };
}

/**
 * Reads a period: two epochs, or two times; without `to` up to now, without `from` the 30 days before `to`.
 * @returns the refusal period-invalid for a mix of both, an empty period, or one that ends in the future
 */
export function readPeriod(from: string | undefined, to: string | undefined, now: Now): Period | Refusal {
  const epoch = /^(?:0|[1-9]\d{0,14})$/;
  if (from === undefined || !epoch.test(from)) return byTime(from, to, now);
  if (to !== undefined && !epoch.test(to))
    return refuse('period-invalid', 'A period is two epochs or two times, not one of each.');
  return byEpoch(Number(from), to === undefined ? now.epoch : Number(to), now);
}

/** A movement of one account by one journal; where those are too many to tell, by all the accruals of a day (UTC). */
export interface StatementLine {
  /** The first of its journals, and the last: the same where it is one. */
  readonly journalId: number;
  readonly lastJournalId: number;
  readonly journals: number;
  readonly kind: string;
  readonly bookedAt: string;
  readonly bookedEpoch: number;
  /** From when it counts for interest. */
  readonly effectiveEpoch: number;
  readonly workflowId: string;
  readonly approvalId: string | null;
  readonly messageCid: string | null;
  /** On the account's normal side: what it grew by, below zero where it fell. */
  readonly change: bigint;
  /** After this line, in the order of the statement. */
  readonly balance: bigint;
}

/** One account, or several told as one. */
export interface StatementSection {
  /** The account's code in the chart. */
  readonly account: string;
  readonly opening: bigint;
  readonly lines: readonly StatementLine[];
  readonly closing: bigint;
}

/** A position over the period: opening + paid in − paid out + earned = closing, each worth rounded down. */
export interface PositionSection {
  readonly tokenId: number;
  readonly poolId: string;
  readonly opening: bigint;
  readonly paidIn: bigint;
  readonly paidOut: bigint;
  readonly earned: bigint;
  readonly closing: bigint;
  /** The pool's last journals before the period began and before it ended: the share prices come from them. */
  readonly openingJournalId: number | null;
  readonly closingJournalId: number | null;
}

export interface Statement {
  readonly subject: { readonly kind: 'customer' | 'pool'; readonly id: string };
  readonly period: Period;
  readonly sections: readonly StatementSection[];
  readonly positions: readonly PositionSection[];
}

/** Lines with their running balance. */
export function withBalances(
  opening: bigint,
  lines: readonly Omit<StatementLine, 'balance'>[],
): Pick<StatementSection, 'opening' | 'lines' | 'closing'> {
  let closing = opening;
  const told = lines.map((line) => ({ ...line, balance: (closing += line.change) }));
  return { opening, lines: told, closing };
}

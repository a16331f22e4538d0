/** What a final tipset did to our addresses, read from the chain before anything is written, and checked against it. */
import type { Knex } from 'knex';
import type { Invocation, Lotus } from '../chain/lotus';
import { executedBy, keyOf, type Executed } from '../chain/watch';
import { ownMessages, type OwnMessage } from '../db/inclusion';
import { custodyBalances, listOf, watchList, type Watched, type WatchList } from '../db/watched';
import { atto, formatCoins, type Atto } from '../domain/money';
import { effectsOf } from './booking-effect';
import { arrivalOf, directTransfer, innerArrivals, type ChainEvent, type Step } from './booking-event';
import { holdingsAt, type Holding } from './holding';

export interface Plan extends Step {
  /** In the order of execution. */
  readonly events: readonly ChainEvent[];
  readonly list: WatchList;
  /** ID addresses that this tipset shows and that were not kept yet. */
  readonly newIds: ReadonlyMap<string, string>;
  /** Addresses whose chain balance the books would not equal; empty when all is explained. */
  readonly breaks: readonly { readonly address: string; readonly sentence: string }[];
}

export interface PlanDeps {
  readonly knex: Knex;
  readonly lotus: Lotus;
  /** Up to so many addresses every balance is compared at every tipset; above, all traces are read instead. */
  readonly compareUpTo?: number;
}

const COMPARE_UP_TO = 200;

/** One tipset under examination. */
interface Exam {
  readonly deps: PlanDeps;
  readonly step: Step;
  readonly executed: readonly Executed[];
  readonly own: ReadonlyMap<string, OwnMessage>;
}

/** Executions by message CID; absent = not asked for. */
type Runs = ReadonlyMap<string, Invocation> | null;

/**
 * Works out all that the step did to us. Reads only; what it gives is booked in one transaction.
 *
 * Internal sends show in traces only. With few addresses every balance is compared, and the traces are read where one
 * differs. With many the traces are always read, and the balances compared of those addresses that moved.
 */
export async function planStep(deps: PlanDeps, step: Step): Promise<Plan> {
  const { knex, lotus, compareUpTo = COMPARE_UP_TO } = deps;
  const key = keyOf(step.tipset.key);
  const executed = await executedBy(lotus, { key, height: step.tipset.height });
  const before = await watchList(knex);
  // Money of accounts moves by messages alone: a tipset that executed none changed no balance of ours.
  if (executed.length === 0) return { ...step, events: [], list: before, newIds: new Map(), breaks: [] };
  const cids = executed.filter(({ message }) => before.find(message.from) !== null).map(({ cid }) => cid);
  const exam: Exam = { deps, step, executed, own: await ownMessages(knex, cids) };
  let runs: Runs = before.all.length > compareUpTo ? await tracesOf(exam) : null;
  const looked = runs === null ? before.all : moving(before, await eventsOf(exam, before, runs));
  const holdings = await holdingsAt(lotus, looked, key);
  const list = withIds(before, holdings);
  const books = await custodyBalances(knex);
  let events = await eventsOf(exam, list, runs);
  let breaks = breaksOf(step, holdings, books, events, list);
  if (breaks.length > 0 && runs === null) {
    runs = await tracesOf(exam);
    events = await eventsOf(exam, list, runs);
    breaks = breaksOf(step, holdings, books, events, list);
  }
  return { ...step, events, list, newIds: newIds(before, list), breaks };
}

const MANY: readonly string[] = ['deposit', 'escrow', 'repayment'];

/** Of customers' and loans' addresses those that moved, and all of the others: those are few. */
function moving(list: WatchList, events: readonly ChainEvent[]): readonly Watched[] {
  const moved = new Set(events.flatMap((event) => effectsOf(event, list).map(({ address }) => address)));
  return list.all.filter(({ address, kind }) => !MANY.includes(kind) || moved.has(address));
}

function withIds(list: WatchList, holdings: readonly Holding[]): WatchList {
  const seen = new Map(holdings.map(({ watched }) => [watched.address, watched]));
  return listOf(list.all.map((watched) => seen.get(watched.address) ?? watched));
}

/** Executes the whole tipset again, traces and gas of all its messages. */
async function tracesOf({ deps, step, executed }: Exam): Promise<ReadonlyMap<string, Invocation>> {
  const all = await deps.lotus.stateCompute(step.includedEpoch, keyOf(step.tipset.parentKey));
  const runs = new Map(all.map((run) => [run.cid, run]));
  for (const { cid } of executed) {
    if (!runs.has(cid)) throw new Error(`StateCompute at epoch ${step.includedEpoch} has no trace of ${cid}`);
  }
  return runs;
}

async function eventsOf(exam: Exam, list: WatchList, runs: Runs): Promise<readonly ChainEvent[]> {
  const events = await Promise.all(exam.executed.map((one) => eventsIn(exam, one, list, runs)));
  return events.flat();
}

/** What one message did to us, in the order of its trace. */
async function eventsIn(
  { deps, step, own }: Exam,
  executed: Executed,
  list: WatchList,
  runs: Runs,
): Promise<readonly ChainEvent[]> {
  const from = list.find(executed.message.from);
  const known = runs?.get(executed.cid) ?? null;
  if (from !== null) {
    const run = known ?? (await deps.lotus.stateReplay(keyOf(step.tipset.parentKey), executed.cid));
    if (run.exitCode !== executed.receipt.exitCode)
      throw new Error(
        `replay of ${executed.cid}: exit ${run.exitCode}, receipt ${executed.receipt.exitCode}`,
      );
    const arrivals = innerArrivals(step, executed, run, list);
    const gas = atto(run.totalCost);
    return [{ kind: 'sent', executed, from, own: own.get(executed.cid) ?? null, gas, arrivals }];
  }
  const transfer = directTransfer(executed);
  const to = transfer === null ? null : list.find(transfer.to);
  const direct = transfer === null || to === null ? [] : [arrivalOf(step, executed, transfer, to)];
  const inner = known === null ? [] : innerArrivals(step, executed, known, list);
  return [...direct, ...inner].map((arrival) => ({ kind: 'arrived', arrival }));
}

/** Chain balance = books + what the events moved, for each address; else what differs. */
function breaksOf(
  step: Step,
  holdings: readonly Holding[],
  books: ReadonlyMap<string, Atto>,
  events: readonly ChainEvent[],
  list: WatchList,
): Plan['breaks'] {
  const change = new Map<string, bigint>();
  for (const { address, amount } of events.flatMap((event) => effectsOf(event, list)))
    change.set(address, (change.get(address) ?? 0n) + amount);
  return holdings.flatMap(({ watched: { address }, balance }) => {
    const expected = (books.get(address) ?? 0n) + (change.get(address) ?? 0n);
    if (balance === expected) return [];
    const sentence = `${address} holds ${formatCoins(balance)} FIL at epoch ${step.tipset.height}, the books explain ${formatCoins(expected)} FIL.`;
    return [{ address, sentence }];
  });
}

function newIds(before: WatchList, after: WatchList): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { address, idAddress } of after.all) {
    if (idAddress !== null && before.find(address)?.idAddress !== idAddress) found.set(address, idAddress);
  }
  return found;
}

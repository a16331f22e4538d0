/** What a final tipset did to our addresses, read from the chain before anything is written, and checked against it. */
import type { Knex } from 'knex';
import { executedBy, keyOf, transfersOf, type Executed, type Transfer } from '../chain/watch';
import type { Invocation, Lotus } from '../chain/lotus';
import { ownMessages, type Landing, type OwnMessage } from '../db/inclusion';
import type { WalkedTipset } from '../db/tipset';
import type { Arrival } from '../db/transfer';
import { custodyBalances, listOf, watchList, type Watched, type WatchList } from '../db/watched';
import { addressFrom } from '../domain/address';
import { atto, formatCoins, type Atto } from '../domain/money';

/** A message from one of our addresses. `own` null: nobody here signed it. */
export interface Sent {
  readonly kind: 'sent';
  readonly executed: Executed;
  readonly from: Watched;
  readonly own: OwnMessage | null;
  /** What the sender paid for gas, attoFIL. */
  readonly gas: Atto;
  /** What reached addresses of ours inside it (index ≥ 1), such as a miner's payment to its owner. */
  readonly arrivals: readonly Arrival[];
}

export interface Arrived {
  readonly kind: 'arrived';
  readonly arrival: Arrival;
}

export type ChainEvent = Sent | Arrived;

/** A tipset and its parents: the messages of the parents, executed by it. */
export interface Step {
  readonly tipset: WalkedTipset;
  readonly includedEpoch: number;
}

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
}

const AT_ONCE = 8;

interface Holding {
  readonly watched: Watched;
  /** attoFIL at the tipset, before its own messages. */
  readonly balance: bigint;
}

/** Balances (and IDs) of our addresses at a tipset, a few at a time. */
export async function holdingsAt(
  lotus: Lotus,
  list: WatchList,
  key: readonly string[],
): Promise<readonly Holding[]> {
  const found: Holding[] = [];
  for (let start = 0; start < list.all.length; start += AT_ONCE) {
    const some = list.all.slice(start, start + AT_ONCE);
    found.push(...(await Promise.all(some.map((watched) => holdingOf(lotus, watched, key)))));
  }
  return found;
}

async function holdingOf(lotus: Lotus, watched: Watched, key: readonly string[]): Promise<Holding> {
  const address = addressFrom(watched.address);
  const actor = await lotus.getActor(address, key);
  if (actor === null) return { watched, balance: 0n };
  const idAddress = watched.idAddress ?? (await lotus.lookupId(address, key));
  return { watched: { ...watched, idAddress }, balance: actor.balance };
}

/** An arrival of `transfer`, made by the message that was executed. */
export function arrivalOf(step: Step, executed: Executed, transfer: Transfer, to: Watched): Arrival {
  return {
    cid: executed.cid,
    index: transfer.index,
    to: to.address,
    toKind: to.kind,
    ownerKind: to.ownerKind,
    ownerId: to.ownerId,
    from: transfer.from,
    value: atto(transfer.value),
    messageFrom: executed.message.from,
    messageNonce: executed.message.nonce,
    includedEpoch: step.includedEpoch,
    executedEpoch: step.tipset.height,
    executedKey: step.tipset.key,
    place: executed.place,
  };
}

/** The direct transfer of a message, where it took effect. */
export function directTransfer(executed: Executed): Transfer | null {
  const { from, to, value } = executed.message;
  return executed.receipt.exitCode === 0 && value > 0n ? { index: 0, from, to, value } : null;
}

/** Where a message of ours landed and what came of it. */
export function landingOf(step: Step, executed: Executed, messageId: string): Landing {
  return {
    messageId,
    cid: executed.cid,
    includedKey: step.tipset.parentKey,
    includedEpoch: step.includedEpoch,
    executedEpoch: step.tipset.height,
    exitCode: executed.receipt.exitCode,
    returned: executed.receipt.returned,
    gasUsed: executed.receipt.gasUsed,
  };
}

function innerArrivals(step: Step, executed: Executed, run: Invocation, list: WatchList): Arrival[] {
  return transfersOf(run.trace).flatMap((transfer) => {
    const to = transfer.index === 0 ? null : list.find(transfer.to);
    return to === null ? [] : [arrivalOf(step, executed, transfer, to)];
  });
}

/** Works out all that the step did to us. Reads only; what it gives is booked in one transaction. */
export async function planStep(deps: PlanDeps, step: Step): Promise<Plan> {
  const { knex, lotus } = deps;
  const key = keyOf(step.tipset.key);
  const executed = await executedBy(lotus, { key, height: step.tipset.height });
  const before = await watchList(knex);
  // Money of accounts moves by messages alone: a tipset that executed none changed no balance of ours.
  if (executed.length === 0) return { ...step, events: [], list: before, newIds: new Map(), breaks: [] };
  const holdings = await holdingsAt(lotus, before, key);
  const list = listOf(holdings.map(({ watched }) => watched));
  const own = await ownMessages(
    knex,
    executed.filter(({ message }) => list.find(message.from) !== null).map(({ cid }) => cid),
  );
  const direct = await Promise.all(executed.map((one) => directEvent(deps, step, one, list, own)));
  const events = direct.filter((event) => event !== null);
  const books = await custodyBalances(knex);
  let breaks = breaksOf(step, holdings, books, events, list);
  if (breaks.length > 0) {
    events.push(...(await hiddenArrivals(deps, step, executed, list)));
    events.sort((a, b) => placeOf(a) - placeOf(b) || indexOf(a) - indexOf(b));
    breaks = breaksOf(step, holdings, books, events, list);
  }
  return { ...step, events, list, newIds: newIds(before, list), breaks };
}

async function directEvent(
  { lotus }: PlanDeps,
  step: Step,
  executed: Executed,
  list: WatchList,
  own: ReadonlyMap<string, OwnMessage>,
): Promise<ChainEvent | null> {
  const from = list.find(executed.message.from);
  if (from === null) {
    const transfer = directTransfer(executed);
    const to = transfer === null ? null : list.find(transfer.to);
    if (transfer === null || to === null) return null;
    return { kind: 'arrived', arrival: arrivalOf(step, executed, transfer, to) };
  }
  const run = await lotus.stateReplay(keyOf(step.tipset.parentKey), executed.cid);
  if (run.exitCode !== executed.receipt.exitCode)
    throw new Error(`replay of ${executed.cid}: exit ${run.exitCode}, receipt ${executed.receipt.exitCode}`);
  return {
    kind: 'sent',
    executed,
    from,
    own: own.get(executed.cid) ?? null,
    gas: atto(run.totalCost),
    arrivals: innerArrivals(step, executed, run, list),
  };
}

/** Internal sends of other people's messages: only the traces of the whole tipset show them. */
async function hiddenArrivals(
  { lotus }: PlanDeps,
  step: Step,
  executed: readonly Executed[],
  list: WatchList,
): Promise<Arrived[]> {
  const runs = await lotus.stateCompute(step.includedEpoch, keyOf(step.tipset.parentKey));
  const byCid = new Map(runs.map((run) => [run.cid, run]));
  return executed
    .filter(({ message }) => list.find(message.from) === null)
    .flatMap((one) => {
      const run = byCid.get(one.cid);
      if (run === undefined)
        throw new Error(`StateCompute at ${step.includedEpoch} has no trace of ${one.cid}`);
      return innerArrivals(step, one, run, list);
    })
    .map((arrival) => ({ kind: 'arrived', arrival }));
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
  const move = (address: string, amount: bigint) => change.set(address, (change.get(address) ?? 0n) + amount);
  for (const event of events) {
    const arrivals = event.kind === 'sent' ? event.arrivals : [event.arrival];
    for (const { to, value } of arrivals) move(to, value);
    if (event.kind !== 'sent') continue;
    move(event.from.address, 0n - event.gas);
    const transfer = directTransfer(event.executed);
    if (transfer === null) continue;
    move(event.from.address, -transfer.value);
    const to = list.find(transfer.to);
    if (to !== null) move(to.address, transfer.value);
  }
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

function placeOf(event: ChainEvent): number {
  return event.kind === 'sent' ? event.executed.place : event.arrival.place;
}

function indexOf(event: ChainEvent): number {
  return event.kind === 'sent' ? 0 : event.arrival.index;
}

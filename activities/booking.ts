/** Booking a final tipset: read, check against the balances on chain, then write all of it in one transaction. */
import type { Knex } from 'knex';
import { lockCursor } from '../db/clock';
import { oweLooks } from '../db/look';
import { lockPoolsOf } from '../db/pool';
import { settleTipset } from '../db/tipset';
import type { Arrival } from '../db/transfer';
import { keepId } from '../db/watched';
import { bookArrival } from './booking-arrival';
import { bookSent } from './booking-own';
import type { ChainEvent, Step } from './booking-event';
import { planStep, type Plan, type PlanDeps } from './booking-plan';

export type Booking =
  | { readonly kind: 'booked' }
  /** Another process booked it first, or the chain turned: nothing was written. */
  | { readonly kind: 'moved-on' }
  /** Chain and books differ and no message explains it: nothing was written. */
  | { readonly kind: 'unexplained'; readonly breaks: Plan['breaks'] };

/**
 * Books what the tipset executed, in the order of execution, and moves the cursor: afterwards the books equal the
 * state at this tipset, address by address. Doing it twice is doing it once: the cursor is compared under its lock.
 */
export async function bookTipset(deps: PlanDeps, step: Step): Promise<Booking> {
  const plan = await planStep(deps, step);
  if (plan.breaks.length > 0) return { kind: 'unexplained', breaks: plan.breaks };
  return bookPlan(deps.knex, plan);
}

/** Books a plan that holds; locks the cursor, the pools, then accounts (docs/decisions/004-lock-order.md). */
export function bookPlan(knex: Knex, plan: Plan): Promise<Booking> {
  return knex.transaction(async (trx) => {
    const cursor = await lockCursor(trx);
    if (cursor?.executedKey !== plan.tipset.parentKey) return { kind: 'moved-on' };
    await lockPoolsOf(trx, loansOf(plan));
    const look: string[] = [];
    for (const event of plan.events) look.push(...(await bookEvent(trx, plan, event)));
    for (const [address, id] of plan.newIds) await keepId(trx, address, id);
    await oweLooks(trx, look);
    await settleTipset(trx, plan.tipset, plan.includedEpoch);
    return { kind: 'booked' };
  });
}

/** The loans whose pools the plan's events change. */
function loansOf({ events }: Plan): readonly string[] {
  const paid = (arrivals: readonly Arrival[]): string[] =>
    arrivals.flatMap(({ ownerKind, ownerId }) => (ownerKind === 'loan' && ownerId !== null ? [ownerId] : []));
  return events.flatMap((event) => {
    if (event.kind === 'arrived') return paid([event.arrival]);
    const { own, arrivals } = event;
    return [...(own?.subjectKind === 'loan' ? [own.subjectId] : []), ...paid(arrivals)];
  });
}

function bookEvent(trx: Knex.Transaction, plan: Plan, event: ChainEvent): Promise<readonly string[]> {
  return event.kind === 'sent' ? bookSent(trx, plan, event) : bookArrival(trx, event.arrival, 'direct');
}

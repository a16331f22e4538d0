/** Freezes: what stands, what it refuses, setting and lifting. Triggers hold that two people lift (migration 0034). */
import type { Knex } from 'knex';
import {
  frozenWhat,
  scopesRefusing,
  STOPS,
  type FreezeCause,
  type FreezeRequest,
  type FreezeRequested,
  type FreezeScope,
} from '../domain/freeze';
import { RefusalError } from '../domain/refusal';
import { oweLooks } from './look';

export interface FreezeRow {
  readonly id: string;
  readonly scope: FreezeScope;
  readonly customer_id: string | null;
  readonly cause: FreezeCause;
  readonly reason: string;
  readonly set_by: string | null;
  readonly workflow_id: string;
  readonly frozen_at: Date;
  readonly lifted_at: Date | null;
  readonly approval_id: string | null;
}

/** The freeze, or null. */
export async function findFreeze(db: Knex, id: string): Promise<FreezeRow | null> {
  return (await db<FreezeRow>('freezes').where({ id }).first()) ?? null;
}

const standing = (db: Knex) => db<FreezeRow>('freezes').whereNull('lifted_at').orderBy('frozen_at');

/** Whether one stands that was set for this cause. */
export async function freezeStands(db: Knex, scope: FreezeScope, cause: FreezeCause): Promise<boolean> {
  return (await standing(db).where({ scope, cause }).first('id')) !== undefined;
}

/** A freeze of the same scope by the same kind of cause stands already. @throws RefusalError already-frozen */
export async function expectNotStanding(
  db: Knex,
  { id, scope, customerId, actor }: FreezeRequested,
): Promise<void> {
  const cause: FreezeCause = actor === null ? 'reconciliation' : 'person';
  const there = await standing(db).where({ scope, customer_id: customerId, cause }).whereNot({ id }).first();
  if (there !== undefined)
    throw new RefusalError('already-frozen', `${frozenWhat(scope, customerId)} already.`);
}

/**
 * Freezes, in the caller's transaction; the same freeze again changes nothing.
 * @throws RefusalError already-frozen
 */
export async function setFreeze(
  trx: Knex.Transaction,
  asked: FreezeRequested,
  workflowId: string,
): Promise<void> {
  const { id, scope, customerId, reason, actor } = asked;
  // As the trigger does: two at once are one after the other.
  await trx.raw("SELECT pg_advisory_xact_lock(hashtext('freeze'))");
  if ((await findFreeze(trx, id)) !== null) return;
  await expectNotStanding(trx, asked);
  await trx('freezes').insert({
    id,
    scope,
    customer_id: customerId,
    cause: actor === null ? 'reconciliation' : 'person',
    reason,
    set_by: actor?.id ?? null,
    set_by_role: actor?.role ?? null,
    workflow_id: workflowId,
    // What the trigger writes in its place is the time at which it held the lock.
    frozen_at: trx.fn.now(),
  });
}

/** Lifts what two people agreed to lift, and tells the messages that waited. Again, it is nothing. */
export async function liftFreeze(trx: Knex.Transaction, id: string, approvalId: string): Promise<void> {
  const freeze = await trx<FreezeRow>('freezes').where({ id }).forUpdate().first();
  if (freeze === undefined) throw new RefusalError('not-found', `There is no freeze ${id}.`);
  if (freeze.approval_id === approvalId) return;
  await trx('freezes').where({ id }).update({ lifted_at: trx.fn.now(), approval_id: approvalId });
  const waiting = await trx<{
    workflow_id: string;
    kind: string;
    state: string;
    needs_action: string | null;
  }>('chain.message')
    .whereIn('state', ['draft', 'signed', 'pushed'])
    .whereIn('kind', [...STOPS[freeze.scope].messages])
    .whereNotNull('needs_action')
    .select('workflow_id');
  await oweLooks(
    trx,
    waiting.map(({ workflow_id }) => workflow_id),
  );
}

/**
 * Refuses to begin something new while it is frozen. It takes no lock: what slips in beside a freeze is not signed.
 * @param customerId whose request it is; null where it is the platform's
 * @throws RefusalError payouts-frozen, lending-frozen, customer-frozen
 */
export async function expectNotFrozen(
  db: Knex,
  request: FreezeRequest,
  customerId: string | null,
): Promise<void> {
  const freeze = await standing(db)
    .whereIn('scope', scopesRefusing(request))
    .where((whose) => void whose.whereNull('customer_id').orWhere({ customer_id: customerId ?? '' }))
    .first('scope');
  if (freeze !== undefined) throw new RefusalError(STOPS[freeze.scope].code);
}

/** Freezes: one person stops payouts, lending or one customer at once; two people lift it. */
import { z } from 'zod';
import { expectNotStanding, findFreeze } from '../db/freeze';
import { findCustomer } from '../db/customer';
import { FREEZE_SCOPES, frozenWhat, type FreezeRequested } from '../domain/freeze';
import { RefusalError } from '../domain/refusal';
import { workflowIds } from '../workflows/handles';
import { liftFreeze } from '../workflows/handles-freeze';
import type { ApiDeps } from './deps';
import { idIn, idParams, reasonIn, started, timeOut } from './fields';
import { resourceRoutes } from './list';
import { RequestError } from './problem';
import { route, type Route } from './route';
import { startOnce, update } from './temporal';

const SQL = `
  SELECT f.id, f.scope, f.customer_id AS "customerId", c.email AS "customerEmail", f.cause, f.reason,
    f.set_by AS "setBy", s.email AS "setByEmail", f.workflow_id AS "workflowId", f.frozen_at AS "frozenAt",
    f.lifted_at AS "liftedAt", f.lifted_at IS NULL AS standing, l.subject ->> 'reason' AS "liftReason",
    coalesce(f.approval_id, (SELECT p.id FROM approval p WHERE p.kind = 'lift' AND p.subject_id = f.id
      AND p.state = 'waiting' ORDER BY p.created_at LIMIT 1)) AS "approvalId",
    (SELECT count(*) FROM chain.message m JOIN freeze_stop k ON k.scope = f.scope AND k.message_kind = m.kind
     WHERE f.lifted_at IS NULL AND m.state = 'draft'
       AND (f.customer_id IS NULL OR f.customer_id = freeze_customer_of(m.subject_kind, m.subject_id))) AS waiting
  FROM freezes f LEFT JOIN staff s ON s.id = f.set_by LEFT JOIN customer c ON c.id = f.customer_id
    LEFT JOIN approval l ON l.id = f.approval_id`;

const freeze = z.strictObject({
  id: z.string(),
  scope: z.enum(FREEZE_SCOPES),
  customerId: z.string().nullable(),
  customerEmail: z.string().nullable(),
  cause: z.enum(['person', 'reconciliation']),
  reason: z.string(),
  setBy: z.string().nullable(),
  setByEmail: z.string().nullable(),
  workflowId: z.string(),
  frozenAt: timeOut,
  liftedAt: timeOut.nullable(),
  standing: z.boolean(),
  liftReason: z.string().nullable().meta({ description: 'Of who asked that it be lifted' }),
  approvalId: z.string().nullable().meta({ description: 'By which it was lifted, or which waits' }),
  waiting: z.int().meta({ description: 'Messages that are not signed because of it' }),
});

const freezeIn = z.strictObject({
  scope: z.enum(FREEZE_SCOPES),
  customerId: idIn.optional().meta({ description: 'Whose payouts, where the scope is customer' }),
  reason: reasonIn,
});

/** The customer that the scope names, or null where it names none. */
async function customerOf(
  deps: ApiDeps,
  { scope, customerId }: z.output<typeof freezeIn>,
): Promise<string | null> {
  if ((scope === 'customer') !== (customerId !== undefined)) {
    const detail = 'The scope customer names a customer, and no other does.';
    throw new RequestError([{ pointer: '#/customerId', code: 'malformed-request', detail }]);
  }
  if (customerId === undefined) return null;
  if (!(await findCustomer(deps.knex, customerId)))
    throw new RefusalError('not-found', `There is no customer ${customerId}.`);
  return customerId;
}

function freezeRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/admin/v1/freezes',
    access: 'freeze:set',
    tag: 'freezes',
    summary: 'Freeze all payouts, lending, or what leaves for one customer; in force at once',
    idempotent: true,
    body: freezeIn,
    status: 202,
    answer: started,
    refusals: ['already-frozen', 'not-found', 'reason-required'],
    handler: async ({ actor, body, workId: id }) => {
      const customerId = await customerOf(deps, body);
      const { scope, reason } = body;
      const by = { id: actor.id, role: actor.role };
      const asked: FreezeRequested = { id, scope, customerId, reason, actor: by };
      await expectNotStanding(deps.knex, asked);
      const workflowId = workflowIds.freeze(id);
      await startOnce(deps.client, {
        type: 'freeze',
        id: workflowId,
        args: [asked],
        lifecycle: 'freeze',
        summary: `${frozenWhat(scope, customerId)}, by ${actor.role}`,
        ...(customerId !== null && { customerId }),
      });
      return { body: { id, workflowId }, workflowId, location: `/admin/v1/freezes/${id}` };
    },
  });
}

function liftRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/admin/v1/freezes/:id/lift',
    access: 'freeze:lift',
    tag: 'freezes',
    summary: 'Ask that a freeze be lifted; another person decides',
    idempotent: true,
    params: idParams,
    body: z.strictObject({ reason: reasonIn }),
    status: 202,
    answer: started.extend({ approvalId: z.string() }),
    refusals: ['not-found', 'not-frozen', 'lift-asked', 'wrong-state', 'reason-required'],
    handler: async ({ actor, params: { id }, body, key }) => {
      const row = await findFreeze(deps.knex, id);
      if (row === null) throw new RefusalError('not-found', `There is no freeze ${id}.`);
      if (row.lifted_at !== null) throw new RefusalError('not-frozen');
      const { workflow_id: workflowId } = row;
      const request = { actor: { id: actor.id, role: actor.role }, reason: body.reason };
      const updateId = `${actor.id}/${key}`;
      const stands = async () => (await findFreeze(deps.knex, id))?.lifted_at === null;
      const { approvalId } = await update(deps.client, workflowId, liftFreeze, updateId, [request], stands);
      return { body: { id, workflowId, approvalId }, workflowId, location: `/admin/v1/freezes/${id}` };
    },
  });
}

export function freezeRoutes(deps: ApiDeps): Route[] {
  const resource = {
    name: 'freezes',
    title: 'What is frozen, and was',
    sql: SQL,
    schema: freeze,
    idKind: 'text',
    fields: {
      scope: 'text',
      customerId: 'text',
      cause: 'text',
      setBy: 'text',
      standing: 'boolean',
      frozenAt: 'time',
      liftedAt: 'time',
    },
    sort: ['frozenAt', 'DESC'],
    search: ['reason'],
  } as const;
  return [...resourceRoutes(deps, resource), freezeRoute(deps), liftRoute(deps)];
}

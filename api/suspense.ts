/** FIL that came unannounced and lies in suspense: whose it is, asked by one, agreed to by another. */
import { z } from 'zod';
import { expectAssignable } from '../db/assignment';
import type { AssignmentRequest } from '../domain/assignment';
import { RefusalError } from '../domain/refusal';
import { workflowIds } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, idIn, idParams, reasonIn, started, timeOut } from './fields';
import { resourceRoutes } from './list';
import { route, type Route } from './route';
import { startOnce } from './temporal';

const SQL = `
  SELECT t.cid || '-' || t.idx AS id, t.cid, t.idx AS index, t.to_address AS "toAddress", t.to_kind AS "toKind",
    t.from_address AS "fromAddress", t.value AS amount, t.included_epoch AS "includedEpoch", t.journal_id AS "journalId",
    t.final_at AS "bookedAt", coalesce(a.state, 'unassigned') AS state, a.customer_id AS "customerId",
    c.email AS "customerEmail", a.reason, a.workflow_id AS "workflowId", a.journal_id AS "assignedJournalId",
    coalesce(a.approval_id, (SELECT p.id FROM approval p WHERE p.kind = 'assignment' AND p.subject_id = a.id
      AND p.state = 'waiting' LIMIT 1)) AS "approvalId"
  FROM watch.transfer t
  LEFT JOIN assignment a ON a.cid = t.cid AND a.idx = t.idx AND a.state IN ('asked', 'assigned')
  LEFT JOIN customer c ON c.id = a.customer_id
  WHERE t.booked_as = 'suspense'`;

const arrival = z.strictObject({
  id: z.string().meta({ description: '<message CID>-<place in its trace>' }),
  cid: z.string(),
  index: z.int(),
  toAddress: z.string(),
  toKind: z.string(),
  fromAddress: z.string(),
  amount: amountOut,
  includedEpoch: epochOut,
  journalId: z.int().nullable(),
  bookedAt: timeOut.nullable(),
  state: z.enum(['unassigned', 'asked', 'assigned']),
  customerId: z.string().nullable(),
  customerEmail: z.string().nullable(),
  reason: z.string().nullable(),
  workflowId: z.string().nullable(),
  assignedJournalId: z.int().nullable(),
  approvalId: z.string().nullable().meta({ description: 'By which it was assigned, or which waits' }),
});

function arrivalOf(id: string): { cid: string; index: number } {
  const [, cid, index] = /^([A-Za-z0-9]{10,120})-([0-9]{1,6})$/.exec(id) ?? [];
  if (cid === undefined) throw new RefusalError('not-found', 'There is no such arrival.');
  return { cid, index: Number(index) };
}

export function suspenseRoutes(deps: ApiDeps): Route[] {
  return [
    ...resourceRoutes(deps, {
      name: 'suspense-arrivals',
      title: 'FIL that lies in suspense, or did',
      sql: SQL,
      schema: arrival,
      idKind: 'text',
      fields: {
        state: 'text',
        toKind: 'text',
        customerId: 'text',
        includedEpoch: 'number',
        bookedAt: 'time',
        amount: 'amount',
      },
      sort: ['bookedAt', 'DESC'],
      search: ['cid', 'fromAddress'],
    }),
    route({
      method: 'post',
      path: '/admin/v1/suspense-arrivals/:id/assign',
      access: 'assignment:ask',
      tag: 'suspense-arrivals',
      summary: 'Ask that an arrival is given to a customer; somebody else decides',
      idempotent: true,
      params: idParams,
      body: z.strictObject({ customerId: idIn, reason: reasonIn }),
      status: 202,
      answer: started,
      refusals: ['not-found', 'wrong-state', 'assignment-asked', 'assigned-already', 'reason-required'],
      handler: async ({ actor, params, body, workId: id }) => {
        const asked: AssignmentRequest = { id, ...arrivalOf(params.id), ...body };
        await expectAssignable(deps.knex, asked);
        const workflowId = workflowIds.assignment(id);
        await startOnce(deps.client, {
          type: 'assignment',
          id: workflowId,
          args: [{ ...asked, actor: { id: actor.id, role: actor.role } }],
          lifecycle: 'assignment',
          summary: 'An arrival of nobody is to be a customer’s',
          customerId: body.customerId,
        });
        return { body: { id, workflowId }, workflowId, location: `/admin/v1/suspense-arrivals/${params.id}` };
      },
    }),
  ];
}

/** The approvals inbox. A decision is an Update of the workflow that asked; the database holds the rules once more. */
import { z } from 'zod';
import type { ApprovalRow } from '../db/approval';
import { findCustomer } from '../db/customer';
import { readProfile } from '../db/profile';
import { APPROVAL_KINDS, decidePermission, mayDo } from '../domain/permission';
import { RefusalError } from '../domain/refusal';
import { decide } from '../workflows/handles';
import type { StaffActor } from './actor';
import type { ApiDeps } from './deps';
import { idParams, reasonIn, timeOut } from './fields';
import { resourceRoutes } from './list';
import { route, type Answer, type Route } from './route';
import { update } from './temporal';

const SQL = `
  SELECT a.id, a.kind, a.subject_kind AS "subjectKind", a.subject_id AS "subjectId", a.workflow_id AS "workflowId",
    a.subject, a.subject_hash AS "subjectHash", a.maker_id AS "makerId", m.email AS "makerEmail", a.quorum, a.state,
    a.reminded_at AS "remindedAt", a.created_at AS "createdAt", a.closed_at AS "closedAt",
    coalesce((SELECT jsonb_agg(jsonb_build_object('actorId', d.actor_id, 'actorRole', d.actor_role, 'actorEmail', s.email,
      'decision', d.decision, 'reason', d.reason, 'at', to_char(d.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      ORDER BY d.at) FROM approval_decision d LEFT JOIN staff s ON s.id = d.actor_id
      WHERE d.approval_id = a.id), '[]') AS decisions
  FROM approval a LEFT JOIN staff m ON m.id = a.maker_id`;

const approval = z.strictObject({
  id: z.string(),
  kind: z.enum(APPROVAL_KINDS),
  subjectKind: z.string(),
  subjectId: z.string(),
  workflowId: z.string(),
  subject: z.record(z.string(), z.unknown()),
  subjectHash: z
    .string()
    .meta({ description: 'Name it in the decision: what you saw is what you decide on' }),
  makerId: z.string().nullable(),
  makerEmail: z.string().nullable(),
  quorum: z.int(),
  state: z.enum(['waiting', 'accepted', 'refused', 'expired', 'cancelled']),
  remindedAt: timeOut.nullable(),
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
  decisions: z.array(
    z.strictObject({
      actorId: z.string(),
      actorRole: z.string(),
      actorEmail: z.string().nullable(),
      decision: z.enum(['accept', 'refuse']),
      reason: z.string(),
      at: timeOut,
    }),
  ),
});

const full = approval.extend({
  customer: z
    .strictObject({
      id: z.string(),
      email: z.string(),
      fullName: z.string().nullable(),
      country: z.string().nullable(),
    })
    .nullable()
    .meta({ description: 'Whom it is about, where it opens an account' }),
});

const decisionIn = z.strictObject({
  reason: reasonIn,
  subjectHash: z.string().regex(/^[0-9a-f]{64}$/, 'The subjectHash of the approval, as shown.'),
});

/** The person behind an onboarding: read for the screen, never part of the approval's own data. */
async function customerOf(deps: ApiDeps, kind: unknown, subjectId: unknown) {
  if (kind !== 'onboarding') return null;
  const customer = await findCustomer(deps.knex, String(subjectId));
  if (!customer) return null;
  const profile = await readProfile(deps.knex, deps.settings.customerDataKey, customer);
  const { id, email } = customer;
  return { id, email, fullName: profile?.fullName ?? null, country: profile?.country ?? null };
}

interface Judgement {
  readonly id: string;
  readonly actor: StaffActor;
  readonly decision: 'accept' | 'refuse';
  readonly reason: string;
  readonly subjectHash: string;
  readonly key: string;
}

async function judge(deps: ApiDeps, judgement: Judgement): Promise<Answer<z.output<typeof outcome>>> {
  const { id, actor, decision, reason, subjectHash, key } = judgement;
  const row = await deps.knex<ApprovalRow>('approval').where({ id }).first();
  if (!row) throw new RefusalError('not-found', `There is no approval ${id}.`);
  if (!mayDo(actor.role, decidePermission(row.kind))) {
    throw new RefusalError('not-allowed', `The role ${actor.role} does not decide on ${row.kind} approvals.`);
  }
  const own: unknown = await deps
    .knex('approval_decision')
    .where({ approval_id: id, actor_id: actor.id })
    .first('at');
  if (row.state !== 'waiting' && own === undefined) {
    throw new RefusalError('already-decided', `This approval is ${row.state}.`);
  }
  const message = {
    approvalId: id,
    actor: { id: actor.id, role: actor.role },
    decision,
    reason,
    subjectHash,
  };
  const waits = deps.knex<ApprovalRow>('approval').where({ id, state: 'waiting' });
  const allowed = async () => (await waits.clone().first('id')) !== undefined;
  const updateId = `${actor.id}/${key}`;
  const result = await update(deps.client, row.workflow_id, decide, updateId, [message], allowed);
  return { body: { id, state: result.state, workflowId: row.workflow_id }, workflowId: row.workflow_id };
}

const outcome = z.strictObject({
  id: z.string(),
  state: z.enum(['waiting', 'accepted', 'refused']),
  workflowId: z.string(),
});

export function approvalRoutes(deps: ApiDeps): Route[] {
  const verbs = (['accept', 'refuse'] as const).map((decision) =>
    route({
      method: 'post',
      path: `/admin/v1/approvals/:id/${decision}`,
      access: 'approval:decide',
      tag: 'approvals',
      summary: decision === 'accept' ? 'Accept what is asked for' : 'Refuse what is asked for',
      idempotent: true,
      params: idParams,
      body: decisionIn,
      answer: outcome,
      refusals: [
        'maker-is-checker',
        'already-decided',
        'approval-changed',
        'reason-required',
        'wrong-state',
        'lending-frozen',
        'customer-frozen',
      ],
      handler: ({ actor, params, body, key }) =>
        judge(deps, {
          id: params.id,
          actor,
          decision,
          reason: body.reason,
          subjectHash: body.subjectHash,
          key,
        }),
    }),
  );
  const resource = {
    name: 'approvals',
    title: 'Approvals',
    sql: SQL,
    schema: approval,
    idKind: 'text',
    fields: {
      kind: 'text',
      subjectKind: 'text',
      subjectId: 'text',
      workflowId: 'text',
      makerId: 'text',
      state: 'text',
      createdAt: 'time',
      closedAt: 'time',
    },
    sort: ['createdAt', 'ASC'],
    one: async ({ kind, subjectId }: Readonly<Record<string, unknown>>) => ({
      customer: await customerOf(deps, kind, subjectId),
    }),
  } as const;
  return [...resourceRoutes(deps, resource, full), ...verbs];
}

/** How the platform decides, as data: the values in force, their history, and proposing others. */
import { z } from 'zod';
import { expectPolicyProposable, type PolicyProposal } from '../db/policy-proposal';
import type { PolicyKind } from '../domain/policy';
import { RefusalError } from '../domain/refusal';
import { workflowIds } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { idParams, reasonIn, started, timeOut } from './fields';
import { resourceRoutes } from './list';
import { route, type Route } from './route';
import { startOnce } from './temporal';

const SQL = `
  SELECT v.kind || CASE WHEN v.subject = '' THEN '' ELSE '.' || v.subject END AS id, v.kind, v.subject, v.version,
    v.content AS values, v.approval_id AS "approvalId", v.created_at AS "inForceSince",
    (SELECT w.id FROM approval w WHERE w.kind = 'policy' AND w.state = 'waiting' AND w.subject_id =
      v.kind || CASE WHEN v.subject = '' THEN '' ELSE '/' || v.subject END LIMIT 1) AS "waitingApprovalId"
  FROM policy_version v WHERE v.version = (SELECT max(l.version) FROM policy_version l
    WHERE l.kind = v.kind AND l.subject = v.subject)`;

const HISTORY = `
  SELECT v.version, v.content AS values, v.approval_id AS "approvalId", m.email AS "proposedBy", a.subject ->> 'reason'
    AS reason, (SELECT string_agg(coalesce(s.email, d.actor_id), ', ' ORDER BY d.at) FROM approval_decision d
      LEFT JOIN staff s ON s.id = d.actor_id WHERE d.approval_id = a.id AND d.decision = 'accept') AS "acceptedBy",
    v.created_at AS at
  FROM policy_version v LEFT JOIN approval a ON a.id = v.approval_id LEFT JOIN staff m ON m.id = a.maker_id
  WHERE v.kind = :kind AND v.subject = :subject ORDER BY v.version DESC`;

const values = z.record(z.string(), z.union([z.string(), z.int()])).meta({
  description: 'Amounts (attoFIL) and shares (scaled by 10^27) as decimal text, times as whole seconds',
});

const policy = z.strictObject({
  id: z.string(),
  kind: z.string(),
  subject: z.string().meta({ description: "Whom it is for: a pool's id, or empty for everybody" }),
  version: z.int(),
  values,
  approvalId: z.string().nullable(),
  inForceSince: timeOut,
  waitingApprovalId: z.string().nullable().meta({ description: 'The proposal that waits for a decision' }),
});

const past = z.strictObject({
  version: z.int(),
  values,
  approvalId: z.string().nullable(),
  proposedBy: z.string().nullable(),
  acceptedBy: z.string().nullable(),
  reason: z.string().nullable(),
  at: timeOut,
});

interface PastRow extends Omit<z.output<typeof past>, 'at'> {
  readonly at: Date;
}

/** `liquidity-reserve.flexible` → kind and subject. */
function named(id: string): Omit<PolicyProposal, 'content'> {
  const [kind = '', subject = ''] = id.split('.', 2);
  return { kind: kind as PolicyKind, subject };
}

function proposeRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/admin/v1/policies/:id/propose',
    access: 'policy:propose',
    tag: 'policies',
    summary: 'Propose other values; somebody else decides',
    idempotent: true,
    params: idParams,
    body: z.strictObject({ values, reason: reasonIn }),
    status: 202,
    answer: started,
    refusals: ['not-found', 'policy-invalid', 'proposal-waiting', 'reason-required'],
    handler: async ({ actor, params, body, workId: id }) => {
      const of = named(params.id);
      const exists: unknown = await deps
        .knex('policy_version')
        .where({ kind: of.kind, subject: of.subject })
        .first('version');
      if (exists === undefined) throw new RefusalError('not-found', `There is no policy ${params.id}.`);
      const workflowId = workflowIds.policy(id);
      const begun: unknown = await deps.knex('approval').where({ workflow_id: workflowId }).first('id');
      if (begun === undefined)
        await expectPolicyProposable(deps.knex, { ...of, content: body.values }, workflowId);
      const args = { id, ...of, content: body.values, reason: body.reason };
      await startOnce(deps.client, {
        type: 'policy',
        id: workflowId,
        args: [{ ...args, actor: { id: actor.id, role: actor.role } }],
        lifecycle: 'policy',
        summary: `New values of the policy ${params.id}`,
      });
      return { body: { id, workflowId }, workflowId, location: `/admin/v1/policies/${params.id}` };
    },
  });
}

export function policyRoutes(deps: ApiDeps): Route[] {
  return [
    ...resourceRoutes(
      deps,
      {
        name: 'policies',
        title: 'Policies in force',
        sql: SQL,
        schema: policy,
        idKind: 'text',
        fields: { kind: 'text', subject: 'text', version: 'number', inForceSince: 'time' },
        sort: ['id', 'ASC'],
        one: async ({ kind, subject }) => {
          const of = { kind: String(kind), subject: String(subject) };
          const { rows } = await deps.knex.raw<{ rows: PastRow[] }>(HISTORY, of);
          return { history: rows.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })) };
        },
      },
      policy.extend({ history: z.array(past) }),
    ),
    proposeRoute(deps),
  ];
}

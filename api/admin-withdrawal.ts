/** Withdrawals and the addresses they go to, as staff see them; staff may stop either. */
import { z } from 'zod';
import { readPolicy } from '../db/policy';
import { findWithdrawal, usedNow } from '../db/withdrawal';
import { usableSince } from '../db/withdrawal-check';
import { findWithdrawalAddress } from '../db/withdrawal-address';
import { limitsOf, WITHDRAWAL_STATES } from '../domain/withdrawal';
import type { ApiDeps } from './deps';
import { amountOut, idParams, reasonIn, timeOut } from './fields';
import { resourceRoutes } from './list';
import { route, type Route } from './route';
import { cancellation, cancelledOut, isCancellable, limitOut, limitView } from './withdrawal';
import { ADDRESS_STATES, removal } from './withdrawal-address';

const SQL = `
  SELECT w.id, w.customer_id AS "customerId", c.email AS "customerEmail", w.address_id AS "addressId", w.address,
    a.name AS "addressName", coalesce(a.proven, false) AS proven, w.amount, w.state, w.refusal, w.reason,
    w.people AS "approvalsNeeded", w.policy_version AS "policyVersion", w.approval_id AS "approvalId",
    w.message_id AS "messageId", w.message_cid AS "messageCid", w.closed_by AS "closedBy",
    w.needs_action AS "needsAction", w.workflow_id AS "workflowId", w.created_at AS "createdAt",
    w.closed_at AS "closedAt"
  FROM withdrawal w LEFT JOIN customer c ON c.id = w.customer_id LEFT JOIN withdrawal_address a ON a.id = w.address_id`;

const row = z.strictObject({
  id: z.string(),
  customerId: z.string(),
  customerEmail: z.string().nullable(),
  addressId: z.string(),
  address: z.string().nullable(),
  addressName: z.string().nullable(),
  proven: z.boolean(),
  amount: amountOut,
  state: z.enum(WITHDRAWAL_STATES),
  refusal: z.string().nullable(),
  reason: z.string().nullable(),
  approvalsNeeded: z.int().nullable(),
  policyVersion: z.int().nullable(),
  approvalId: z.string().nullable(),
  messageId: z.string().nullable(),
  messageCid: z.string().nullable(),
  closedBy: z.string().nullable(),
  needsAction: z.string().nullable(),
  workflowId: z.string(),
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
});

const approvalOut = z.strictObject({
  id: z.string(),
  state: z.string(),
  quorum: z.int(),
  accepted: z.int(),
  policyVersion: z.int(),
  createdAt: timeOut,
});

interface ApprovalOf {
  readonly id: string;
  readonly state: string;
  readonly quorum: number;
  readonly accepted: number;
  readonly policyVersion: number;
  readonly createdAt: Date;
}

/** Those that were asked for, the oldest first: a change of the policy voids one. */
async function approvalsOf({ knex }: ApiDeps, id: string): Promise<z.output<typeof approvalOut>[]> {
  const { rows } = await knex.raw<{ rows: ApprovalOf[] }>(
    `SELECT p.id, p.state, p.quorum, (p.subject ->> 'policyVersion')::integer AS "policyVersion",
       p.created_at AS "createdAt", (SELECT count(*)::integer FROM approval_decision d
         WHERE d.approval_id = p.id AND d.decision = 'accept') AS accepted
     FROM approval p WHERE p.kind = 'withdrawal' AND p.subject_id = ? ORDER BY p.created_at`,
    [id],
  );
  return rows.map((one) => ({ ...one, createdAt: one.createdAt.toISOString() }));
}

async function detailOf(deps: ApiDeps, id: string) {
  const [found, { policy }] = await Promise.all([
    findWithdrawal(deps.knex, id),
    readPolicy(deps.knex, 'withdrawal'),
  ]);
  const used = await usedNow(deps.knex, found?.customer_id ?? '');
  return {
    approvals: await approvalsOf(deps, id),
    limits: limitsOf(policy, used).map(limitView),
    cancellable: found !== null && (await isCancellable(deps, found)),
  };
}

function withdrawals(deps: ApiDeps): Route[] {
  return resourceRoutes(
    deps,
    {
      name: 'withdrawals',
      title: 'Withdrawals off the platform',
      sql: SQL,
      schema: row,
      idKind: 'text',
      fields: {
        customerId: 'text',
        addressId: 'text',
        address: 'text',
        state: 'text',
        amount: 'amount',
        approvalId: 'text',
        createdAt: 'time',
        closedAt: 'time',
      },
      sort: ['createdAt', 'DESC'],
      search: ['address', 'customerEmail'],
      one: (found) => detailOf(deps, String(found['id'])),
    },
    row.extend({
      approvals: z.array(approvalOut),
      limits: z.array(limitOut).meta({ description: 'Of its customer and of the platform, now' }),
      cancellable: z.boolean(),
    }),
  );
}

const ADDRESSES = `
  SELECT a.id, a.customer_id AS "customerId", c.email AS "customerEmail", a.name, a.given, a.address, a.actor, a.state,
    a.refusal, a.remove_reason AS reason, a.removed_by AS "removedBy", a.proven, a.challenge AS text, a.signature,
    a.listed_at AS "listedAt", a.workflow_id AS "workflowId", a.created_at AS "createdAt", a.closed_at AS "closedAt",
    (SELECT count(*) FROM withdrawal w WHERE w.address_id = a.id AND w.state = 'paid') AS paid
  FROM withdrawal_address a LEFT JOIN customer c ON c.id = a.customer_id`;

const address = z.strictObject({
  id: z.string(),
  customerId: z.string(),
  customerEmail: z.string().nullable(),
  name: z.string(),
  given: z.string(),
  address: z.string().nullable(),
  actor: z
    .string()
    .nullable()
    .meta({ description: 'What the finalised chain held there; none = nothing yet' }),
  state: z.enum(ADDRESS_STATES),
  refusal: z.string().nullable(),
  reason: z.string().nullable(),
  removedBy: z.string().nullable(),
  proven: z.boolean(),
  text: z.string().nullable(),
  signature: z.string().nullable(),
  listedAt: timeOut.nullable(),
  workflowId: z.string(),
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
  paid: z.int().meta({ description: 'Withdrawals that were paid to it' }),
});

async function coolDown({ knex }: ApiDeps, id: string): Promise<{ usableFrom: string | null }> {
  const [found, { policy }] = await Promise.all([
    findWithdrawalAddress(knex, id),
    readPolicy(knex, 'withdrawal'),
  ]);
  const since = found === null ? null : await usableSince(knex, policy, found);
  return { usableFrom: since === null ? null : new Date(since).toISOString() };
}

function addresses(deps: ApiDeps): Route[] {
  return resourceRoutes(
    deps,
    {
      name: 'withdrawal-addresses',
      title: 'Addresses that customers withdraw to',
      sql: ADDRESSES,
      schema: address,
      idKind: 'text',
      fields: {
        customerId: 'text',
        address: 'text',
        state: 'text',
        proven: 'boolean',
        listedAt: 'time',
        createdAt: 'time',
      },
      sort: ['createdAt', 'DESC'],
      search: ['address', 'name', 'customerEmail'],
      one: (found) => coolDown(deps, String(found['id'])),
    },
    address.extend({ usableFrom: timeOut.nullable() }),
  );
}

export function adminWithdrawalRoutes(deps: ApiDeps): Route[] {
  const stopping = {
    method: 'post',
    access: 'withdrawal:stop',
    idempotent: true,
    params: idParams,
    body: z.strictObject({ reason: reasonIn }),
    answer: cancelledOut,
    refusals: ['not-found', 'wrong-state', 'reason-required'],
  } as const;
  return [
    ...withdrawals(deps),
    ...addresses(deps),
    route({
      ...stopping,
      path: '/admin/v1/withdrawals/:id/cancel',
      tag: 'withdrawals',
      summary: 'Cancel a withdrawal that is not signed; the customer has the money back at once',
      handler: ({ actor, params, body, key }) =>
        cancellation(deps, params.id, { id: actor.id, role: actor.role }, body.reason, key),
    }),
    route({
      ...stopping,
      path: '/admin/v1/withdrawal-addresses/:id/remove',
      tag: 'withdrawal-addresses',
      summary: "Take an address off a customer's list",
      handler: ({ actor, params, body, key }) =>
        removal(deps, params.id, { id: actor.id, role: actor.role }, body.reason, key),
    }),
  ];
}

/** The treasury's announced top-ups of the hot wallet: one announces, another approves, the arrival becomes equity. */
import { z } from 'zod';
import { parseAddress } from '../domain/address';
import { attoFrom, formatCoins } from '../domain/money';
import { RefusalError, isRefusal } from '../domain/refusal';
import { workflowIds } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { amountIn, amountOut, started, timeOut } from './fields';
import { resourceRoutes } from './list';
import { RequestError } from './problem';
import { route, type Route } from './route';
import { startOnce } from './temporal';

const SQL = `
  SELECT t.id, t.workflow_id AS "workflowId", t.amount, t.from_address AS "fromAddress", t.to_address AS "toAddress",
    t.announced_by AS "announcedBy", s.email AS "announcedByEmail", t.approval_id AS "approvalId", t.state, t.cid,
    t.journal_id AS "journalId", t.created_at AS "createdAt", t.arrived_at AS "arrivedAt"
  FROM watch.top_up t LEFT JOIN staff s ON s.id = t.announced_by`;

const topUp = z.strictObject({
  id: z.string(),
  workflowId: z.string(),
  amount: amountOut,
  fromAddress: z.string(),
  toAddress: z.string(),
  announcedBy: z.string(),
  announcedByEmail: z.string().nullable(),
  approvalId: z.string().nullable(),
  state: z.string(),
  cid: z.string().nullable(),
  journalId: z.int().nullable(),
  createdAt: timeOut,
  arrivedAt: timeOut.nullable(),
});

/** The network's prefix, from the hot wallet's address as the node printed it. */
export async function prefixOf(deps: ApiDeps): Promise<'f' | 't'> {
  const row = await deps
    .knex<{ address: string; kind: string }>('chain.address')
    .where({ kind: 'hot' })
    .first('address');
  if (!row)
    throw new RefusalError(
      'service-unavailable',
      'The hot wallet has no address yet: is the signer running?',
    );
  return row.address.startsWith('t') ? 't' : 'f';
}

export function topUpRoutes(deps: ApiDeps): Route[] {
  return [
    ...resourceRoutes(deps, {
      name: 'top-ups',
      title: 'Top-ups of the hot wallet',
      sql: SQL,
      schema: topUp,
      idKind: 'text',
      fields: {
        workflowId: 'text',
        fromAddress: 'text',
        announcedBy: 'text',
        approvalId: 'text',
        state: 'text',
        cid: 'text',
        createdAt: 'time',
        arrivedAt: 'time',
      },
      sort: ['createdAt', 'DESC'],
    }),
    route({
      method: 'post',
      path: '/admin/v1/top-ups',
      access: 'top-up:announce',
      tag: 'top-ups',
      summary: 'Announce a top-up; somebody else approves it',
      idempotent: true,
      body: z.strictObject({
        amount: amountIn,
        from: z.string().meta({ description: 'The address that will send it' }),
      }),
      status: 202,
      answer: started,
      refusals: [
        'amount-not-text',
        'amount-not-canonical',
        'amount-negative',
        'amount-zero',
        'amount-too-fine',
        'address-malformed',
        'address-checksum',
        'address-other-network',
        'address-not-canonical',
      ],
      handler: async ({ actor, body, workId: id }) => {
        const from = parseAddress(body.from, await prefixOf(deps));
        if (isRefusal(from))
          throw new RequestError([{ pointer: '#/from', code: from.refusal, detail: from.detail }]);
        const workflowId = workflowIds.topUp(id);
        await startOnce(deps.client, {
          type: 'topUp',
          id: workflowId,
          args: [{ id, amount: body.amount, from, actor: { id: actor.id, role: actor.role } }],
          lifecycle: 'top-up',
          summary: `The treasury announces ${formatCoins(attoFrom(body.amount))} FIL for gas`,
        });
        return { body: { id, workflowId }, workflowId, location: `/admin/v1/top-ups/${id}` };
      },
    }),
  ];
}

/** Custody: the wallets with what they hold, the hot one between its marks, and every transfer between hot and cold. */
import { z } from 'zod';
import { coldAddress, hotLevel } from '../db/custody';
import { targetOf } from '../domain/custody';
import type { ApiDeps } from './deps';
import { amountOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import { route, type Route } from './route';

const SQL = `
  SELECT t.n AS id, t.direction, t.amount, t.hot, t.owed, t.policy_version AS "policyVersion",
    t.cold_address AS "coldAddress", t.workflow_id AS "workflowId", t.state, t.message_id AS "messageId", t.detail,
    coalesce(t.approval_id, (SELECT p.id FROM approval p WHERE p.kind = 'to-cold' AND p.subject_id = t.n::text
      AND p.state = 'waiting' LIMIT 1)) AS "approvalId",
    t.created_at AS "createdAt", t.closed_at AS "closedAt"
  FROM custody_transfer t`;

const transfer = z.strictObject({
  id: z.int(),
  direction: z.enum(['to-cold', 'refill']),
  amount: amountOut,
  hot: amountOut.meta({ description: 'Of the hot wallet in the books when it was begun' }),
  owed: amountOut.meta({ description: 'Of that: commitments, and withdrawals that waited' }),
  policyVersion: z.int(),
  coldAddress: z.string().nullable(),
  workflowId: z.string(),
  state: z.enum([
    'proposed',
    'approved',
    'sent',
    'failed',
    'refused',
    'expired',
    'outdated',
    'wanted',
    'settled',
  ]),
  messageId: z.string().nullable(),
  detail: z.string().nullable(),
  approvalId: z.string().nullable(),
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
});

const wallet = z.strictObject({
  kind: z.string(),
  addresses: z.int(),
  balance: amountOut,
});

const overview = z.strictObject({
  hot: amountOut,
  owed: amountOut.meta({ description: 'Commitments, and withdrawals that wait: counts as gone' }),
  level: amountOut.meta({ description: 'hot − owed: what is weighed against the marks; may be negative' }),
  low: amountOut,
  high: amountOut,
  target: amountOut.meta({ description: 'Where a transfer brings the level: the middle of the marks' }),
  policyVersion: z.int(),
  coldAddress: z.string().nullable(),
  wallets: z.array(wallet),
});

async function walletsOf({ knex }: ApiDeps): Promise<z.output<typeof wallet>[]> {
  const { rows } = await knex.raw<{ rows: z.output<typeof wallet>[] }>(
    `SELECT c.kind, count(*)::integer AS addresses, coalesce(sum(b.debits_posted - b.credits_posted), 0)::text AS balance
     FROM chain.address c LEFT JOIN ledger.account a ON a.code = 'custody.' || c.kind AND a.owner = c.address
     LEFT JOIN ledger.balance b ON b.account_id = a.id
     GROUP BY c.kind ORDER BY array_position(ARRAY['hot', 'cold', 'deposit', 'repayment', 'escrow'], c.kind)`,
  );
  return rows;
}

export function custodyRoutes(deps: ApiDeps): Route[] {
  return [
    ...resourceRoutes(deps, {
      name: 'custody-transfers',
      title: 'Transfers between the hot wallet and the cold address',
      sql: SQL,
      schema: transfer,
      idKind: 'number',
      fields: { direction: 'text', state: 'text', amount: 'amount', createdAt: 'time', closedAt: 'time' },
      sort: ['createdAt', 'DESC'],
    }),
    route({
      method: 'get',
      path: '/admin/v1/custody',
      access: 'read',
      tag: 'custody-transfers',
      summary: 'What our wallets hold by the books, and how the hot one stands between its marks',
      answer: overview,
      handler: async () => {
        const { hot, owed, low, high, policyVersion } = await hotLevel(deps.knex);
        return {
          body: {
            hot: hot.toString(),
            owed: owed.toString(),
            level: (hot - owed).toString(),
            low: low.toString(),
            high: high.toString(),
            target: targetOf({ hotLow: low, hotHigh: high }).toString(),
            policyVersion,
            coldAddress: await coldAddress(deps.knex),
            wallets: await walletsOf(deps),
          },
        };
      },
    }),
  ];
}

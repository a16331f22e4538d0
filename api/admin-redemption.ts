/** Redemptions as staff see them: who waits, for how much, behind whom. */
import { z } from 'zod';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import type { Route } from './route';

const SQL = `
  SELECT r.id, r.customer_id AS "customerId", r.token_id AS "positionId", r.pool_id AS "poolId", r.amount, r.state,
    r.refusal, r.shares, r.burnt, r.paid, r.ordinal, r.placed_epoch AS "placedEpoch",
    r.closed_epoch AS "closedEpoch", r.cancel_reason AS "cancelReason", r.workflow_id AS "workflowId",
    r.created_at AS "createdAt", r.closed_at AS "closedAt"
  FROM redemption r`;

const row = z.strictObject({
  id: z.string(),
  customerId: z.string(),
  positionId: z.int(),
  poolId: z.string().nullable(),
  amount: amountOut.nullable().meta({ description: 'attoFIL asked for; null = everything' }),
  state: z.enum(['requested', 'waiting', 'paid', 'cancelled', 'refused']),
  refusal: z.string().nullable(),
  shares: z.string().nullable(),
  burnt: z.string(),
  paid: amountOut,
  ordinal: z.int().nullable().meta({ description: 'Number in the queue of its pool' }),
  placedEpoch: epochOut.nullable(),
  closedEpoch: epochOut.nullable(),
  cancelReason: z.string().nullable(),
  workflowId: z.string(),
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
});

const fill = z.strictObject({
  n: z.int(),
  shares: z.string(),
  paid: amountOut,
  epoch: epochOut,
  journalId: z.int(),
  at: timeOut,
});

interface FillRow {
  readonly n: number;
  readonly shares: string;
  readonly paid: string;
  readonly epoch: number;
  readonly journal_id: number;
  readonly at: Date;
}

export function adminRedemptionRoutes(deps: ApiDeps): Route[] {
  return resourceRoutes(
    deps,
    {
      name: 'redemptions',
      title: 'Redemptions out of pools',
      sql: SQL,
      schema: row,
      idKind: 'text',
      fields: {
        customerId: 'text',
        positionId: 'number',
        poolId: 'text',
        state: 'text',
        ordinal: 'number',
        paid: 'amount',
        createdAt: 'time',
        closedAt: 'time',
      },
      sort: ['createdAt', 'DESC'],
      one: async (found) => {
        const fills = await deps
          .knex('redemption_fill')
          .where({ redemption_id: String(found['id']) })
          .orderBy('n')
          .select<FillRow[]>();
        return {
          fills: fills.map(({ journal_id: journalId, at, n, shares, paid, epoch }) => ({
            ...{ n, shares, paid, epoch, journalId },
            at: at.toISOString(),
          })),
        };
      },
    },
    row.extend({ fills: z.array(fill) }),
  );
}

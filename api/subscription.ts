/** Moving available FIL into a pool. */
import { z } from 'zod';
import { readPool } from '../db/pool';
import { attoFrom, formatCoins, type AttoText } from '../domain/money';
import { claimOf, ratesOf } from '../domain/pool';
import { isRefusal, RefusalError } from '../domain/refusal';
import { deposit, valueOfShares } from '../domain/share';
import { balance } from '../ledger/read';
import { workflowIds } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { amountIn, amountOut, epochOut, idIn, idParams, rayOut, started, timeOut } from './fields';
import { promised } from './promised';
import { route, type Route } from './route';
import { startOnce } from './temporal';

const quote = z.strictObject({
  poolId: z.string(),
  amount: amountOut,
  shares: z.string().meta({ description: 'amount × (all shares + 10^6) ÷ (claim + 1), rounded down' }),
  value: amountOut.meta({ description: 'attoFIL that these shares are worth right afterwards' }),
  epoch: epochOut,
  claim: amountOut.meta({ description: 'What all depositors own together' }),
  allShares: z.string(),
  depositApr: rayOut.meta({ description: 'A year, simple, as the pool stands' }),
  depositApy: rayOut.meta({ description: 'A year, the interest of each epoch compounded' }),
});

const sharesIn = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,38})$/)
  .meta({ description: 'The least shares to take for the amount; refused where it buys fewer' });

const subscription = z.strictObject({
  id: z.string(),
  workflowId: z.string(),
  poolId: z.string(),
  amount: amountOut,
  state: z.enum(['requested', 'booked', 'refused']),
  refusal: z.string().nullable(),
  positionId: z.int().nullable(),
  shares: z.string().nullable(),
  epoch: epochOut.nullable(),
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
});

interface Row {
  readonly id: string;
  readonly customer_id: string;
  readonly workflow_id: string;
  readonly pool_id: string;
  readonly amount: string;
  readonly state: 'requested' | 'booked' | 'refused';
  readonly refusal: string | null;
  readonly token_id: number | null;
  readonly shares: string | null;
  readonly epoch: number | null;
  readonly created_at: Date;
  readonly closed_at: Date | null;
}

function view(row: Row): z.output<typeof subscription> {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    poolId: row.pool_id,
    amount: row.amount,
    state: row.state,
    refusal: row.refusal,
    positionId: row.token_id,
    shares: row.shares,
    epoch: row.epoch,
    createdAt: row.created_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
  };
}

async function quoteOf({ knex }: ApiDeps, poolId: string, amount: AttoText): Promise<z.output<typeof quote>> {
  const record = await readPool(knex, poolId);
  if (record === null) throw new RefusalError('not-found', `There is no pool ${poolId}.`);
  const { pool, rates } = record;
  const bought = deposit(pool, attoFrom(amount));
  if (isRefusal(bought)) throw new RefusalError(bought.refusal, bought.detail);
  const { depositApr, depositApy } = ratesOf(pool, rates);
  return {
    poolId,
    amount,
    shares: bought.minted.toString(),
    value: valueOfShares(bought.pool, bought.minted).toString(),
    epoch: pool.lastEpoch,
    claim: claimOf(pool).toString(),
    allShares: pool.shares.toString(),
    depositApr: depositApr.toString(),
    depositApy: depositApy.toString(),
  };
}

/** Refuses early what the ledger would refuse anyway, unless this very request has taken the money already. */
async function refuseUnpayable(
  deps: ApiDeps,
  customerId: string,
  id: string,
  amount: AttoText,
): Promise<void> {
  const { available } = await balance(deps.knex, { code: 'customer.available', owner: customerId });
  if (attoFrom(amount) <= available) return;
  // Asked after the balance: where this request moved it, its row was there before.
  const own = await deps.knex<Row>('subscription').where({ id }).first('id');
  if (own) return;
  throw new RefusalError('amount-above-balance', `You have ${formatCoins(available)} FIL available.`);
}

export function subscriptionRoutes(deps: ApiDeps): Route[] {
  const { knex, client } = deps;
  return [
    route({
      method: 'get',
      path: '/v1/pools/:id/subscription-quote',
      access: 'customer',
      scope: 'account:read',
      tag: 'pool',
      summary: 'What an amount would buy now, and why',
      params: idParams,
      query: z.strictObject({ amount: amountIn }),
      answer: quote,
      refusals: ['not-found', 'deposit-too-small'],
      handler: async ({ params, query }) => ({ body: await quoteOf(deps, params.id, query.amount) }),
    }),
    route({
      method: 'post',
      path: '/v1/subscriptions',
      access: 'customer-open',
      scope: 'pool:deposit',
      tag: 'pool',
      summary: 'Move available FIL into a pool',
      idempotent: true,
      body: z.strictObject({ poolId: idIn, amount: amountIn, atLeastShares: sharesIn.optional() }),
      status: 202,
      answer: started,
      refusals: [
        'amount-not-text',
        'amount-not-canonical',
        'amount-negative',
        'amount-zero',
        'amount-too-fine',
        'amount-above-balance',
        'value-below-bound',
        'not-found',
      ],
      handler: async ({ actor, body: { poolId, amount, atLeastShares: atLeast = null }, workId: id }) => {
        if ((await readPool(knex, poolId)) === null)
          throw new RefusalError('not-found', `There is no pool ${poolId}.`);
        await refuseUnpayable(deps, actor.id, id, amount);
        const workflowId = workflowIds.subscription(id);
        await startOnce(client, {
          type: 'subscription',
          id: workflowId,
          args: [{ subscriptionId: id, customerId: actor.id, poolId, amount, atLeast }],
          lifecycle: 'subscription',
          summary: `${formatCoins(attoFrom(amount))} FIL into the pool ${poolId}`,
          customerId: actor.id,
        });
        return { body: { id, workflowId }, workflowId, location: `/v1/subscriptions/${id}` };
      },
    }),
    route({
      method: 'get',
      path: '/v1/subscriptions/:id',
      access: 'customer',
      scope: 'account:read',
      tag: 'pool',
      summary: 'Where a subscription stands',
      params: idParams,
      answer: subscription,
      handler: async ({ actor, params }) => {
        const row = await find(deps, actor.id, params.id);
        if (!row) throw new RefusalError('not-found');
        return { body: view(row) };
      },
    }),
  ];
}

function find(deps: ApiDeps, customerId: string, id: string): Promise<Row | undefined> {
  return promised(deps, { actorId: customerId, workflowId: workflowIds.subscription(id) }, async () =>
    deps.knex<Row>('subscription').where({ id, customer_id: customerId }).first(),
  );
}

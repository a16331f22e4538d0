/** Out of a pool: what it would bring, the request, where it stands in the queue, giving it up. */
import { z } from 'zod';
import { readPool } from '../db/pool';
import { placeOf, readQueue, type RedemptionRow } from '../db/redemption';
import { estimate } from '../db/redemption-estimate';
import { attoFrom, formatCoins, type AttoText } from '../domain/money';
import type { Pool } from '../domain/pool';
import { sharesFor } from '../domain/redemption';
import { isRefusal, RefusalError, type Refusal } from '../domain/refusal';
import { valueOfShares } from '../domain/share';
import { workflowIds } from '../workflows/handles';
import { giveUpRedemption } from '../workflows/handles-redemption';
import type { ApiDeps } from './deps';
import {
  amountIn,
  amountOut,
  epochOut,
  field,
  idParams,
  readAmount,
  reasonIn,
  started,
  timeOut,
} from './fields';
import { promised } from './promised';
import { route, type Route } from './route';
import { startOnce, update } from './temporal';

export const redemption = z.strictObject({
  id: z.string(),
  workflowId: z.string(),
  positionId: z.int(),
  amount: amountOut.nullable().meta({ description: 'attoFIL asked for; null = everything' }),
  state: z.enum(['requested', 'waiting', 'paid', 'cancelled', 'refused']),
  refusal: z.string().nullable(),
  shares: z.string().nullable().meta({ description: 'Fixed when it was placed; priced when it is paid' }),
  burnt: z.string().meta({ description: 'Shares of it that were paid so far' }),
  paid: amountOut,
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
});

const place = z
  .strictObject({
    requestsAhead: z.int(),
    amountAhead: amountOut.meta({ description: 'attoFIL, at the present share price' }),
    fromEpoch: epochOut
      .nullable()
      .meta({ description: 'Estimate: at the pace of the last month, or at maturity where that is earlier' }),
    untilEpoch: epochOut
      .nullable()
      .meta({ description: 'Estimate: when loans pay at their maturity, or at that pace where it is later' }),
  })
  .nullable()
  .meta({ description: 'While it waits' });

const quote = z.strictObject({
  positionId: z.int(),
  shares: z.string(),
  value: amountOut.meta({ description: 'attoFIL, by the share price of this epoch' }),
  epoch: epochOut,
  claim: amountOut.meta({
    description: 'What all depositors own together; value = shares × (claim + 1) ÷ (all + 10^6)',
  }),
  allShares: z.string(),
  idleCash: amountOut,
  requestsWaiting: z.int(),
  paidAtOnce: z.boolean(),
});

/** A row as customers and staff see it. */
export function redemptionView(row: RedemptionRow): z.output<typeof redemption> {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    positionId: row.token_id,
    amount: row.amount,
    state: row.state,
    refusal: row.refusal,
    shares: row.shares,
    burnt: row.burnt,
    paid: row.paid,
    createdAt: row.created_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
  };
}

interface Held {
  readonly pool: Pool;
  readonly poolId: string;
  readonly free: bigint;
}

/** The customer's position and its pool as booked; 'not-found' for another's. */
async function held({ knex }: ApiDeps, customerId: string, tokenId: number): Promise<Held> {
  const row = await knex('position')
    .where({ token_id: tokenId, customer_id: customerId })
    .first<{ pool_id: string; shares: string; queued_shares: string } | undefined>();
  const record = row === undefined ? null : await readPool(knex, row.pool_id);
  if (row === undefined || record === null) throw new RefusalError('not-found', 'You have no such position.');
  return { pool: record.pool, poolId: record.id, free: BigInt(row.shares) - BigInt(row.queued_shares) };
}

/** @throws RefusalError as the ledger would, before anything is started */
function sharesAsked({ pool, free }: Held, amount: AttoText | null): bigint {
  const shares = amount === null ? free : sharesFor(pool, free, attoFrom(amount));
  if (isRefusal(shares)) {
    const worth = formatCoins(attoFrom(valueOfShares(pool, free).toString()));
    throw new RefusalError(shares.refusal, `${worth} FIL of this position are free.`);
  }
  return shares;
}

async function quoteOf(deps: ApiDeps, position: Held, tokenId: number, amount: AttoText | null) {
  const { pool, poolId } = position;
  const shares = sharesAsked(position, amount);
  const value = valueOfShares(pool, shares);
  const { waiting } = await readQueue(deps.knex, poolId);
  return {
    positionId: tokenId,
    shares: shares.toString(),
    value: value.toString(),
    epoch: pool.lastEpoch,
    claim: valueOfShares(pool, pool.shares).toString(),
    allShares: pool.shares.toString(),
    idleCash: pool.cash.toString(),
    requestsWaiting: waiting,
    paidAtOnce: waiting === 0 && value <= pool.cash,
  };
}

async function placeView(deps: ApiDeps, row: RedemptionRow): Promise<z.output<typeof place>> {
  const before = await placeOf(deps.knex, row);
  const record = row.pool_id === null ? null : await readPool(deps.knex, row.pool_id);
  if (before === null || record === null || row.shares === null) return null;
  const { pool, rates } = record;
  const own = BigInt(row.shares) - BigInt(row.burnt);
  const epochsPerMonth = Math.floor(Number(rates[0]?.epochsPerYear ?? 0n) / 12);
  const needed = valueOfShares(pool, before.shares + own) - pool.cash;
  const when = await estimate(deps.knex, record.id, needed, { epoch: pool.lastEpoch, epochsPerMonth });
  const amountAhead = valueOfShares(pool, before.shares).toString();
  return { requestsAhead: before.requests, amountAhead, ...when };
}

const partIn = field(
  (value): AttoText | 'everything' | Refusal => (value === 'everything' ? value : readAmount(value)),
  {
    type: 'string',
    pattern: '^(?:everything|[1-9][0-9]{0,38})$',
    description: 'attoFIL as canonical decimal text, or `everything` that is free of the position',
  },
);

const positionParams = z.strictObject({ id: z.coerce.number().int().positive() });

const ownOf = ({ knex }: ApiDeps, customerId: string) =>
  knex<RedemptionRow>('redemption').where({ customer_id: customerId });

function find(deps: ApiDeps, customerId: string, id: string): Promise<RedemptionRow | undefined> {
  return promised(deps, { actorId: customerId, workflowId: workflowIds.redemption(id) }, async () =>
    ownOf(deps, customerId).where({ id }).first(),
  );
}

function askRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/v1/redemptions',
    access: 'customer-open',
    scope: 'pool:redeem',
    tag: 'pool',
    summary:
      'Move FIL, or everything, out of a position; it waits in the queue where the pool is short of cash',
    idempotent: true,
    body: z.strictObject({
      positionId: z.int().positive(),
      amount: partIn,
      atLeast: amountIn.optional(),
    }),
    status: 202,
    answer: started,
    refusals: ['amount-zero', 'amount-above-balance', 'value-below-bound', 'not-found'],
    handler: async ({ actor, body, workId: id }) => {
      const amount = body.amount === 'everything' ? null : body.amount;
      const known: unknown = await ownOf(deps, actor.id).where({ id }).first('id');
      if (known === undefined) sharesAsked(await held(deps, actor.id, body.positionId), amount);
      const workflowId = workflowIds.redemption(id);
      const { positionId: tokenId, atLeast = null } = body;
      await startOnce(deps.client, {
        type: 'redemption',
        id: workflowId,
        args: [{ redemptionId: id, customerId: actor.id, tokenId, amount, atLeast }],
        lifecycle: 'redemption',
        summary: `${amount === null ? 'Everything' : `${formatCoins(attoFrom(amount))} FIL`} out of position ${tokenId}`,
        customerId: actor.id,
      });
      return { body: { id, workflowId }, workflowId, location: `/v1/redemptions/${id}` };
    },
  });
}

function cancelRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/v1/redemptions/:id/cancel',
    access: 'customer-open',
    scope: 'pool:redeem',
    tag: 'pool',
    summary: 'Give up what still waits; what was paid stays paid',
    idempotent: true,
    params: idParams,
    body: z.strictObject({ reason: reasonIn }),
    answer: z.strictObject({ id: z.string(), state: z.string(), workflowId: z.string() }),
    refusals: ['not-found', 'wrong-state', 'reason-required'],
    handler: async ({ actor, params: { id }, body, key }) => {
      const row = await find(deps, actor.id, id);
      if (row === undefined) throw new RefusalError('not-found');
      const workflowId = row.workflow_id;
      const request = { actor: { id: actor.id, role: 'customer' }, reason: body.reason };
      const { state } = await update(deps.client, workflowId, giveUpRedemption, `${actor.id}/${key}`, [
        request,
      ]);
      return { body: { id, state, workflowId }, workflowId };
    },
  });
}

export function redemptionRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/positions/:id/redemption-quote',
      access: 'customer',
      scope: 'account:read',
      tag: 'pool',
      summary: 'What redeeming would bring now, and why',
      params: positionParams,
      query: z.strictObject({ amount: amountIn.optional() }),
      answer: quote,
      refusals: ['not-found', 'amount-above-balance'],
      handler: async ({ actor, params, query }) => {
        const position = await held(deps, actor.id, params.id);
        return { body: await quoteOf(deps, position, params.id, query.amount ?? null) };
      },
    }),
    askRoute(deps),
    route({
      method: 'get',
      path: '/v1/redemptions',
      access: 'customer',
      scope: 'account:read',
      tag: 'pool',
      summary: 'Your redemptions, newest first',
      answer: z.array(redemption),
      handler: async ({ actor }) => {
        const rows = await ownOf(deps, actor.id).orderBy('created_at', 'desc').limit(200);
        return { body: rows.map(redemptionView) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/redemptions/:id',
      access: 'customer',
      scope: 'account:read',
      tag: 'pool',
      summary: 'Where a redemption stands: paid so far, its place in the queue',
      params: idParams,
      answer: redemption.extend({ place }),
      refusals: ['not-found'],
      handler: async ({ actor, params }) => {
        const row = await find(deps, actor.id, params.id);
        if (row === undefined) throw new RefusalError('not-found');
        return { body: { ...redemptionView(row), place: await placeView(deps, row) } };
      },
    }),
    cancelRoute(deps),
  ];
}

/** Off the platform: what may be withdrawn now, the request, where it stands, cancelling it. */
import { z } from 'zod';
import { readBaseFee } from '../db/gas-price';
import { readPolicy } from '../db/policy';
import { findWithdrawal, usedNow, type WithdrawalRow } from '../db/withdrawal';
import { expectMayWithdraw } from '../db/withdrawal-check';
import { attoFrom, formatCoins, type AttoText } from '../domain/money';
import { RefusalError } from '../domain/refusal';
import {
  gasOfWithdrawal,
  isOpen,
  limitsOf,
  mostNow,
  WITHDRAWAL_STATES,
  type Limit,
} from '../domain/withdrawal';
import { balance } from '../ledger/read';
import { workflowIds } from '../workflows/handles';
import { cancelWithdrawal } from '../workflows/handles-withdrawal';
import type { ApiDeps } from './deps';
import { amountIn, amountOut, idIn, idParams, isoOrNull, reasonIn, started, timeOut } from './fields';
import { promised } from './promised';
import { route, type Route } from './route';
import { startOnce, update } from './temporal';

export const limitOut = z.strictObject({
  name: z.enum(['transaction', 'customerHour', 'customerDay', 'platformHour', 'platformDay']),
  most: amountOut,
  used: amountOut.meta({ description: 'Set aside or paid within the window, attoFIL' }),
});

export const limitView = ({ name, most, used }: Limit): z.output<typeof limitOut> => ({
  name,
  most: most.toString(),
  used: used.toString(),
});

const withdrawal = z.strictObject({
  id: z.string(),
  workflowId: z.string(),
  addressId: z.string(),
  address: z.string().nullable(),
  amount: amountOut,
  state: z.enum(WITHDRAWAL_STATES),
  refusal: z.string().nullable(),
  reason: z.string().nullable().meta({ description: 'Why it was not paid' }),
  approvalsNeeded: z.int().nullable(),
  messageCid: z.string().nullable().meta({ description: 'Of the final message that paid it' }),
  cancellable: z.boolean().meta({ description: 'Until its message is signed' }),
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
});

const quote = z.strictObject({
  available: amountOut,
  mostNow: amountOut.meta({ description: 'The most that one withdrawal may be now, by balance and limits' }),
  least: amountOut.meta({ description: 'Less than this is dust' }),
  limits: z
    .array(limitOut)
    .meta({ description: 'Of one withdrawal, yours, and those of all customers together' }),
  gas: z.strictObject({
    amount: amountOut.meta({ description: 'At most, at the present base fee' }),
    paidBy: z.literal('platform'),
  }),
  automaticUpTo: amountOut.meta({
    description: 'Up to it nobody is asked, to an address that you signed for',
  }),
  twoPeopleAbove: amountOut,
  approvalsNeeded: z
    .int()
    .nullable()
    .meta({ description: 'For this amount to this address; null where one of them was not named' }),
});

/** States of a message in which it can still be given up, or never was. */
const UNSIGNED: readonly string[] = ['draft', 'cancelled', 'failed', 'conflict'];

/** Whether it may still be given back: nothing of it is signed. */
export async function isCancellable({ knex }: ApiDeps, row: WithdrawalRow): Promise<boolean> {
  if (!isOpen(row.state)) return false;
  const signed: unknown = await knex('chain.message')
    .where({ kind: 'withdraw', subject_id: row.id })
    .whereNotIn('state', [...UNSIGNED])
    .first('id');
  return signed === undefined;
}

async function view(deps: ApiDeps, row: WithdrawalRow): Promise<z.output<typeof withdrawal>> {
  return {
    id: row.id,
    workflowId: row.workflow_id,
    addressId: row.address_id,
    address: row.address,
    amount: row.amount,
    state: row.state,
    refusal: row.refusal,
    reason: row.reason,
    approvalsNeeded: row.people,
    messageCid: row.message_cid,
    cancellable: await isCancellable(deps, row),
    createdAt: row.created_at.toISOString(),
    closedAt: isoOrNull(row.closed_at),
  };
}

/** Another's withdrawal does not exist. @throws RefusalError not-found */
async function own(deps: ApiDeps, customerId: string, id: string): Promise<WithdrawalRow> {
  const asked = { actorId: customerId, workflowId: workflowIds.withdrawal(id) };
  const row = await promised(deps, asked, () => findWithdrawal(deps.knex, id));
  if (row?.customer_id !== customerId) throw new RefusalError('not-found');
  return row;
}

const availableOf = async ({ knex }: ApiDeps, owner: string): Promise<bigint> =>
  (await balance(knex, { code: 'customer.available', owner })).available;

async function quoteOf(
  deps: ApiDeps,
  customerId: string,
  wish: { readonly addressId: string | undefined; readonly amount: AttoText | undefined },
): Promise<z.output<typeof quote>> {
  const { knex } = deps;
  const [{ policy }, used, available, baseFee] = await Promise.all([
    readPolicy(knex, 'withdrawal'),
    usedNow(knex, customerId),
    availableOf(deps, customerId),
    readBaseFee(knex),
  ]);
  const gas = gasOfWithdrawal(baseFee);
  const most = mostNow(policy, used);
  const { addressId, amount } = wish;
  const judged =
    addressId === undefined || amount === undefined
      ? null
      : await expectMayWithdraw(knex, { customerId, addressId, amount: attoFrom(amount) });
  return {
    available: available.toString(),
    mostNow: (available < most ? available : most).toString(),
    least: (gas + 1n).toString(),
    limits: limitsOf(policy, used).map(limitView),
    gas: { amount: gas.toString(), paidBy: 'platform' },
    automaticUpTo: policy.automaticUpTo.toString(),
    twoPeopleAbove: policy.twoAbove.toString(),
    approvalsNeeded: judged?.people ?? null,
  };
}

/** What the workflow would refuse, said at once; it asks again under the lock that counts. */
async function expectTaken(
  deps: ApiDeps,
  customerId: string,
  wish: { readonly addressId: string; readonly amount: AttoText },
): Promise<void> {
  const amount = attoFrom(wish.amount);
  await expectMayWithdraw(deps.knex, { customerId, addressId: wish.addressId, amount });
  const available = await availableOf(deps, customerId);
  if (amount > available)
    throw new RefusalError('amount-above-balance', `${formatCoins(available)} FIL are available.`);
}

const REFUSALS = [
  'not-found',
  'amount-zero',
  'amount-above-balance',
  'withdrawal-limit',
  'withdrawal-dust',
  'withdrawal-address-cooling',
  'payouts-frozen',
  'customer-frozen',
] as const;

function askRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/v1/withdrawals',
    access: 'customer-open',
    scope: 'withdrawal:place',
    tag: 'withdrawals',
    summary: 'Withdraw available FIL to an address of your list; it is set aside at once',
    idempotent: true,
    body: z.strictObject({ addressId: idIn, amount: amountIn }),
    status: 202,
    answer: started,
    refusals: REFUSALS,
    handler: async ({ actor, body, workId: id }) => {
      if ((await findWithdrawal(deps.knex, id)) === null) await expectTaken(deps, actor.id, body);
      const workflowId = workflowIds.withdrawal(id);
      await startOnce(deps.client, {
        type: 'withdrawal',
        id: workflowId,
        args: [{ withdrawalId: id, customerId: actor.id, ...body }],
        lifecycle: 'withdrawal',
        summary: `${formatCoins(attoFrom(body.amount))} FIL off the platform`,
        customerId: actor.id,
      });
      return { body: { id, workflowId }, workflowId, location: `/v1/withdrawals/${id}` };
    },
  });
}

/** Tells the withdrawal's workflow; for customers and for staff. */
export async function cancellation(
  deps: ApiDeps,
  id: string,
  actor: { readonly id: string; readonly role: string },
  reason: string,
  key: string,
) {
  const row = await findWithdrawal(deps.knex, id);
  if (row === null) throw new RefusalError('not-found', `There is no withdrawal ${id}.`);
  const { workflow_id: workflowId } = row;
  const open = async (): Promise<boolean> => {
    const now = await findWithdrawal(deps.knex, id);
    return now !== null && isCancellable(deps, now);
  };
  const { state } = await update(
    deps.client,
    workflowId,
    cancelWithdrawal,
    `${actor.id}/${key}`,
    [{ actor, reason }],
    open,
  );
  return { body: { id, state, workflowId }, workflowId };
}

export const cancelledOut = z.strictObject({ id: z.string(), state: z.string(), workflowId: z.string() });

function cancelRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/v1/withdrawals/:id/cancel',
    access: 'customer-open',
    scope: 'withdrawal:place',
    tag: 'withdrawals',
    summary: 'Cancel a withdrawal that is not signed; the money is back at once',
    idempotent: true,
    params: idParams,
    body: z.strictObject({ reason: reasonIn }),
    answer: cancelledOut,
    refusals: ['not-found', 'wrong-state', 'reason-required'],
    handler: async ({ actor, params: { id }, body, key }) => {
      await own(deps, actor.id, id);
      return cancellation(deps, id, { id: actor.id, role: 'customer' }, body.reason, key);
    },
  });
}

export function withdrawalRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/withdrawal-quote',
      access: 'customer',
      scope: 'account:read',
      tag: 'withdrawals',
      summary: 'What you may withdraw now, what is left of the limits, and who would be asked',
      query: z.strictObject({ addressId: idIn.optional(), amount: amountIn.optional() }),
      answer: quote,
      refusals: REFUSALS.filter((code) => code !== 'amount-above-balance'),
      handler: async ({ actor, query }) => {
        const { addressId, amount } = query;
        return { body: await quoteOf(deps, actor.id, { addressId, amount }) };
      },
    }),
    askRoute(deps),
    route({
      method: 'get',
      path: '/v1/withdrawals',
      access: 'customer',
      scope: 'account:read',
      tag: 'withdrawals',
      summary: 'Your withdrawals, newest first',
      answer: z.array(withdrawal),
      handler: async ({ actor }) => {
        const rows = await deps
          .knex<WithdrawalRow>('withdrawal')
          .where({ customer_id: actor.id })
          .orderBy('created_at', 'desc')
          .limit(200);
        return { body: await Promise.all(rows.map((row) => view(deps, row))) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/withdrawals/:id',
      access: 'customer',
      scope: 'account:read',
      tag: 'withdrawals',
      summary: 'Where a withdrawal stands',
      params: idParams,
      answer: withdrawal,
      refusals: ['not-found'],
      handler: async ({ actor, params }) => ({
        body: await view(deps, await own(deps, actor.id, params.id)),
      }),
    }),
    cancelRoute(deps),
  ];
}

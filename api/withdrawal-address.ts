/** The addresses that a customer may withdraw to: asked for, signed for, listed, removed. No API key may do it. */
import { z } from 'zod';
import { readPolicy } from '../db/policy';
import { watchList } from '../db/watched';
import { usableSince } from '../db/withdrawal-check';
import { findWithdrawalAddress, isListed, type WithdrawalAddressRow } from '../db/withdrawal-address';
import { parseAddress } from '../domain/address';
import type { WithdrawalPolicy } from '../domain/withdrawal';
import { isRefusal, RefusalError } from '../domain/refusal';
import { workflowIds } from '../workflows/handles';
import { proveAddress, removeAddress } from '../workflows/handles-withdrawal';
import type { ApiDeps } from './deps';
import { idParams, isoOrNull, reasonIn, started, timeOut } from './fields';
import { RequestError } from './problem';
import { promised } from './promised';
import { route, type Route } from './route';
import { startOnce, update } from './temporal';
import { prefixOf } from './top-up';

export const ADDRESS_STATES = ['asked', 'challenged', 'listed', 'removed', 'refused', 'expired'] as const;

const address = z.strictObject({
  id: z.string(),
  workflowId: z.string(),
  name: z.string(),
  given: z.string().meta({ description: 'As you wrote it' }),
  address: z.string().nullable().meta({ description: 'As it is paid; null until the chain was looked at' }),
  state: z.enum(ADDRESS_STATES),
  refusal: z.string().nullable(),
  reason: z.string().nullable().meta({ description: 'Why it was refused or removed' }),
  text: z.string().nullable().meta({
    description:
      'While `challenged`: sign these bytes with the key of the address, as `lotus wallet sign` does',
  }),
  proven: z.boolean().meta({ description: 'Its key signed; what leaves to another is approved by people' }),
  listedAt: timeOut.nullable(),
  usableFrom: timeOut.nullable().meta({ description: 'End of the cool-down; later after a new API key' }),
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
});

async function view(
  deps: ApiDeps,
  policy: WithdrawalPolicy,
  row: WithdrawalAddressRow,
): Promise<z.output<typeof address>> {
  const since = await usableSince(deps.knex, policy, row);
  return {
    id: row.id,
    workflowId: row.workflow_id,
    name: row.name,
    given: row.given,
    address: row.address,
    state: row.state,
    refusal: row.refusal,
    reason: row.remove_reason,
    text: row.state === 'challenged' ? row.challenge : null,
    proven: row.proven,
    listedAt: isoOrNull(row.listed_at),
    usableFrom: since === null ? null : new Date(since).toISOString(),
    createdAt: row.created_at.toISOString(),
    closedAt: isoOrNull(row.closed_at),
  };
}

/** Another's address does not exist. @throws RefusalError not-found */
async function own(deps: ApiDeps, customerId: string, id: string): Promise<WithdrawalAddressRow> {
  const asked = { actorId: customerId, workflowId: workflowIds.withdrawalAddress(id) };
  const row = await promised(deps, asked, () => findWithdrawalAddress(deps.knex, id));
  if (row?.customer_id !== customerId) throw new RefusalError('not-found');
  return row;
}

/** What needs no look at the chain is refused at once. */
async function expectFit(deps: ApiDeps, customerId: string, text: string, id: string): Promise<void> {
  const fault = (code: Parameters<typeof refusalAt>[0], detail?: string) => refusalAt(code, detail);
  const parsed = parseAddress(text, await prefixOf(deps));
  if (isRefusal(parsed)) throw fault(parsed.refusal, parsed.detail);
  if ((await watchList(deps.knex)).find(parsed) !== null) throw fault('address-own');
  if (await isListed(deps.knex, customerId, parsed, id)) throw fault('address-listed');
}

function refusalAt(code: RefusalError['code'], detail = new RefusalError(code).message): Error {
  if (code === 'address-listed' || code === 'address-own') return new RefusalError(code, detail);
  return new RequestError([{ pointer: '#/address', code, detail }]);
}

function askRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/v1/withdrawal-addresses',
    access: 'customer-open',
    scope: 'none',
    tag: 'withdrawals',
    summary: 'Ask to withdraw to an address; the chain is looked at, then its key signs a text',
    idempotent: true,
    body: z.strictObject({
      name: z.string().trim().min(1).max(100).meta({ example: 'cold wallet' }),
      address: z.string().min(1).max(200).meta({ description: 'f0, f1, f2, f3 or f410; canonical' }),
    }),
    status: 202,
    answer: started,
    refusals: [
      'address-malformed',
      'address-checksum',
      'address-other-network',
      'address-not-canonical',
      'address-own',
      'address-listed',
      'address-not-payable',
      'service-unavailable',
    ],
    handler: async ({ actor, body, workId: id }) => {
      if ((await findWithdrawalAddress(deps.knex, id)) === null)
        await expectFit(deps, actor.id, body.address, id);
      const workflowId = workflowIds.withdrawalAddress(id);
      await startOnce(deps.client, {
        type: 'withdrawalAddress',
        id: workflowId,
        args: [{ addressId: id, customerId: actor.id, ...body }],
        lifecycle: 'withdrawal-address',
        summary: 'An address that a customer wants to withdraw to',
        customerId: actor.id,
      });
      return { body: { id, workflowId }, workflowId, location: `/v1/withdrawal-addresses/${id}` };
    },
  });
}

const moved = z.strictObject({ id: z.string(), state: z.string(), workflowId: z.string() });

function proofRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/v1/withdrawal-addresses/:id/proof',
    access: 'customer-open',
    scope: 'none',
    tag: 'withdrawals',
    summary: 'Put the address on your list by the signature of its key',
    idempotent: true,
    params: idParams,
    body: z.strictObject({
      signature: z.string().min(1).max(400).meta({ description: 'Hex, as `lotus wallet sign` prints it' }),
    }),
    answer: moved,
    refusals: ['not-found', 'address-proof-invalid', 'wrong-state'],
    handler: async ({ actor, params: { id }, body, key }) => {
      const { workflow_id: workflowId } = await own(deps, actor.id, id);
      const proof = { actor: { id: actor.id, role: 'customer' }, signature: body.signature };
      const waits = async () => (await own(deps, actor.id, id)).state === 'challenged';
      const updateId = `${actor.id}/${key}`;
      const { state } = await update(deps.client, workflowId, proveAddress, updateId, [proof], waits);
      return { body: { id, state, workflowId }, workflowId };
    },
  });
}

function removeRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/v1/withdrawal-addresses/:id/remove',
    access: 'customer-open',
    scope: 'none',
    tag: 'withdrawals',
    summary: 'Take the address off your list; withdrawals to it that are not signed are given back',
    idempotent: true,
    params: idParams,
    body: z.strictObject({ reason: reasonIn }),
    answer: moved,
    refusals: ['not-found', 'wrong-state', 'reason-required'],
    handler: async ({ actor, params: { id }, body, key }) => {
      await own(deps, actor.id, id);
      return removal(deps, id, { id: actor.id, role: 'customer' }, body.reason, key);
    },
  });
}

/** Tells the address' workflow; for customers and for staff. */
export async function removal(
  deps: ApiDeps,
  id: string,
  actor: { readonly id: string; readonly role: string },
  reason: string,
  key: string,
) {
  const row = await findWithdrawalAddress(deps.knex, id);
  if (row === null) throw new RefusalError('not-found', `There is no withdrawal address ${id}.`);
  const { workflow_id: workflowId } = row;
  const live = async () =>
    ['challenged', 'listed'].includes((await findWithdrawalAddress(deps.knex, id))?.state ?? '');
  const updateId = `${actor.id}/${key}`;
  const { state } = await update(deps.client, workflowId, removeAddress, updateId, [{ actor, reason }], live);
  return { body: { id, state, workflowId }, workflowId };
}

export function withdrawalAddressRoutes(deps: ApiDeps): Route[] {
  const policyNow = async (): Promise<WithdrawalPolicy> => (await readPolicy(deps.knex, 'withdrawal')).policy;
  return [
    askRoute(deps),
    route({
      method: 'get',
      path: '/v1/withdrawal-addresses',
      access: 'customer',
      scope: 'account:read',
      tag: 'withdrawals',
      summary: 'Your withdrawal addresses, the newest first, removed ones among them',
      answer: z.array(address),
      handler: async ({ actor }) => {
        const rows = await deps
          .knex<WithdrawalAddressRow>('withdrawal_address')
          .where({ customer_id: actor.id })
          .orderBy('created_at', 'desc')
          .limit(200);
        const policy = await policyNow();
        return { body: await Promise.all(rows.map((row) => view(deps, policy, row))) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/withdrawal-addresses/:id',
      access: 'customer',
      scope: 'account:read',
      tag: 'withdrawals',
      summary: 'One address: the text to sign, or from when on it may be used',
      params: idParams,
      answer: address,
      refusals: ['not-found'],
      handler: async ({ actor, params }) => ({
        body: await view(deps, await policyNow(), await own(deps, actor.id, params.id)),
      }),
    }),
    proofRoute(deps),
    removeRoute(deps),
  ];
}

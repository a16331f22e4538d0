/** What customers see of themselves, and what they tell about themselves. */
import { z } from 'zod';
import { findCustomer } from '../db/customer';
import { submitProfile as storeProfile } from '../db/profile';
import { RefusalError } from '../domain/refusal';
import { workflowIds } from '../workflows/handles';
import { submitProfile } from '../workflows/handles-onboarding';
import type { ApiDeps } from './deps';
import { route, type Route } from './route';
import { update } from './temporal';

const STATES = ['registered', 'verified', 'in_review', 'open', 'refused', 'expired'] as const;

const me = z.strictObject({
  id: z.string(),
  email: z.string(),
  state: z.enum(STATES),
  depositAddress: z
    .string()
    .nullable()
    .meta({ description: 'Your own Filecoin address, once the account is open' }),
  nextAction: z.string().nullable(),
});

const NEXT: Record<(typeof STATES)[number], string | null> = {
  registered: 'Sign in with the code that was mailed to you.',
  verified: 'Send your name and country: POST /v1/kyc.',
  in_review: 'Wait: staff look at your application.',
  open: null,
  refused: null,
  expired: 'Register again: POST /v1/registrations.',
};

const profileIn = z.strictObject({
  fullName: z.string().trim().min(1).max(200),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'A country is its ISO 3166-1 alpha-2 code, like CH.')
    .meta({ example: 'CH' }),
});

/** The address assigned to a customer when the account opened. */
export async function depositAddressOf(deps: ApiDeps, customerId: string): Promise<string | null> {
  const row = await deps
    .knex<{ address: string; kind: string; owner_kind: string; owner_id: string }>('chain.address')
    .where({ kind: 'deposit', owner_kind: 'customer', owner_id: customerId })
    .first('address');
  return row?.address ?? null;
}

export function meRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/me',
      access: 'customer',
      scope: 'account:read',
      tag: 'account',
      summary: 'Your account',
      answer: me,
      refusals: ['not-found'],
      handler: async ({ actor }) => {
        const customer = await findCustomer(deps.knex, actor.id);
        if (!customer) throw new RefusalError('not-found', 'The account is being made; ask again.');
        const { id, email, state } = customer;
        const depositAddress = state === 'open' ? await depositAddressOf(deps, id) : null;
        return { body: { id, email, state, depositAddress, nextAction: NEXT[state] } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/address',
      access: 'customer-open',
      scope: 'account:read',
      tag: 'account',
      summary: 'Your own deposit address',
      answer: z.strictObject({ id: z.string(), address: z.string() }),
      refusals: ['not-found'],
      handler: async ({ actor }) => {
        const address = await depositAddressOf(deps, actor.id);
        if (address === null) throw new RefusalError('not-found');
        return { body: { id: address, address } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/kyc',
      access: 'customer',
      scope: 'none',
      tag: 'account',
      summary: 'Tell who you are; staff then decide on the account',
      body: profileIn,
      status: 202,
      answer: z.strictObject({ workflowId: z.string(), state: z.enum(STATES) }),
      refusals: ['wrong-state', 'service-unavailable'],
      handler: async ({ actor, body }) => {
        if (actor.state !== 'verified') {
          throw new RefusalError('wrong-state', `The account is ${actor.state}: no profile is taken now.`);
        }
        const workflowId = workflowIds.onboarding(actor.id);
        const { id } = await storeProfile(deps.knex, deps.settings.customerDataKey, actor.id, body);
        const { state } = await update(deps.client, workflowId, submitProfile, `profile/${id}`, [
          { profileId: id },
        ]);
        return { body: { workflowId, state }, workflowId, location: '/v1/me' };
      },
    }),
  ];
}

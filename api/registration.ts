/** Registration and sign-in of customers by an emailed code. The same answer whether an email is known or not. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { findCustomer, findIdByEmail, registerEmail } from '../db/customer';
import { refuseUnknown, takeCode } from '../db/login-code';
import { hit, type Limit } from '../db/rate-limit';
import { endSession, openSession } from '../db/session';
import { workflowIds } from '../workflows/handles';
import { confirmEmail, signInWorkflowId } from '../workflows/handles-onboarding';
import { sessionCookie } from './authenticate';
import type { ApiDeps } from './deps';
import { emailIn } from './fields';
import { LimitError } from './problem';
import { route, type Route } from './route';
import { startOnce, update } from './temporal';

const CODES_PER_EMAIL: Limit = { name: 'code-email', tries: 5, windowSeconds: 600 };
const CODES_PER_ADDRESS: Limit = { name: 'code-ip', tries: 60, windowSeconds: 600 };
const TRIES_PER_EMAIL: Limit = { name: 'try-email', tries: 20, windowSeconds: 600 };
const TRIES_PER_ADDRESS: Limit = { name: 'try-ip', tries: 120, windowSeconds: 600 };

/** @throws LimitError */
export async function refuseTooMany(deps: ApiDeps, ...counts: readonly [Limit, string][]): Promise<void> {
  for (const [limit, who] of counts) {
    const seconds = await hit(deps.knex, limit, who);
    if (seconds !== null) throw new LimitError(seconds);
  }
}

async function mailCode(deps: ApiDeps, customerId: string): Promise<void> {
  await startOnce(deps.client, {
    type: 'signIn',
    id: signInWorkflowId(randomUUID()),
    args: [{ customerId }],
    lifecycle: 'sign-in',
    summary: 'Mails a one-time code',
    prompt: true,
    customerId,
  });
}

async function register(deps: ApiDeps, email: string): Promise<string> {
  const customerId = await registerEmail(deps.knex, email);
  const workflowId = workflowIds.onboarding(customerId);
  const customer = await findCustomer(deps.knex, customerId);
  if (customer && customer.state !== 'expired') await mailCode(deps, customerId);
  // One that was ended from outside while the email is unconfirmed is taken up again.
  if (!customer || customer.state === 'expired' || customer.state === 'registered') {
    await startOnce(deps.client, {
      type: 'onboarding',
      id: workflowId,
      args: [{ customerId }],
      lifecycle: 'onboarding',
      summary: 'Onboarding of a customer',
      customerId,
      again: true,
    });
  }
  return workflowId;
}

async function signIn(deps: ApiDeps, email: string, code: string): Promise<{ token: string }> {
  const customerId = await findIdByEmail(deps.knex, email);
  if (customerId === null) return refuseUnknown(code);
  const { key } = await takeCode(deps.knex, customerId, code);
  const customer = await findCustomer(deps.knex, customerId);
  if (customer?.state === 'registered') {
    await update(deps.client, workflowIds.onboarding(customerId), confirmEmail, `confirm/${key}`, [
      { codeKey: key },
    ]);
  }
  return openSession(deps.knex, 'customer', customerId);
}

const token = z.strictObject({
  token: z.string().meta({ description: 'Bearer token, the same as the cookie' }),
});

export function registrationRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/registrations',
      access: 'public',
      tag: 'sign-in',
      summary: 'Register by email; a one-time code is mailed',
      body: z.strictObject({ email: emailIn }),
      status: 202,
      answer: z.strictObject({ workflowId: z.string() }),
      refusals: ['too-many-requests', 'service-unavailable'],
      handler: async ({ body, ip }) => {
        await refuseTooMany(deps, [CODES_PER_ADDRESS, ip], [CODES_PER_EMAIL, body.email]);
        const workflowId = await register(deps, body.email);
        return { body: { workflowId }, workflowId, location: '/v1/me' };
      },
    }),
    route({
      method: 'post',
      path: '/v1/sessions/code',
      access: 'public',
      tag: 'sign-in',
      summary: 'Ask for a one-time code by mail',
      body: z.strictObject({ email: emailIn }),
      status: 202,
      answer: z.strictObject({}),
      refusals: ['too-many-requests', 'service-unavailable'],
      handler: async ({ body, ip }) => {
        await refuseTooMany(deps, [CODES_PER_ADDRESS, ip], [CODES_PER_EMAIL, body.email]);
        const customerId = await findIdByEmail(deps.knex, body.email);
        // An unknown email gets the same work: a workflow that finds nobody to mail.
        await mailCode(deps, customerId ?? randomUUID());
        return { body: {} };
      },
    }),
    route({
      method: 'post',
      path: '/v1/sessions',
      access: 'public',
      tag: 'sign-in',
      summary: 'Sign in with the mailed code',
      body: z.strictObject({
        email: emailIn,
        code: z.string().regex(/^[0-9]{6}$/, 'A code has six digits.'),
      }),
      status: 201,
      answer: token,
      refusals: ['code-wrong', 'code-stale', 'code-used', 'too-many-requests', 'service-unavailable'],
      handler: async ({ body, ip }) => {
        await refuseTooMany(deps, [TRIES_PER_ADDRESS, ip], [TRIES_PER_EMAIL, body.email]);
        const session = await signIn(deps, body.email, body.code);
        return { body: session, headers: { 'Set-Cookie': sessionCookie(deps, 'customer', session.token) } };
      },
    }),
    route({
      method: 'delete',
      path: '/v1/session',
      access: 'customer',
      scope: 'none',
      tag: 'sign-in',
      summary: 'Sign out',
      answer: z.strictObject({}),
      handler: async ({ actor }) => {
        // A key never gets here (scope none); it is revoked, not signed out.
        if (actor.by.kind === 'session') await endSession(deps.knex, actor.by.id);
        return { body: {}, headers: { 'Set-Cookie': sessionCookie(deps, 'customer', '') } };
      },
    }),
  ];
}

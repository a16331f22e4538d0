/** Sign-in of staff, and what the signed-in person may do. */
import { z } from 'zod';
import type { Limit } from '../db/rate-limit';
import { readNetwork } from '../db/network';
import { endSession, openSession } from '../db/session';
import { checkPassword } from '../db/staff';
import { ROLES, permissionsOf } from '../domain/permission';
import { RefusalError } from '../domain/refusal';
import { sessionCookie } from './authenticate';
import type { ApiDeps } from './deps';
import { emailIn } from './fields';
import { refuseTooMany } from './registration';
import { route, type Route } from './route';

const TRIES_PER_EMAIL: Limit = { name: 'staff-email', tries: 20, windowSeconds: 300 };
const TRIES_PER_ADDRESS: Limit = { name: 'staff-ip', tries: 120, windowSeconds: 300 };

const identity = z.strictObject({
  id: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  permissions: z.array(z.string()),
  environment: z.enum(['development', 'production']),
  network: z.strictObject({ name: z.string(), genesisTime: z.int(), epochSeconds: z.int() }).nullable().meta({
    description: 'When epochs begin: genesisTime (unix) + epoch × epochSeconds; null before the watch began',
  }),
});

type Identity = z.output<typeof identity>;

async function identityOf(deps: ApiDeps, staff: Pick<Identity, 'id' | 'email' | 'role'>): Promise<Identity> {
  const { id, email, role } = staff;
  const network = await readNetwork(deps.knex);
  const environment = deps.settings.development ? 'development' : 'production';
  return { id, email, role, permissions: permissionsOf(role), environment, network };
}

export function staffSessionRoutes(deps: ApiDeps): Route[] {
  const path = '/admin/v1/session';
  return [
    route({
      method: 'post',
      path,
      access: 'public',
      tag: 'staff',
      summary: 'Sign in as staff',
      body: z.strictObject({ email: emailIn, password: z.string().min(1).max(200) }),
      status: 201,
      answer: identity.extend({
        token: z.string().meta({ description: 'Bearer token, the same as the cookie' }),
      }),
      refusals: ['credentials-wrong', 'too-many-requests'],
      handler: async ({ body, ip }) => {
        await refuseTooMany(deps, [TRIES_PER_ADDRESS, ip], [TRIES_PER_EMAIL, body.email]);
        const staff = await checkPassword(deps.knex, body.email, body.password);
        if (!staff) throw new RefusalError('credentials-wrong');
        const { token } = await openSession(deps.knex, 'staff', staff.id);
        const headers = { 'Set-Cookie': sessionCookie(deps, 'staff', token) };
        return { body: { ...(await identityOf(deps, staff)), token }, headers };
      },
    }),
    route({
      method: 'get',
      path,
      access: 'read',
      tag: 'staff',
      summary: 'Who is signed in, and what they may do',
      answer: identity,
      handler: async ({ actor }) => ({ body: await identityOf(deps, actor) }),
    }),
    route({
      method: 'delete',
      path,
      access: 'read',
      tag: 'staff',
      summary: 'Sign out',
      answer: z.strictObject({}),
      handler: async ({ actor }) => {
        await endSession(deps.knex, actor.sessionId);
        return { body: {}, headers: { 'Set-Cookie': sessionCookie(deps, 'staff', '') } };
      },
    }),
  ];
}

/** Who calls: a session cookie or a bearer token, checked against the database each time. */
import type { Request } from 'express';
import { findCustomer } from '../db/customer';
import { findSession, SESSION_MINUTES, type SessionKind } from '../db/session';
import { findStaff } from '../db/staff';
import { mayDo } from '../domain/permission';
import { RefusalError } from '../domain/refusal';
import { audienceOf, type Access, type SignedIn } from './actor';
import { customerByKey, isApiKey } from './api-key-sign-in';
import type { ApiDeps } from './deps';
import type { Route } from './route';

export const COOKIES: Record<SessionKind, string> = {
  customer: 'loanstone_session',
  staff: 'loanstone_staff',
};

/** Where each cookie is sent: a staff cookie never reaches the customers' API, and the reverse. */
const COOKIE_PATHS: Record<SessionKind, string> = { customer: '/v1', staff: '/admin/v1' };

function cookieOf(request: Request, name: string): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    if (key === name && value !== undefined && value !== '') return value;
  }
  return null;
}

function bearerOf(request: Request): string | null {
  return /^Bearer ([\w-]{20,200})$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** The Set-Cookie header of a session; an empty token ends it. */
export function sessionCookie(deps: ApiDeps, kind: SessionKind, token: string): string {
  const parts = [
    `${COOKIES[kind]}=${token}`,
    `Path=${COOKIE_PATHS[kind]}`,
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${token === '' ? 0 : SESSION_MINUTES[kind].absolute * 60}`,
  ];
  if (deps.settings.publicUrl.startsWith('https:')) parts.push('Secure');
  return parts.join('; ');
}

async function actorOf(deps: ApiDeps, kind: SessionKind, token: string): Promise<SignedIn | null> {
  const session = await findSession(deps.knex, kind, token);
  if (!session) return null;
  if (kind === 'staff') {
    const staff = await findStaff(deps.knex, session.actorId);
    return staff && { kind: 'staff', ...staff, sessionId: session.id };
  }
  // Between the first code and the first step of onboarding there is a registration and no customer yet.
  const customer = await findCustomer(deps.knex, session.actorId);
  const state = customer?.state ?? 'registered';
  const by = { kind: 'session', id: session.id } as const;
  return { kind: 'customer', id: session.actorId, role: 'customer', state, by };
}

/**
 * The actor for a route of this access; null on public ones.
 * @throws RefusalError not-signed-in, api-key-unknown, api-key-expired, api-key-revoked, too-many-requests
 */
export async function authenticate(
  deps: ApiDeps,
  request: Request,
  access: Access,
): Promise<SignedIn | null> {
  const audience = audienceOf(access);
  if (audience === 'public') return null;
  const token = bearerOf(request) ?? cookieOf(request, COOKIES[audience]);
  if (token !== null && audience === 'customer' && isApiKey(token))
    return customerByKey(deps, token, request.ip ?? '');
  const actor = token === null ? null : await actorOf(deps, audience, token);
  if (!actor) throw new RefusalError('not-signed-in');
  return actor;
}

/** @throws RefusalError scope-missing, api-key-not-enough */
function checkScope(actor: SignedIn | null, { scope }: Pick<Route, 'scope'>): void {
  if (actor?.kind !== 'customer' || actor.by.kind !== 'api-key' || scope === null) return;
  if (scope === 'none') throw new RefusalError('api-key-not-enough');
  if (!actor.by.scopes.includes(scope))
    throw new RefusalError('scope-missing', `This call takes a key with the scope ${scope}.`);
}

/** @throws RefusalError not-allowed, customer-not-open, scope-missing, api-key-not-enough */
export function authorize(actor: SignedIn | null, route: Pick<Route, 'access' | 'scope'>): void {
  const { access } = route;
  if (access === 'public') return;
  checkScope(actor, route);
  if (access === 'customer') return;
  if (access === 'customer-open') {
    if (actor?.kind !== 'customer' || actor.state !== 'open') throw new RefusalError('customer-not-open');
    return;
  }
  if (actor?.kind !== 'staff' || !mayDo(actor.role, access)) throw new RefusalError('not-allowed');
}

/**
 * Refuses what a page of another site made the browser send. Programs send neither header; browsers always send one.
 * @throws RefusalError origin-foreign
 */
export function refuseForeignOrigin(deps: ApiDeps, request: Request): void {
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method) || bearerOf(request) !== null) return;
  const site = request.headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return;
  const { origin } = request.headers;
  if (site === undefined && origin === undefined) return;
  const own = [
    new URL(deps.settings.publicUrl).origin,
    `${request.protocol}://${request.headers.host ?? ''}`,
  ];
  if (site === undefined && origin !== undefined && own.includes(origin)) return;
  throw new RefusalError('origin-foreign');
}

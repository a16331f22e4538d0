/** API keys: customers make, list and revoke them; signed in by themselves, never by a key. */
import { z } from 'zod';
import { apiKeysOf, makeApiKey, revokeApiKey, type ApiKeyRow } from '../db/api-key';
import type { Limit } from '../db/rate-limit';
import { SCOPE_NAMES } from '../domain/api-key';
import { RefusalError } from '../domain/refusal';
import type { ApiDeps } from './deps';
import { idParams, isoOrNull, timeOut } from './fields';
import { refuseTooMany } from './registration';
import { route, type Route } from './route';

const MADE: Limit = { name: 'api-key-made', tries: 30, windowSeconds: 3600 };

const timeOrNone = timeOut.nullable();

const apiKey = z.strictObject({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPE_NAMES)),
  hint: z.string().meta({ description: 'How the key begins', example: 'lsk_Zk3v9a' }),
  state: z.enum(['live', 'expired', 'revoked']),
  createdAt: timeOut,
  expiresAt: timeOrNone,
  lastUsedAt: timeOrNone.meta({ description: 'To the minute' }),
  revokedAt: timeOrNone,
});

const madeKey = apiKey.extend({
  secret: z.string().nullable().meta({
    description:
      'The key itself, told once: null where the same call is repeated. Lost: revoke it, make another',
  }),
});

const keyIn = z.strictObject({
  name: z.string().trim().min(1).max(100).meta({ example: 'treasury robot' }),
  scopes: z
    .array(z.enum(SCOPE_NAMES))
    .min(1)
    .refine((scopes) => new Set(scopes).size === scopes.length, 'A scope is named once.'),
  expiresAt: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Absent: it works until revoked' }),
});

function shown(row: ApiKeyRow): z.output<typeof apiKey> {
  return {
    id: row.id,
    name: row.name,
    scopes: [...row.scopes],
    hint: row.hint,
    state: row.state,
    createdAt: row.created_at.toISOString(),
    expiresAt: isoOrNull(row.expires_at),
    lastUsedAt: isoOrNull(row.last_used_at),
    revokedAt: isoOrNull(row.revoked_at),
  };
}

function expiryOf(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const expiresAt = new Date(text);
  if (expiresAt.getTime() <= Date.now())
    throw new RefusalError('malformed-request', 'A key expires in the future, if it does.');
  return expiresAt;
}

function makingRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/v1/api-keys',
    access: 'customer-open',
    scope: 'none',
    tag: 'api keys',
    summary: 'Make an API key; its secret is told once, here',
    body: keyIn,
    idempotent: true,
    status: 201,
    answer: madeKey,
    refusals: ['api-keys-full', 'too-many-requests'],
    keep: (body) => ({ ...body, secret: null }),
    handler: async ({ actor, body, workId }) => {
      await refuseTooMany(deps, [MADE, actor.id]);
      const { row, secret } = await makeApiKey(deps.knex, {
        id: workId,
        customerId: actor.id,
        name: body.name,
        scopes: body.scopes,
        expiresAt: expiryOf(body.expiresAt),
      });
      deps.log.info({ apiKey: row.id, customer: actor.id, scopes: row.scopes }, 'an API key was made');
      return { body: { ...shown(row), secret }, location: '/v1/api-keys' };
    },
  });
}

/** Make, list, revoke. */
export function apiKeyRoutes(deps: ApiDeps): Route[] {
  return [
    makingRoute(deps),
    route({
      method: 'get',
      path: '/v1/api-keys',
      access: 'customer',
      scope: 'none',
      tag: 'api keys',
      summary: 'Your API keys, the newest first, with their last use',
      answer: z.array(apiKey),
      handler: async ({ actor }) => ({ body: (await apiKeysOf(deps.knex, actor.id)).map(shown) }),
    }),
    route({
      method: 'delete',
      path: '/v1/api-keys/:id',
      access: 'customer',
      scope: 'none',
      tag: 'api keys',
      summary: 'Revoke an API key, at once and for ever',
      params: idParams,
      answer: apiKey,
      handler: async ({ actor, params }) => {
        const row = await revokeApiKey(deps.knex, actor.id, params.id);
        if (!row) throw new RefusalError('not-found', 'You have no such API key.');
        deps.log.info({ apiKey: row.id, customer: actor.id }, 'an API key was revoked');
        return { body: shown(row) };
      },
    }),
  ];
}

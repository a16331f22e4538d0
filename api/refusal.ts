/** Refused attempts: who tried what, and why it was not done. */
import { z } from 'zod';
import type { ApiDeps } from './deps';
import { timeOut } from './fields';
import { resourceRoutes } from './list';
import type { Route } from './route';

const SQL = `
  SELECT r.id, r.at, r.actor_id AS "actorId", r.actor_role AS "actorRole", s.email AS "actorEmail", r.action, r.subject,
    r.code, r.detail, r.request_id AS "requestId"
  FROM refused_attempt r LEFT JOIN staff s ON s.id = r.actor_id`;

const attempt = z.strictObject({
  id: z.int(),
  at: timeOut,
  actorId: z.string(),
  actorRole: z.string(),
  actorEmail: z.string().nullable(),
  action: z.string(),
  subject: z.string(),
  code: z.string(),
  detail: z.string(),
  requestId: z.string(),
});

export function refusalRoutes(deps: ApiDeps): Route[] {
  return resourceRoutes(deps, {
    name: 'refusals',
    title: 'Refused attempts',
    sql: SQL,
    schema: attempt,
    idKind: 'number',
    fields: {
      at: 'time',
      actorId: 'text',
      actorRole: 'text',
      action: 'text',
      subject: 'text',
      code: 'text',
      requestId: 'text',
    },
    sort: ['id', 'DESC'],
  });
}

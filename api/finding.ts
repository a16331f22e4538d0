/** What chain-watch saw on chain and could not explain: each stays until a person has dealt with it. */
import { z } from 'zod';
import type { ApiDeps } from './deps';
import { epochOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import type { Route } from './route';

const SQL = `
  SELECT id, kind, subject, epoch, sentence, resolved_at IS NULL AS open, created_at AS "createdAt",
    resolved_at AS "resolvedAt"
  FROM watch.finding`;

const finding = z.strictObject({
  id: z.int(),
  kind: z.string(),
  subject: z.string().meta({ description: 'An address, a CID or a tipset, by its kind' }),
  epoch: epochOut,
  sentence: z.string(),
  open: z.boolean(),
  createdAt: timeOut,
  resolvedAt: timeOut.nullable(),
});

export function findingRoutes(deps: ApiDeps): Route[] {
  return resourceRoutes(deps, {
    name: 'findings',
    title: 'What is on chain and not explained',
    sql: SQL,
    schema: finding,
    idKind: 'number',
    fields: {
      kind: 'text',
      subject: 'text',
      epoch: 'number',
      open: 'boolean',
      createdAt: 'time',
      resolvedAt: 'time',
    },
    sort: ['createdAt', 'DESC'],
    search: ['subject', 'sentence'],
  });
}

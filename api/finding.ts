/** What chain-watch saw on chain and could not explain: each stays until a person has dealt with it. */
import { z } from 'zod';
import type { ApiDeps } from './deps';
import { epochOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import type { Route } from './route';

const SQL = `
  SELECT f.id, f.kind, f.subject, f.epoch, f.sentence, f.resolved_at IS NULL AS open, f.created_at AS "createdAt",
    f.resolved_at AS "resolvedAt", f.journal_id AS "journalId", r.subject ->> 'reason' AS resolution,
    coalesce(f.resolution_id, (SELECT p.id FROM approval p WHERE p.kind = 'resolution' AND p.subject_id = f.id::text
      AND p.state = 'waiting' ORDER BY p.created_at LIMIT 1)) AS "approvalId"
  FROM watch.finding f LEFT JOIN approval r ON r.id = f.resolution_id`;

const finding = z.strictObject({
  id: z.int(),
  kind: z.string(),
  subject: z.string().meta({ description: 'An address, a CID or a tipset, by its kind' }),
  epoch: epochOut,
  sentence: z.string(),
  open: z.boolean(),
  createdAt: timeOut,
  resolvedAt: timeOut.nullable(),
  resolution: z
    .string()
    .nullable()
    .meta({ description: 'The reason of who asked that it counts as dealt with' }),
  journalId: z.int().nullable().meta({ description: 'The correction of the books, where it took one' }),
  approvalId: z
    .string()
    .nullable()
    .meta({ description: 'By which it was resolved, or which waits for a second person' }),
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

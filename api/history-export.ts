/** Copies of closed histories: every run that history-export has stored, in the order of their chain. */
import { z } from 'zod';
import type { ApiDeps } from './deps';
import { timeOut } from './fields';
import { resourceRoutes } from './list';
import type { Route } from './route';
import { sha256Out } from './workflow-history';

const SQL = `
  SELECT seq AS id, workflow_id AS "workflowId", run_id::text AS "runId", type, lifecycle, state, status,
    started_at AS "startedAt", closed_at AS "closedAt", events, bytes, length(content) AS "storedBytes", sha256, chain,
    exported_by AS "exportedBy", exported_at AS "exportedAt"
  FROM archive.history`;

const copy = z.strictObject({
  id: z.int().meta({ description: 'Its place in the chain' }),
  workflowId: z.string(),
  runId: z.string(),
  type: z.string(),
  lifecycle: z.string(),
  state: z.string().nullable(),
  status: z.string(),
  startedAt: timeOut,
  closedAt: timeOut,
  events: z.int(),
  bytes: z.int(),
  storedBytes: z.int().meta({ description: 'As stored, compressed' }),
  sha256: sha256Out,
  chain: sha256Out,
  exportedBy: z.string(),
  exportedAt: timeOut,
});

export function historyExportRoutes(deps: ApiDeps): Route[] {
  return resourceRoutes(deps, {
    name: 'history-exports',
    title: 'Copies of closed histories',
    sql: SQL,
    schema: copy,
    idKind: 'number',
    fields: {
      workflowId: 'text',
      runId: 'text',
      type: 'text',
      lifecycle: 'text',
      status: 'text',
      closedAt: 'time',
      exportedAt: 'time',
      events: 'number',
      bytes: 'number',
      sha256: 'text',
    },
    sort: ['id', 'DESC'],
    search: ['workflowId'],
  });
}

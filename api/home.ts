/** The home screen: what wants a person now, how many, and since when the oldest waits. */
import { z } from 'zod';
import { readPool } from '../db/pool';
import { RefusalError } from '../domain/refusal';
import type { ApiDeps } from './deps';
import { timeOut } from './fields';
import { figuresOf } from './pool';
import { route, type Route } from './route';
import { ask } from './temporal';

const count = z.strictObject({ count: z.int(), oldestAt: timeOut.nullable() });

const home = z.strictObject({
  approvals: count,
  loansToForward: count,
  loansOverdue: count,
  messagesPending: count,
  depositsPending: count,
  reconciliationBreaks: count,
  findings: count.meta({ description: 'What chain-watch saw and could not explain' }),
  needsAction: count.extend({ workflowIds: z.array(z.string()) }),
  pool: z.record(z.string(), z.unknown()).nullable(),
});

const COUNTS = {
  approvals: `SELECT created_at AS at FROM approval WHERE state = 'waiting'`,
  loansToForward: `SELECT created_at AS at FROM loan WHERE state = 'preflight'`,
  loansOverdue: `SELECT updated_at AS at FROM loan WHERE state = 'overdue'`,
  messagesPending: `SELECT created_at AS at FROM chain.message WHERE state IN ('draft', 'signed', 'pushed', 'included')`,
  depositsPending: `SELECT seen_at AS at FROM watch.transfer WHERE state IN ('seen', 'orphaned')`,
  // The newest run says whether books and chain agree now.
  reconciliationBreaks: `SELECT created_at AS at FROM (SELECT * FROM watch.recon_run ORDER BY created_at DESC LIMIT 1) r
    WHERE outcome = 'broken'`,
  findings: `SELECT created_at AS at FROM watch.finding WHERE resolved_at IS NULL`,
} as const;

type CountName = keyof typeof COUNTS;

async function counts(deps: ApiDeps): Promise<Record<CountName, z.output<typeof count>>> {
  const one = async (name: CountName): Promise<z.output<typeof count>> => {
    const { rows } = await deps.knex.raw<{ rows: { n: number; oldest: Date | null }[] }>(
      `SELECT count(*) AS n, min(at) AS oldest FROM (${COUNTS[name]}) AS waiting`,
    );
    return { count: rows[0]?.n ?? 0, oldestAt: rows[0]?.oldest?.toISOString() ?? null };
  };
  return {
    approvals: await one('approvals'),
    loansToForward: await one('loansToForward'),
    loansOverdue: await one('loansOverdue'),
    messagesPending: await one('messagesPending'),
    depositsPending: await one('depositsPending'),
    reconciliationBreaks: await one('reconciliationBreaks'),
    findings: await one('findings'),
  };
}

async function needsAction(deps: ApiDeps): Promise<z.output<typeof home>['needsAction']> {
  const query = "NeedsAction = true AND ExecutionStatus = 'Running'";
  return ask(deps.client, async () => {
    const { count: total } = await deps.client.workflow.count(query);
    const ids: string[] = [];
    let oldest: Date | null = null;
    for await (const { workflowId, startTime } of deps.client.workflow.list({ query, pageSize: 20 })) {
      ids.push(workflowId);
      oldest = startTime;
      if (ids.length === 20) break;
    }
    return { count: total, oldestAt: oldest?.toISOString() ?? null, workflowIds: ids };
  });
}

export function homeRoutes(deps: ApiDeps): Route[] {
  return [
    route({
      method: 'get',
      path: '/admin/v1/home',
      access: 'read',
      tag: 'home',
      summary: 'What wants a person now',
      answer: home,
      refusals: ['service-unavailable'],
      handler: async () => {
        const [figures, needs, record] = await Promise.all([
          counts(deps),
          needsAction(deps),
          readPool(deps.knex, 'flexible'),
        ]);
        if (!record) throw new RefusalError('not-found', 'There is no flexible pool.');
        return { body: { ...figures, needsAction: needs, pool: figuresOf(record) } };
      },
    }),
  ];
}

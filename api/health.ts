/** Whether this process lives, whether it can work, and its counters. */
import { readdirSync } from 'node:fs';
import { z } from 'zod';
import { MIGRATIONS_FOLDER } from '../db/migrate';
import { RefusalError } from '../domain/refusal';
import type { ApiDeps } from './deps';
import type { Metrics } from './metrics';
import { route, type Route } from './route';
import { ask } from './temporal';

export interface Lifetime {
  /** Set at SIGTERM: the load balancer looks here first. */
  stopping: boolean;
}

async function databaseFault(deps: ApiDeps): Promise<string | null> {
  try {
    const rows = await deps.knex<{ name: string }>('knex_migrations').timeout(5_000).select('name');
    const done = new Set(rows.map(({ name }) => name));
    const missing = readdirSync(MIGRATIONS_FOLDER)
      .filter((file) => /^\d{4}_.*\.ts$/.test(file))
      .map((file) => file.replace(/\.ts$/, ''))
      .filter((name) => !done.has(name));
    return missing.length === 0 ? null : `migrations not run: ${missing.join(', ')}`;
  } catch (error) {
    deps.log.warn({ err: error }, 'the database does not answer');
    return 'the database does not answer';
  }
}

async function temporalFault(deps: ApiDeps): Promise<string | null> {
  try {
    await ask(deps.client, () => deps.client.workflowService.getSystemInfo({}));
    return null;
  } catch (error) {
    deps.log.warn({ err: error }, 'Temporal does not answer');
    return 'Temporal does not answer';
  }
}

const ok = z.strictObject({ ok: z.literal(true) });

export function healthRoutes(deps: ApiDeps, metrics: Metrics, lifetime: Lifetime): Route[] {
  return [
    route({
      method: 'get',
      path: '/healthz',
      access: 'public',
      tag: 'operation',
      summary: 'The process lives',
      answer: ok,
      handler: () => Promise.resolve({ body: { ok: true as const } }),
    }),
    route({
      method: 'get',
      path: '/readyz',
      access: 'public',
      tag: 'operation',
      summary: 'Database, migrations and Temporal are there',
      answer: ok,
      refusals: ['service-unavailable'],
      handler: async () => {
        const faults = await Promise.all([databaseFault(deps), temporalFault(deps)]);
        const named = [
          ...(lifetime.stopping ? ['stopping'] : []),
          ...faults.filter((fault) => fault !== null),
        ];
        if (named.length > 0) throw new RefusalError('service-unavailable', named.join('; '));
        return { body: { ok: true as const } };
      },
    }),
    route({
      method: 'get',
      path: '/metrics',
      access: 'public',
      tag: 'operation',
      summary: 'Counters in the Prometheus text form',
      answer: z.string(),
      contentType: 'text/plain; version=0.0.4',
      handler: async () => ({ body: await metrics.text() }),
    }),
  ];
}

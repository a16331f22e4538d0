/** Reconciliation of the books with the chain: its runs, and a new one on demand. */
import { z } from 'zod';
import { DIFFERENCE_CLASSES } from '../domain/reconciliation';
import { workflowIds } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, started, timeOut } from './fields';
import { resourceRoutes } from './list';
import { route, type Route } from './route';
import { startOnce } from './temporal';

const SQL = `
  SELECT id, workflow_id AS "workflowId", tipset_key AS "tipsetKey", height, outcome, addresses, breaks, unexplained,
    chain_total AS "chainTotal", ledger_total AS "ledgerTotal", created_at AS "createdAt"
  FROM watch.recon_run`;

const run = z.strictObject({
  id: z.string(),
  workflowId: z.string(),
  tipsetKey: z.string(),
  height: epochOut,
  outcome: z.string(),
  addresses: z.int(),
  breaks: z.int(),
  unexplained: z.int().meta({ description: 'Breaks that stop payouts' }),
  chainTotal: amountOut,
  ledgerTotal: amountOut,
  createdAt: timeOut,
});

const item = z.strictObject({
  address: z.string(),
  kind: z.string(),
  chainBalance: amountOut,
  ledgerBalance: amountOut,
  diff: amountOut.meta({ description: 'Chain less books' }),
  class: z.enum(DIFFERENCE_CLASSES),
  sentence: z.string().nullable().meta({ description: 'Why it is of this class' }),
});

const full = run.extend({ trialBalance: z.unknown(), identity: z.unknown(), items: z.array(item) });

export function reconciliationRoutes(deps: ApiDeps): Route[] {
  const { knex, client } = deps;
  const itemsOf = async (id: string) => {
    const { rows } = await knex.raw<{ rows: z.output<typeof item>[] }>(
      `SELECT address, kind, chain_balance AS "chainBalance", ledger_balance AS "ledgerBalance", diff, class,
         sentence
       FROM watch.recon_item WHERE run_id = ? ORDER BY class = 'matched', kind, address`,
      [id],
    );
    return rows;
  };
  const resource = {
    name: 'reconciliations',
    title: 'Reconciliations with the chain',
    sql: SQL,
    schema: run,
    idKind: 'text',
    fields: { workflowId: 'text', outcome: 'text', height: 'number', breaks: 'number', createdAt: 'time' },
    sort: ['createdAt', 'DESC'],
    one: async ({ id }: Readonly<Record<string, unknown>>) => {
      const row = await knex<{ id: string; trial_balance: unknown; identity: unknown }>('watch.recon_run')
        .where({ id: String(id) })
        .first('trial_balance', 'identity');
      return { trialBalance: row?.trial_balance, identity: row?.identity, items: await itemsOf(String(id)) };
    },
  } as const;
  return [
    ...resourceRoutes(deps, resource, full),
    route({
      method: 'post',
      path: '/admin/v1/reconciliations',
      access: 'reconciliation:run',
      tag: 'reconciliations',
      summary: 'Compare books and chain now',
      idempotent: true,
      status: 202,
      answer: started,
      handler: async ({ workId: id }) => {
        const workflowId = workflowIds.reconciliation(id);
        await startOnce(client, {
          type: 'reconciliation',
          id: workflowId,
          args: [{ id }],
          lifecycle: 'reconciliation',
          summary: 'Compares books and chain, asked for by staff',
        });
        return { body: { id, workflowId }, workflowId, location: `/admin/v1/reconciliations/${id}` };
      },
    }),
  ];
}

/** Miner health: what is known of each miner at each finalised tipset, and the alerts that changes raised on loans. */
import { z } from 'zod';
import { ALERT_SQL, MINER_SQL, readingsOf } from '../db/miner';
import { RefusalError } from '../domain/refusal';
import { workflowIds } from '../workflows/handles';
import { acknowledgeAlert } from '../workflows/handles-collateral';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, idParams, iso, reasonIn, timeOut } from './fields';
import { resourceRoutes } from './list';
import { route, type Route } from './route';
import { update } from './temporal';

/** As many as a picture can show. */
const MOST_READINGS = 400;

const powerOut = z
  .string()
  .regex(/^(?:0|[1-9][0-9]*)$/)
  .meta({ description: 'bytes as decimal text' });
const term = z.strictObject({ quota: amountOut, usedQuota: amountOut, expiration: z.number() });
const pendingTerm = z.strictObject({
  quota: amountOut,
  expiration: z.number(),
  approvedByBeneficiary: z.boolean(),
  approvedByNominee: z.boolean(),
});

/** Roles and sectors are null in readings from before they were read. */
const reading = z.strictObject({
  height: epochOut,
  at: timeOut,
  owner: z.string().nullable(),
  pendingOwner: z.string().nullable(),
  beneficiary: z.string().nullable(),
  beneficiaryTerm: term.nullable(),
  pendingBeneficiary: z.string().nullable(),
  pendingTerm: pendingTerm.nullable(),
  worker: z.string().nullable(),
  pendingWorker: z.string().nullable(),
  workerChangeEpoch: z.int().nullable().meta({ description: '-1 where no change is pending' }),
  consensusFaultElapsed: z.int().nullable().meta({ description: '-1 where there was none' }),
  feeDebt: amountOut,
  available: amountOut.meta({ description: 'attoFIL; negative while fee debt exceeds it' }),
  initialPledge: amountOut,
  preCommitDeposits: amountOut,
  locked: amountOut,
  rawPower: powerOut,
  qualityPower: powerOut,
  liveSectors: z.int().nullable(),
  activeSectors: z.int().nullable(),
  faultySectors: z.int().nullable(),
  tipsetKey: z.array(z.string()),
});

const miner = reading.extend({
  id: z.string(),
  loanId: z.string(),
  loanNumber: z.int(),
  loanState: z.string(),
  watched: z.boolean().meta({ description: 'FIL is in it, so that it is read at intervals' }),
  escrow: z.string().nullable(),
  openAlerts: z.int(),
});

const full = miner.extend({
  readings: z.array(reading).meta({ description: 'The newest 400, oldest first' }),
});

const alert = z.strictObject({
  id: z.int(),
  loanId: z.string(),
  loanNumber: z.int(),
  miner: z.string(),
  kind: z.string(),
  state: z.enum(['open', 'acknowledged', 'gone']),
  was: z.string(),
  became: z.string(),
  beforeHeight: epochOut.nullable(),
  seenHeight: epochOut,
  sentence: z.string(),
  openedAt: timeOut,
  acknowledgedBy: z.string().nullable(),
  acknowledgedRole: z.string().nullable(),
  acknowledgedReason: z.string().nullable(),
  acknowledgedAt: timeOut.nullable(),
  clearedHeight: epochOut.nullable(),
  clearedWhy: z.enum(['gone', 'loan-over']).nullable(),
  clearedAt: timeOut.nullable(),
});

function minerResource(deps: ApiDeps): Route[] {
  return resourceRoutes(
    deps,
    {
      name: 'miners',
      title: 'Miners',
      sql: MINER_SQL,
      schema: miner,
      idKind: 'text',
      fields: {
        loanId: 'text',
        loanState: 'text',
        watched: 'boolean',
        openAlerts: 'number',
        height: 'number',
        feeDebt: 'amount',
        available: 'amount',
        qualityPower: 'amount',
        faultySectors: 'number',
      },
      sort: ['openAlerts', 'DESC'],
      search: ['id'],
      one: async ({ id }) => {
        const rows = await readingsOf(deps.knex, String(id), MOST_READINGS);
        return { readings: rows.map((row) => ({ ...row, at: iso(row.at) })) };
      },
    },
    full,
  );
}

function alertResource(deps: ApiDeps): Route[] {
  return resourceRoutes(deps, {
    name: 'alerts',
    title: 'Alerts on collateral',
    sql: ALERT_SQL,
    schema: alert,
    idKind: 'number',
    fields: {
      loanId: 'text',
      miner: 'text',
      kind: 'text',
      state: 'text',
      seenHeight: 'number',
      openedAt: 'time',
      clearedAt: 'time',
    },
    sort: ['id', 'DESC'],
  });
}

export function minerRoutes(deps: ApiDeps): Route[] {
  return [
    ...minerResource(deps),
    ...alertResource(deps),
    route({
      method: 'post',
      path: '/admin/v1/alerts/:id/acknowledge',
      access: 'alert:acknowledge',
      tag: 'alerts',
      summary: 'Say that you have seen an alert: its loan stops asking for action because of it',
      params: idParams,
      body: z.strictObject({ reason: reasonIn }),
      idempotent: true,
      status: 202,
      answer: z.strictObject({ id: z.int(), loanId: z.string(), workflowId: z.string() }),
      refusals: ['not-found', 'wrong-state', 'already-decided', 'reason-required', 'service-unavailable'],
      handler: async ({ actor, params, body, key }) => {
        if (!/^[0-9]{1,15}$/.test(params.id)) throw new RefusalError('not-found');
        const workflowId = workflowIds.collateral();
        const request = {
          alertId: Number(params.id),
          actor: { id: actor.id, role: actor.role },
          reason: body.reason,
        };
        const done = await update(deps.client, workflowId, acknowledgeAlert, `${actor.id}/${key}`, [request]);
        return {
          body: { id: done.alertId, loanId: done.loanId, workflowId },
          workflowId,
          location: `/admin/v1/alerts/${params.id}`,
        };
      },
    }),
  ];
}

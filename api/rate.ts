/** Rates of pools: the versions, what was proposed, and what a proposal would have meant. */
import { z } from 'zod';
import { readPool } from '../db/pool';
import { expectProposable } from '../db/rate';
import { ratePreview } from '../db/rate-preview';
import type { Earned } from '../domain/rate-preview';
import { judgeRate, type RateValues } from '../domain/rate-proposal';
import { RefusalError } from '../domain/refusal';
import { workflowIds } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, idParams, rayIn, rayOut, reasonIn, started, timeOut } from './fields';
import { resourceRoutes } from './list';
import { route, type Route } from './route';
import { startOnce } from './temporal';

const VERSIONS = `
  SELECT r.pool_id || '.' || r.version AS id, r.pool_id AS "poolId", r.version, r.from_epoch AS "fromEpoch", r.base,
    r.slope1, r.slope2, r.kink, r.reserve_factor AS "reserveFactor", r.approval_id AS "approvalId",
    r.created_at AS "createdAt",
    CASE WHEN r.from_epoch > p.last_epoch THEN 'scheduled'
      WHEN EXISTS (SELECT FROM rate_version l WHERE l.pool_id = r.pool_id AND l.from_epoch > r.from_epoch
        AND l.from_epoch <= p.last_epoch) THEN 'past' ELSE 'in-force' END AS state
  FROM rate_version r JOIN pool p ON p.id = r.pool_id`;

const PROPOSALS = `
  SELECT r.id, r.pool_id AS "poolId", r.from_epoch AS "fromEpoch", r.base, r.slope1, r.slope2, r.kink,
    r.reserve_factor AS "reserveFactor", r.reason, r.maker_id AS "makerId", s.email AS "makerEmail", r.state, r.version,
    (SELECT a.id FROM approval a WHERE a.kind = 'rate' AND a.subject_id = r.id) AS "approvalId",
    r.workflow_id AS "workflowId", r.created_at AS "createdAt", r.closed_at AS "closedAt"
  FROM rate_proposal r LEFT JOIN staff s ON s.id = r.maker_id`;

const values = {
  base: rayOut.meta({ description: 'Borrow rate a year at no utilisation' }),
  slope1: rayOut.meta({ description: 'Added from 0 up to the kink' }),
  slope2: rayOut.meta({ description: 'Added from the kink up to full utilisation' }),
  kink: rayOut.meta({ description: 'Utilisation at which the curve bends' }),
  reserveFactor: rayOut.meta({ description: 'Part of the interest that goes to the loss reserve' }),
};

const version = z.strictObject({
  id: z.string(),
  poolId: z.string(),
  version: z.int(),
  fromEpoch: epochOut,
  ...values,
  approvalId: z.string().nullable(),
  createdAt: timeOut,
  state: z.enum(['scheduled', 'in-force', 'past']),
});

const proposal = z.strictObject({
  id: z.string(),
  poolId: z.string(),
  fromEpoch: epochOut,
  ...values,
  reason: z.string(),
  makerId: z.string(),
  makerEmail: z.string().nullable(),
  state: z
    .enum(['proposed', 'accepted', 'refused', 'expired', 'too-late'])
    .meta({ description: 'too-late: accepted when its epoch was in the books already' }),
  version: z.int().nullable(),
  approvalId: z.string().nullable(),
  workflowId: z.string(),
  createdAt: timeOut,
  closedAt: timeOut.nullable(),
});

const valuesIn = { base: rayIn, slope1: rayIn, slope2: rayIn, kink: rayIn, reserveFactor: rayIn };

const then = z.strictObject({ borrowApr: rayOut, depositApr: rayOut });
const earned = z.strictObject({ interest: amountOut, toDepositors: amountOut, toReserve: amountOut });
const preview = z
  .strictObject({
    fromEpoch: epochOut,
    toEpoch: epochOut,
    points: z.array(z.strictObject({ epoch: epochOut, utilisation: rayOut, was: then, would: then })),
    was: earned.meta({ description: 'At the rates that were in force' }),
    would: earned.meta({ description: 'At the proposed rates' }),
  })
  .meta({
    description:
      'An estimate: utilisation and debt as they were; at other rates people would have acted otherwise. Loans at a fixed rate are left out.',
  });

type RateText = Readonly<Record<keyof typeof valuesIn, string>>;

function valuesOf({ base, slope1, slope2, kink, reserveFactor }: RateText): RateValues {
  return {
    base: BigInt(base),
    slope1: BigInt(slope1),
    slope2: BigInt(slope2),
    kink: BigInt(kink),
    reserveFactor: BigInt(reserveFactor),
  };
}

const earnedText = ({ interest, toDepositors, toReserve }: Earned) => ({
  interest: interest.toString(),
  toDepositors: toDepositors.toString(),
  toReserve: toReserve.toString(),
});

async function previewView(deps: ApiDeps, poolId: string, text: RateText): Promise<z.output<typeof preview>> {
  const record = await readPool(deps.knex, poolId);
  if (record === null) throw new RefusalError('not-found', `There is no pool ${poolId}.`);
  const proposed = valuesOf(text);
  const refusal = judgeRate(proposed);
  if (refusal !== null) throw new RefusalError(refusal.refusal, refusal.detail);
  const { points, was, would, fromEpoch, toEpoch } = await ratePreview(deps.knex, record, proposed);
  const told = (rates: (typeof points)[number]['was']) => ({
    borrowApr: rates.borrowApr.toString(),
    depositApr: rates.depositApr.toString(),
  });
  const drawn = points.map((point) => ({
    epoch: point.epoch,
    utilisation: point.utilisation.toString(),
    was: told(point.was),
    would: told(point.would),
  }));
  return { fromEpoch, toEpoch, points: drawn, was: earnedText(was), would: earnedText(would) };
}

function previewRoute(deps: ApiDeps): Route {
  return route({
    method: 'get',
    path: '/admin/v1/pools/:id/rate-preview',
    access: 'read',
    tag: 'rates',
    summary: 'What these rates would have meant over the last 90 days, beside what was',
    params: idParams,
    query: z.strictObject(valuesIn),
    answer: preview,
    refusals: ['not-found', 'rate-invalid'],
    handler: async ({ params, query }) => ({ body: await previewView(deps, params.id, query) }),
  });
}

function proposeRoute(deps: ApiDeps): Route {
  return route({
    method: 'post',
    path: '/admin/v1/pools/:id/propose-rates',
    access: 'rate:propose',
    tag: 'rates',
    summary: 'Propose rates from a coming epoch on; somebody else decides',
    idempotent: true,
    params: idParams,
    body: z.strictObject({ ...valuesIn, fromEpoch: z.int().min(0), reason: reasonIn }),
    status: 202,
    answer: started,
    refusals: ['not-found', 'rate-invalid', 'rate-too-late', 'proposal-waiting', 'reason-required'],
    handler: async ({ actor, params, body, workId: id }) => {
      const poolId = params.id;
      const known: unknown = await deps.knex('rate_proposal').where({ id }).first('id');
      const { fromEpoch } = body;
      if (known === undefined) await expectProposable(deps.knex, { ...valuesOf(body), poolId, fromEpoch });
      const workflowId = workflowIds.rate(id);
      await startOnce(deps.client, {
        type: 'rate',
        id: workflowId,
        args: [{ ...body, id, poolId, actor: { id: actor.id, role: actor.role } }],
        lifecycle: 'rate',
        summary: `New rates of the pool ${poolId} from epoch ${fromEpoch} on`,
      });
      return { body: { id, workflowId }, workflowId, location: `/admin/v1/rate-proposals/${id}` };
    },
  });
}

export function rateRoutes(deps: ApiDeps): Route[] {
  const time = { createdAt: 'time', poolId: 'text', state: 'text', fromEpoch: 'number' } as const;
  return [
    ...resourceRoutes(deps, {
      name: 'rates',
      title: 'Rates of pools, a version each',
      sql: VERSIONS,
      schema: version,
      idKind: 'text',
      fields: { ...time, version: 'number', approvalId: 'text' },
      sort: ['fromEpoch', 'DESC'],
    }),
    ...resourceRoutes(deps, {
      name: 'rate-proposals',
      title: 'Rates that were proposed',
      sql: PROPOSALS,
      schema: proposal,
      idKind: 'text',
      fields: { ...time, makerId: 'text', approvalId: 'text', closedAt: 'time' },
      sort: ['createdAt', 'DESC'],
    }),
    previewRoute(deps),
    proposeRoute(deps),
  ];
}

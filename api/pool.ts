/** Pools: their figures, their history and their rate curve. Ratios and rates in ray. */
import type { Knex } from 'knex';
import { z } from 'zod';
import { listPools, readPool, type PoolRecord } from '../db/pool';
import { claimOf, debtOf, ratesOf, type Pool } from '../domain/pool';
import { borrowApr, depositApr, rateAt } from '../domain/rate';
import { RAY, mulDivFloor } from '../domain/ray';
import { RefusalError } from '../domain/refusal';
import { residueOf } from '../domain/share';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, idParams, rayOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import { route, type Route } from './route';

const figures = z.strictObject({
  cash: amountOut,
  committed: amountOut,
  debt: amountOut.meta({ description: 'Owed by borrowers: principal and interest' }),
  claim: amountOut.meta({ description: 'Belongs to the depositors' }),
  reserve: amountOut.meta({ description: 'Loss reserve' }),
  shares: z.string(),
  utilisation: rayOut,
  borrowApr: rayOut,
  depositApr: rayOut,
  lastEpoch: epochOut,
});

export type PoolFigures = z.output<typeof figures>;

/** What a pool comes to at its last accrued epoch. */
export function figuresOf({ pool, rates }: PoolRecord): PoolFigures {
  const now = ratesOf(pool, rates);
  return {
    cash: pool.cash.toString(),
    committed: pool.committed.toString(),
    debt: debtOf(pool).toString(),
    claim: claimOf(pool).toString(),
    reserve: pool.reserve.toString(),
    shares: pool.shares.toString(),
    utilisation: now.utilisation.toString(),
    borrowApr: now.borrowApr.toString(),
    depositApr: now.depositApr.toString(),
    lastEpoch: pool.lastEpoch,
  };
}

/** All pools by id, read once for a list. */
export async function poolsOnce(db: Knex): Promise<Map<string, Pool>> {
  return new Map((await listPools(db)).map(({ id, pool }) => [id, pool]));
}

async function statementOf(deps: ApiDeps, record: PoolRecord) {
  const { knex } = deps;
  const [shares, earned] = await Promise.all([
    knex<{ pool_id: string; shares: string }>('position').where({ pool_id: record.id }).select('shares'),
    knex.raw<{ rows: { interest: string; reserve: string }[] }>(
      `SELECT coalesce(sum(interest), 0) AS interest, coalesce(sum(to_reserve), 0) AS reserve
       FROM accrual_run WHERE pool_id = ?`,
      [record.id],
    ),
  ]);
  const held = shares.map((row) => BigInt(row.shares));
  const residue = residueOf(record.pool, held);
  return {
    positions: held.length,
    positionsValue: (claimOf(record.pool) - residue).toString(),
    residue: residue.toString(),
    interestEarned: earned.rows[0]?.interest ?? '0',
    reserveEarned: earned.rows[0]?.reserve ?? '0',
  };
}

const statement = z.strictObject({
  positions: z.int(),
  positionsValue: amountOut,
  residue: amountOut.meta({
    description: 'Rounded down for the positions, and the virtual share: claim − positions',
  }),
  interestEarned: amountOut,
  reserveEarned: amountOut,
});

const row = z.strictObject({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  createdAt: timeOut,
  ...figures.shape,
});

const MOST_POINTS = 400;

const point = z.strictObject({
  id: z.string(),
  epoch: epochOut,
  utilisation: rayOut,
  borrowApr: rayOut,
  depositApr: rayOut,
  claim: amountOut,
  debt: amountOut,
  cash: amountOut,
  committed: amountOut,
  reserve: amountOut,
});

/** The history, thinned evenly to 400 points; the first and the last stay. */
async function pointsOf(deps: ApiDeps, poolId: string): Promise<z.output<typeof point>[]> {
  const { rows } = await deps.knex.raw<{ rows: z.output<typeof point>[] }>(
    `SELECT pool_id || '/' || epoch AS id, epoch, utilisation, borrow_apr AS "borrowApr", deposit_apr AS "depositApr",
       claim, debt, cash, committed, reserve
     FROM (SELECT *, row_number() OVER (ORDER BY epoch) - 1 AS n, count(*) OVER () AS total
       FROM pool_point WHERE pool_id = :poolId) AS p
     WHERE n = total - 1 OR n % greatest(1, ceil(total::numeric / :most)::bigint) = 0 ORDER BY epoch`,
    { poolId, most: MOST_POINTS },
  );
  return rows;
}

const curvePoint = z.strictObject({ utilisation: rayOut, borrowApr: rayOut, depositApr: rayOut });

/** The curve of the version in force, at every percent. */
function curveOf({ pool, rates }: PoolRecord): z.output<typeof curvePoint>[] {
  const version = rateAt(rates, pool.lastEpoch);
  return Array.from({ length: 101 }, (_, percent) => {
    const utilisation = mulDivFloor(RAY, BigInt(percent), 100n);
    const apr = borrowApr(version, utilisation);
    return {
      utilisation: utilisation.toString(),
      borrowApr: apr.toString(),
      depositApr: depositApr(version, utilisation, apr).toString(),
    };
  });
}

async function poolOr404(db: Knex, id: string): Promise<PoolRecord> {
  const record = await readPool(db, id);
  if (!record) throw new RefusalError('not-found', `There is no pool ${id}.`);
  return record;
}

export function poolRoutes(deps: ApiDeps): Route[] {
  const { knex } = deps;
  return [
    ...resourceRoutes(
      deps,
      {
        name: 'pools',
        title: 'Pools',
        sql: `SELECT id, kind, state, created_at AS "createdAt" FROM pool`,
        schema: row,
        idKind: 'text',
        fields: { kind: 'text', state: 'text', createdAt: 'time' },
        sort: ['id', 'ASC'],
        each: async (rows) => {
          const records = new Map((await listPools(knex)).map((record) => [record.id, record]));
          return rows.map(({ id }) => {
            const record = records.get(String(id));
            if (!record) throw new Error(`pool ${String(id)} has vanished`);
            return figuresOf(record);
          });
        },
        one: async ({ id }) => statementOf(deps, await poolOr404(knex, String(id))),
      },
      z.strictObject({ ...row.shape, ...statement.shape }),
    ),
    route({
      method: 'get',
      path: '/admin/v1/pools/:id/points',
      access: 'read',
      tag: 'pools',
      summary: `The history of a pool, at most ${MOST_POINTS} points, the oldest first`,
      params: idParams,
      answer: z.array(point),
      handler: async ({ params }) => ({ body: await pointsOf(deps, (await poolOr404(knex, params.id)).id) }),
    }),
    route({
      method: 'get',
      path: '/admin/v1/pools/:id/curve',
      access: 'read',
      tag: 'pools',
      summary: 'The rate curve in force, at every percent of utilisation',
      params: idParams,
      answer: z.array(curvePoint),
      handler: async ({ params }) => ({ body: curveOf(await poolOr404(knex, params.id)) }),
    }),
  ];
}

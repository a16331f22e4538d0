/** Pools: their figures, their history and their rate curve. Ratios and rates in ray. */
import type { Knex } from 'knex';
import { z } from 'zod';
import { liquidityShare } from '../db/liquidity-reserve';
import { listPools, readPool, type PoolRecord } from '../db/pool';
import { trailingYield } from '../db/pool-yield';
import { readQueue } from '../db/redemption';
import { heldBack, lendable } from '../domain/liquidity-reserve';
import { lossCover, lossRules } from '../domain/loss-reserve';
import { claimOf, debtOf, ratesOf, type Pool } from '../domain/pool';
import { aprToApy, borrowApr, depositApr, rateAt } from '../domain/rate';
import { RAY, mulDivFloor } from '../domain/ray';
import { RefusalError } from '../domain/refusal';
import { residueOf, valueOfShares } from '../domain/share';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, idParams, rayOut, signedRayOut, timeOut } from './fields';
import { resourceRoutes } from './list';
import { route, type Route } from './route';

const figures = z.strictObject({
  cash: amountOut,
  committed: amountOut,
  debt: amountOut.meta({ description: 'Owed by borrowers: principal and interest' }),
  claim: amountOut.meta({ description: 'Belongs to the depositors' }),
  reserve: amountOut.meta({ description: 'Loss reserve' }),
  shares: z.string(),
  liquidityReserve: amountOut.meta({ description: 'Idle cash that lending may not touch' }),
  lendable: amountOut.meta({ description: 'Idle cash that may be promised to loans' }),
  liquidityShare: rayOut.meta({ description: 'The liquidity reserve as a share of the deposits, by policy' }),
  utilisation: rayOut,
  borrowApr: rayOut.meta({ description: 'A year, simple' }),
  borrowApy: rayOut.meta({ description: 'A year, the interest of each epoch compounded' }),
  depositApr: rayOut.meta({ description: 'A year, simple' }),
  depositApy: rayOut.meta({ description: 'A year, the interest of each epoch compounded' }),
  lastEpoch: epochOut,
});

export type PoolFigures = z.output<typeof figures>;

/** What a pool comes to at its last accrued epoch. */
export async function figuresOf(db: Knex, record: PoolRecord): Promise<PoolFigures> {
  const { pool, rates } = record;
  const now = ratesOf(pool, rates);
  const share = await liquidityShare(db, record);
  return {
    cash: pool.cash.toString(),
    committed: pool.committed.toString(),
    debt: debtOf(pool).toString(),
    claim: claimOf(pool).toString(),
    reserve: pool.reserve.toString(),
    shares: pool.shares.toString(),
    liquidityReserve: heldBack(pool, share).toString(),
    lendable: lendable(pool, share).toString(),
    liquidityShare: share.toString(),
    utilisation: now.utilisation.toString(),
    borrowApr: now.borrowApr.toString(),
    borrowApy: now.borrowApy.toString(),
    depositApr: now.depositApr.toString(),
    depositApy: now.depositApy.toString(),
    lastEpoch: pool.lastEpoch,
  };
}

/** All pools by id, read once for a list. */
export async function poolsOnce(db: Knex): Promise<Map<string, Pool>> {
  return new Map((await listPools(db)).map(({ id, pool }) => [id, pool]));
}

/** Who waits for money out of the pool, and for how much at the present price. */
async function queueOf(db: Knex, { id, pool }: PoolRecord) {
  const { waiting, placed } = await readQueue(db, id);
  const left = await db('redemption')
    .where({ pool_id: id, state: 'waiting' })
    .first<{ shares: string | null }>(db.raw('sum(shares - burnt) AS shares'));
  return { waiting, placed, worth: valueOfShares(pool, BigInt(left.shares ?? '0')).toString() };
}

async function statementOf(deps: ApiDeps, record: PoolRecord) {
  const { knex } = deps;
  const [shares, earned, brought, queue] = await Promise.all([
    knex<{ pool_id: string; shares: string }>('position').where({ pool_id: record.id }).select('shares'),
    knex.raw<{ rows: { interest: string; reserve: string }[] }>(
      `SELECT coalesce(sum(interest), 0) AS interest, coalesce(sum(to_reserve), 0) AS reserve
       FROM accrual_run WHERE pool_id = ?`,
      [record.id],
    ),
    trailingYield(knex, record),
    queueOf(knex, record),
  ]);
  const held = shares.map((row) => BigInt(row.shares));
  const residue = residueOf(record.pool, held);
  return {
    positions: held.length,
    positionsValue: (claimOf(record.pool) - residue).toString(),
    residue: residue.toString(),
    interestEarned: earned.rows[0]?.interest ?? '0',
    reserveEarned: earned.rows[0]?.reserve ?? '0',
    queue,
    lossReserve: { cover: lossCover(record.pool).toString(), rules: lossRules() },
    trailing: brought && { ...brought, growth: brought.growth.toString(), apr: brought.apr.toString() },
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
  lossReserve: z.strictObject({
    cover: rayOut.meta({ description: 'Of what borrowers owe' }),
    rules: z
      .strictObject({
        version: z.int(),
        since: z.iso.date(),
        order: z.array(z.strictObject({ bearer: z.string(), rule: z.string() })).readonly(),
        conditions: z.array(z.string()).readonly(),
      })
      .meta({ description: 'Who bears a loss, the first first; a write-off names the version it followed' }),
  }),
  queue: z.strictObject({ waiting: z.int(), placed: z.int(), worth: amountOut }),
  trailing: z
    .strictObject({
      fromEpoch: epochOut,
      toEpoch: epochOut,
      growth: signedRayOut.meta({ description: 'Of the share price between these epochs' }),
      apr: signedRayOut.meta({ description: 'The growth for a year, simple' }),
    })
    .nullable()
    .meta({ description: 'What a share brought over the last 7 days, or since there are figures' }),
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

const curvePoint = z.strictObject({
  utilisation: rayOut,
  borrowApr: rayOut,
  borrowApy: rayOut,
  depositApr: rayOut,
  depositApy: rayOut,
});

/** The curve of the version in force, at every percent. */
function curveOf({ pool, rates }: PoolRecord): z.output<typeof curvePoint>[] {
  const version = rateAt(rates, pool.lastEpoch);
  return Array.from({ length: 101 }, (_, percent) => {
    const utilisation = mulDivFloor(RAY, BigInt(percent), 100n);
    const apr = borrowApr(version, utilisation);
    const earned = depositApr(version, utilisation, apr);
    return {
      utilisation: utilisation.toString(),
      borrowApr: apr.toString(),
      borrowApy: aprToApy(version, apr).toString(),
      depositApr: earned.toString(),
      depositApy: aprToApy(version, earned).toString(),
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
          const figured = rows.map(({ id }) => {
            const record = records.get(String(id));
            if (!record) throw new Error(`pool ${String(id)} has vanished`);
            return figuresOf(knex, record);
          });
          return Promise.all(figured);
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

/** Open figures: no sign-in, one reading for everybody, told with a tag so that caches need not ask for more. */
import { z } from 'zod';
import {
  countsByPool,
  figureKey,
  poolSeries,
  readCalendar,
  type Counts,
  type Series,
  type Stretch,
} from '../db/figure';
import { listPools, readPool, type PoolRecord } from '../db/pool';
import {
  addLocked,
  curveOf,
  lockedIn,
  NOTHING_LOCKED,
  standingOf,
  withYields,
  type CurvePoint,
  type Locked,
} from '../domain/figure';
import { rateAt } from '../domain/rate';
import { RefusalError } from '../domain/refusal';
import type { ApiDeps } from './deps';
import { amountOut, epochOut, idParams, rayOut, timeOut } from './fields';
import { makeFresh, makeShelf, writtenOf } from './fresh';
import { makeGate } from './gate';
import { route, type Answer, type Route } from './route';

const locked = {
  tvl: amountOut.meta({ description: 'All that is in pools: idle + committed + lent' }),
  deposited: amountOut.meta({ description: 'Belongs to the depositors' }),
  lent: amountOut.meta({ description: 'Owed by borrowers: principal and interest' }),
  idle: amountOut.meta({ description: 'On the platform, free to be lent or redeemed' }),
  committed: amountOut.meta({ description: 'Promised to approved loans, not yet final on chain' }),
  reserve: amountOut.meta({ description: 'Loss reserve: first-loss money' }),
};
const rates = {
  utilisation: rayOut,
  borrowApr: rayOut.meta({ description: 'Simple, a year; in ray' }),
  borrowApy: rayOut.meta({ description: 'The same compounded each epoch, were the rate to stay; in ray' }),
  depositApr: rayOut.meta({ description: 'Simple, a year; in ray' }),
  depositApy: rayOut.meta({ description: 'The same compounded each epoch, were the rate to stay; in ray' }),
};
const counts = {
  depositors: z.int().meta({ description: 'Customers with shares' }),
  loans: z.int().meta({ description: 'Loans with a debt' }),
};
const asOf = { lastEpoch: epochOut, at: timeOut.nullable().meta({ description: 'When that epoch was' }) };

const poolFigures = z.strictObject({
  id: z.string(),
  kind: z.enum(['flexible', 'round']),
  state: z.enum(['open', 'closed']),
  ...{ ...locked, ...rates, ...counts, ...asOf },
});

const openFigures = z
  .strictObject({
    ...locked,
    inRounds: amountOut.meta({ description: 'The part of tvl that is in joint-mining rounds' }),
    ...{ ...rates, ...counts, ...asOf },
    pools: z.array(poolFigures),
  })
  .meta({
    description: 'Amounts and counts are of all pools together; rates are those of the flexible pool',
  });

export type OpenFigures = z.output<typeof openFigures>;

const curvePoint = z.strictObject(rates);
const openCurve = z.strictObject({
  version: z.int().meta({ description: 'Of the rates in force' }),
  kink: rayOut,
  reserveFactor: rayOut.meta({ description: 'Part of the interest that goes to the loss reserve' }),
  now: curvePoint,
  points: z.array(curvePoint),
});

const seriesPoint = z.strictObject({
  begins: timeOut,
  epoch: epochOut.meta({ description: 'The last booked epoch in that hour or day; the figures are its own' }),
  ...{ ...locked, ...rates },
});
const openSeries = z.strictObject({
  every: z.enum(['hour', 'day']),
  points: z
    .array(seriesPoint)
    .meta({ description: 'The oldest first; where nothing was booked there is none' }),
  older: timeOut.nullable().meta({ description: 'Ask `before` this for older ones; null: there are none' }),
});

const SECONDS = { hour: 3_600, day: 86_400 } as const;
const MOST_POINTS = 744;

const seriesQuery = z.strictObject({
  every: z.enum(['hour', 'day']).default('hour').meta({ description: 'Hours or days, UTC' }),
  before: z.iso.datetime({ offset: true }).optional().meta({ description: 'Only what begins earlier' }),
  limit: z.coerce.number().int().min(1).max(MOST_POINTS).default(168),
});

type Text<T> = { readonly [K in keyof T]: string };

/** Integers as decimal text. */
function asText<T extends { readonly [K in keyof T]: bigint }>(figures: T): Text<T> {
  return Object.fromEntries(
    Object.entries<bigint>(figures).map(([name, value]) => [name, `${value}`]),
  ) as Text<T>;
}

const NOBODY: Counts = { depositors: 0, loans: 0 };

type Calendar = Awaited<ReturnType<typeof readCalendar>>;

const isoAt = (seconds: number): string => new Date(seconds * 1000).toISOString();

function timeOfEpoch(calendar: Calendar, epoch: number): string | null {
  return calendar === null ? null : isoAt(calendar.genesis + epoch * calendar.epochSeconds);
}

function figuresOfPool(
  record: PoolRecord,
  counted: Counts,
  calendar: Calendar,
): z.output<typeof poolFigures> {
  const { id, kind, state, pool } = record;
  return {
    ...{ id, kind, state },
    ...asText<Locked>(lockedIn(pool)),
    ...asText<CurvePoint>(standingOf(pool, record.rates)),
    ...counted,
    ...{ lastEpoch: pool.lastEpoch, at: timeOfEpoch(calendar, pool.lastEpoch) },
  };
}

/** All open figures, as the last booking left them. */
export async function readOpenFigures({ knex }: Pick<ApiDeps, 'knex'>): Promise<OpenFigures> {
  const [records, byPool, calendar] = await Promise.all([
    listPools(knex),
    countsByPool(knex),
    readCalendar(knex),
  ]);
  const pools = records.map((record) => figuresOfPool(record, byPool.get(record.id) ?? NOBODY, calendar));
  const flexible = pools.find(({ kind }) => kind === 'flexible');
  if (flexible === undefined) throw new Error('there is no flexible pool');
  const all = records.map(({ pool }) => lockedIn(pool));
  const rounds = records.filter(({ kind }) => kind === 'round').map(({ pool }) => lockedIn(pool).tvl);
  const { utilisation, borrowApr, borrowApy, depositApr, depositApy, lastEpoch, at } = flexible;
  return {
    ...asText<Locked>(all.reduce(addLocked, NOTHING_LOCKED)),
    inRounds: rounds.reduce((sum, tvl) => sum + tvl, 0n).toString(),
    ...{ utilisation, borrowApr, borrowApy, depositApr, depositApy },
    ...(byPool.get(null) ?? NOBODY),
    ...{ lastEpoch, at, pools },
  };
}

async function readCurve({ knex }: ApiDeps, id: string): Promise<z.output<typeof openCurve>> {
  const record = await readPool(knex, id);
  if (record === null) throw new RefusalError('not-found', `There is no pool ${id}.`);
  const { pool, rates: versions } = record;
  const rate = rateAt(versions, pool.lastEpoch);
  return {
    version: rate.version,
    ...asText({ kink: rate.kink, reserveFactor: rate.reserveFactor }),
    now: asText<CurvePoint>(standingOf(pool, versions)),
    points: curveOf(rate).map((point) => asText<CurvePoint>(point)),
  };
}

function seriesPointOf(record: PoolRecord, stretch: Stretch): z.output<typeof seriesPoint> {
  const { begins, epoch, borrowApr, depositApr, utilisation, ...money } = stretch;
  const rate = rateAt(record.rates, epoch);
  const tvl = BigInt(money.idle) + BigInt(money.committed) + BigInt(money.lent);
  return {
    ...{ begins: isoAt(begins), epoch, tvl: tvl.toString(), utilisation },
    ...money,
    ...asText(withYields(rate, BigInt(borrowApr), BigInt(depositApr))),
  };
}

async function readSeries(
  deps: ApiDeps,
  id: string,
  { every, before, limit }: z.output<typeof seriesQuery>,
): Promise<z.output<typeof openSeries>> {
  const record = await readPool(deps.knex, id);
  if (record === null) throw new RefusalError('not-found', `There is no pool ${id}.`);
  const end = before === undefined ? Number.MAX_SAFE_INTEGER : Math.floor(Date.parse(before) / 1000);
  const series: Series = await poolSeries(deps.knex, id, { seconds: SECONDS[every], before: end, limit });
  return {
    every,
    points: series.stretches.map((stretch) => seriesPointOf(record, stretch)),
    older: series.older === null ? null : isoAt(series.older),
  };
}

/** Answers kept for others: so many different ones, and so many made at a time. */
const SHELF = 64;
const MAKING = { places: 2, patienceMs: 10_000 } as const;

export function figureRoutes(deps: ApiDeps): Route[] {
  const key = (): Promise<string> => figureKey(deps.knex);
  const gate = makeGate(MAKING);
  const figures = makeFresh({ key, make: async () => writtenOf(await readOpenFigures(deps)) });
  const pools = makeShelf(SHELF, (id) =>
    makeFresh({ key, make: () => gate(async () => writtenOf(await readOnePool(deps, id))) }),
  );
  const curves = makeShelf(SHELF, (id) =>
    makeFresh({ key, make: () => gate(async () => writtenOf(await readCurve(deps, id))) }),
  );
  const series = makeShelf(SHELF, (name) => {
    const [id, query] = JSON.parse(name) as [string, z.output<typeof seriesQuery>];
    return makeFresh({ key, make: () => gate(async () => writtenOf(await readSeries(deps, id, query))) });
  });
  const told = async <T>(made: Promise<NonNullable<Answer<T>['written']>>): Promise<Answer<T>> => {
    const written = await made;
    return { body: written.body, written };
  };
  const open = { method: 'get', access: 'public', tag: 'public', refusals: ['too-many-requests'] } as const;
  return [
    route({
      ...{ ...open, path: '/public/v1/figures', summary: 'Open figures of the platform' },
      answer: openFigures,
      handler: () => told(figures()),
    }),
    route({
      ...{ ...open, path: '/public/v1/pools/:id', summary: 'Open figures of a pool', params: idParams },
      answer: poolFigures,
      handler: ({ params }) => told(pools(params.id)()),
    }),
    route({
      ...{ ...open, path: '/public/v1/pools/:id/curve', params: idParams },
      summary: 'The rate curve of a pool, with the present point',
      answer: openCurve,
      handler: ({ params }) => told(curves(params.id)()),
    }),
    route({
      ...{ ...open, path: '/public/v1/pools/:id/series', params: idParams, query: seriesQuery },
      summary: 'A pool as it stood at the end of each hour or day',
      answer: openSeries,
      handler: ({ params, query }) => told(series(JSON.stringify([params.id, query]))()),
    }),
  ];
}

async function readOnePool({ knex }: ApiDeps, id: string): Promise<z.output<typeof poolFigures>> {
  const [record, byPool, calendar] = await Promise.all([
    readPool(knex, id),
    countsByPool(knex),
    readCalendar(knex),
  ]);
  if (record === null) throw new RefusalError('not-found', `There is no pool ${id}.`);
  return figuresOfPool(record, byPool.get(id) ?? NOBODY, calendar);
}

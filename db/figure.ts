/** What the open figures are read from. */
import type { Knex } from 'knex';

/** Changes whenever a pool, its rates in force, or a row of the comparison does. */
export async function figureKey(db: Knex): Promise<string> {
  const { rows } = await db.raw<{ rows: [{ key: string | null }] }>(
    `SELECT concat_ws(' ', (SELECT string_agg(id || ':' || seq || ':' || state, ' ' ORDER BY id) FROM pool),
       (SELECT count(*) FROM rate_version), (SELECT genesis_time FROM watch.network)) AS key`,
  );
  return rows[0].key ?? '';
}

export interface Counts {
  /** Customers with shares. */
  readonly depositors: number;
  /** Loans with a debt. */
  readonly loans: number;
}

/** By pool; under `null` for all pools together, where who is in two pools counts once. */
export async function countsByPool(db: Knex): Promise<ReadonlyMap<string | null, Counts>> {
  const { rows } = await db.raw<{ rows: (Counts & { pool: string | null })[] }>(
    `SELECT pool, coalesce(sum(depositors), 0)::int AS depositors, coalesce(sum(loans), 0)::int AS loans FROM (
       SELECT pool_id AS pool, count(DISTINCT customer_id) AS depositors, 0 AS loans
         FROM position WHERE shares > 0 GROUP BY ROLLUP (pool_id)
       UNION ALL
       SELECT pool_id, 0, count(*) FROM loan_account WHERE scaled > 0 GROUP BY ROLLUP (pool_id)) AS counted
     GROUP BY pool`,
  );
  return new Map(rows.map(({ pool, depositors, loans }) => [pool, { depositors, loans }]));
}

/** Seconds since 1970 at epoch 0, and how long an epoch is; null before a worker has met its node. */
export async function readCalendar(db: Knex): Promise<{ genesis: number; epochSeconds: number } | null> {
  const row = await db<{ genesis_time: number; epoch_seconds: number }>('watch.network').first(
    'genesis_time',
    'epoch_seconds',
  );
  return row ? { genesis: row.genesis_time, epochSeconds: row.epoch_seconds } : null;
}

export interface Stretch {
  /** Unix seconds at which it begins. */
  readonly begins: number;
  readonly epoch: number;
  readonly utilisation: string;
  readonly borrowApr: string;
  readonly depositApr: string;
  readonly deposited: string;
  readonly lent: string;
  readonly idle: string;
  readonly committed: string;
  readonly reserve: string;
}

export interface SeriesAsked {
  /** 3,600 or 86,400: stretches begin at whole hours or days, UTC. */
  readonly seconds: number;
  /** Unix seconds: only stretches that begin earlier. */
  readonly before: number;
  /** Stretches looked at, counted back from the newest; those in which nothing was booked are left out. */
  readonly limit: number;
}

export interface Series {
  /** The oldest first. */
  readonly stretches: readonly Stretch[];
  /** Ask `before` this for older ones; null: there are none. */
  readonly older: number | null;
}

/**
 * A pool as it stood at the end of each hour or day: one look into the key of its points for each, however many points
 * there are.
 */
export async function poolSeries(
  db: Knex,
  poolId: string,
  { seconds, before, limit }: SeriesAsked,
): Promise<Series> {
  const calendar = await readCalendar(db);
  const edge = await db('pool_point')
    .where({ pool_id: poolId })
    .min({ first: 'epoch' })
    .max({ last: 'epoch' })
    .first<{ first: number | null; last: number | null } | undefined>();
  if (calendar === null || edge === undefined || edge.first === null || edge.last === null)
    return { stretches: [], older: null };
  const { genesis, epochSeconds } = calendar;
  const stretchOf = (epoch: number): number => Math.floor((genesis + epoch * epochSeconds) / seconds);
  const oldest = stretchOf(edge.first);
  const to = Math.min(stretchOf(edge.last), Math.ceil(before / seconds) - 1);
  const from = Math.max(oldest, to - limit + 1);
  const { rows } = await db.raw<{ rows: Stretch[] }>(
    `SELECT n * :seconds::bigint AS begins, p.epoch, p.utilisation, p.borrow_apr AS "borrowApr",
       p.deposit_apr AS "depositApr", p.claim AS deposited, p.debt AS lent, p.cash AS idle, p.committed, p.reserve
     FROM generate_series(:from::bigint, :to::bigint) AS n
     CROSS JOIN LATERAL (SELECT * FROM pool_point WHERE pool_id = :poolId
       AND epoch >= ceil((n * :seconds - :genesis)::numeric / :epochSeconds)
       AND epoch < ceil(((n + 1) * :seconds - :genesis)::numeric / :epochSeconds)
       ORDER BY epoch DESC LIMIT 1) AS p
     ORDER BY n`,
    { seconds, from, to, poolId, genesis, epochSeconds },
  );
  return { stretches: rows, older: from > oldest && to >= oldest ? from * seconds : null };
}

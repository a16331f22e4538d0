import type { Knex } from 'knex';
import { rateAt } from '../domain/rate';
import { previewOf, type PastPoint, type RatePreview } from '../domain/rate-preview';
import type { RateValues } from '../domain/rate-proposal';
import type { PoolRecord } from './pool';

/** Points that a preview is drawn and counted from, at most. */
const STRETCHES = 400;
const DAYS = 90;

interface Row {
  readonly epoch: number;
  readonly utilisation: string;
  readonly curve_debt: string;
}

/** The last 90 days under these rates, beside what they were under the pool's own; one statement reads the points. */
export async function ratePreview(
  db: Knex,
  { id, pool, rates }: PoolRecord,
  values: RateValues,
): Promise<RatePreview & { readonly fromEpoch: number; readonly toEpoch: number }> {
  const now = rateAt(rates, pool.lastEpoch);
  const span = Number((now.epochsPerYear * BigInt(DAYS)) / 365n);
  const since = Math.max(0, pool.lastEpoch - span);
  const { rows } = await db.raw<{ rows: Row[] }>(
    `WITH start AS (SELECT coalesce((SELECT max(epoch) FROM pool_point WHERE pool_id = :id AND epoch <= :since),
         (SELECT min(epoch) FROM pool_point WHERE pool_id = :id)) AS epoch),
       width AS (SELECT greatest(1, ceil((:last::bigint - epoch)::numeric / :stretches)::bigint) AS of FROM start)
     SELECT DISTINCT ON (stretch) epoch, utilisation, curve_debt
     FROM (SELECT p.epoch, p.utilisation, coalesce(p.curve_debt, p.debt) AS curve_debt,
         (p.epoch - s.epoch) / w.of AS stretch
       FROM pool_point p, start s, width w WHERE p.pool_id = :id AND p.epoch >= s.epoch) AS points
     ORDER BY stretch, epoch`,
    { id, since, last: pool.lastEpoch, stretches: STRETCHES },
  );
  // What was there when the 90 days began counts from there.
  const points: PastPoint[] = rows.map(({ epoch, utilisation, curve_debt }) => ({
    epoch: Math.max(epoch, since),
    utilisation: BigInt(utilisation),
    curveDebt: BigInt(curve_debt),
  }));
  const preview = previewOf(points, rates, { ...now, ...values }, pool.lastEpoch);
  return { ...preview, fromEpoch: points[0]?.epoch ?? pool.lastEpoch, toEpoch: pool.lastEpoch };
}

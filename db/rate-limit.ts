/** Counting tries in fixed windows, in Postgres, so that several API processes share one count. */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

export interface Limit {
  readonly name: string;
  readonly tries: number;
  readonly windowSeconds: number;
}

/**
 * Counts one try.
 * @returns null while within the limit, else the seconds until the window ends
 */
export async function hit(db: Knex, limit: Limit, who: string): Promise<number | null> {
  const { windowSeconds } = limit;
  // Hashed: addresses of people are not kept in the clear for counting.
  const bucket = `${limit.name}:${createHash('sha256').update(who).digest('hex').slice(0, 32)}`;
  const result = await db.raw<{ rows: { hits: number; left: number }[] }>(
    `WITH w AS (SELECT to_timestamp(floor(extract(epoch FROM now()) / :w::int) * :w::int) AS start)
     INSERT INTO rate_limit AS r (bucket, window_start, hits) SELECT :bucket, start, 1 FROM w
     ON CONFLICT (bucket, window_start) DO UPDATE SET hits = r.hits + 1
     RETURNING hits, ceil(extract(epoch FROM window_start) + :w::int - extract(epoch FROM now()))::int AS left`,
    { bucket, w: windowSeconds },
  );
  const row = result.rows[0];
  if (!row) throw new Error('rate limit: no row returned');
  if (row.hits === 1) await forgetOld(db);
  return row.hits > limit.tries ? Math.max(1, row.left) : null;
}

async function forgetOld(db: Knex): Promise<void> {
  await db('rate_limit').whereRaw("window_start < now() - interval '1 day'").delete();
}

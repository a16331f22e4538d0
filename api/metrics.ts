/** Counters in the Prometheus text form; few enough to be written by hand. */
import type { Knex } from 'knex';

const BUCKETS_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5];

export interface Metrics {
  /** Counts one call by its route template; `seconds` from request to answer. */
  readonly note: (method: string, route: string, status: number, seconds: number) => void;
  readonly text: () => Promise<string>;
}

interface Series {
  readonly labels: string;
  readonly buckets: number[];
  count: number;
  sum: number;
}

async function gauges(knex: Knex): Promise<string[]> {
  const result = await knex.raw<{ rows: { waiting: number; oldest: number }[] }>(
    `SELECT count(*)::int AS waiting, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest
     FROM approval WHERE state = 'waiting'`,
  );
  const row = result.rows[0] ?? { waiting: 0, oldest: 0 };
  return [
    '# TYPE loanstone_approvals_waiting gauge',
    `loanstone_approvals_waiting ${row.waiting}`,
    '# TYPE loanstone_approval_oldest_seconds gauge',
    `loanstone_approval_oldest_seconds ${row.oldest}`,
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
  ];
}

export function makeMetrics(knex: Knex): Metrics {
  const series = new Map<string, Series>();
  return {
    note: (method, route, status, seconds) => {
      const labels = `method="${method}",route="${route}",status="${status}"`;
      const entry = series.get(labels) ?? { labels, buckets: BUCKETS_SECONDS.map(() => 0), count: 0, sum: 0 };
      series.set(labels, entry);
      entry.count += 1;
      entry.sum += seconds;
      BUCKETS_SECONDS.forEach((limit, i) => {
        if (seconds <= limit) entry.buckets[i] = (entry.buckets[i] ?? 0) + 1;
      });
    },
    text: async () => {
      const name = 'http_request_duration_seconds';
      const lines = [`# TYPE ${name} histogram`];
      for (const { labels, buckets, count, sum } of series.values()) {
        buckets.forEach((n, i) =>
          lines.push(`${name}_bucket{${labels},le="${BUCKETS_SECONDS[i] ?? ''}"} ${n}`),
        );
        lines.push(`${name}_bucket{${labels},le="+Inf"} ${count}`);
        lines.push(`${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`);
      }
      return `${[...lines, ...(await gauges(knex))].join('\n')}\n`;
    },
  };
}

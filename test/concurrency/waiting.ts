/** What waits for a lock in a database, so that a test can bring about the order that it is about. */
import type { Knex } from 'knex';
import { waitFor } from '../../stack/wait';

/** Resolves once `count` statements of this database wait for a lock of another transaction. `admin`: a superuser. */
export async function untilWaiting(admin: Knex, count: number): Promise<void> {
  await waitFor(
    async () => {
      const { rows } = await admin.raw<{ rows: [{ waiting: number }] }>(
        `SELECT count(*)::int AS waiting FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows[0].waiting >= count ? true : undefined;
    },
    { what: `${count} statements to wait for a lock`, timeoutMs: 60_000, everyMs: 20 },
  );
}

/** Deadlocks that Postgres has broken in this database since it was made. */
export async function deadlocks(admin: Knex): Promise<number> {
  const { rows } = await admin.raw<{ rows: [{ deadlocks: number }] }>(
    'SELECT deadlocks::int AS deadlocks FROM pg_stat_database WHERE datname = current_database()',
  );
  return rows[0].deadlocks;
}

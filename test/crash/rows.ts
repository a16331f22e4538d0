/** Rows held by the test: whoever wants to change them waits, and can be killed just there. */
import { Client } from 'pg';
import { waitFor } from '../../stack/wait';

const WAIT_MS = 400_000;

const open = new Set<Held>();

export interface Held {
  /** Resolves when a process of the product waits for these rows. */
  readonly wanted: () => Promise<void>;
  readonly release: () => Promise<void>;
}

/** Locks what the `SELECT … FOR NO KEY UPDATE` finds, so that rows that only refer to them pass, as a superuser; throws where it finds nothing. */
export async function holdRows(adminUrl: string, select: string, params: readonly string[]): Promise<Held> {
  // Two connections: within a transaction Postgres shows the other sessions as they were at the first look.
  const holder = new Client({ connectionString: adminUrl });
  const watcher = new Client({ connectionString: adminUrl });
  await Promise.all([holder.connect(), watcher.connect()]);
  await holder.query('BEGIN');
  const found = await holder.query(select, [...params]);
  if (found.rowCount === 0) throw new Error(`nothing to hold: ${select} ${params.join(' ')}`);
  const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const pid = rows[0]?.pid;
  const waiting = async (): Promise<true | undefined> => {
    const blocked = await watcher.query(
      'SELECT 1 FROM pg_stat_activity WHERE $1::int = ANY (pg_blocking_pids(pid))',
      [pid],
    );
    return (blocked.rowCount ?? 0) > 0 ? true : undefined;
  };
  const held: Held = {
    wanted: async () => {
      await waitFor(waiting, {
        what: `somebody to wait for ${select} ${params.join(' ')}`,
        timeoutMs: WAIT_MS,
      });
    },
    release: async () => {
      if (!open.delete(held)) return;
      await holder.query('ROLLBACK');
      await Promise.all([holder.end(), watcher.end()]);
    },
  };
  open.add(held);
  return held;
}

/** Lets go of whatever a test that failed has left held. */
export async function releaseAll(): Promise<void> {
  for (const held of [...open]) await held.release();
}

import type { Knex } from 'knex';
import type { KnownHead } from '../domain/head';

/** How far chain-watch has walked and booked; epochs (tipset heights). */
export interface Cursor {
  /** The pool's clock: the last finalised tipset all of whose transfers are journaled. */
  readonly clock: number;
  /** Its executing child: the tipset at whose state chain balances equal the books. */
  readonly executed: number;
  readonly executedKey: string;
  /** The last tipset walked: transfers up to here are known, those above `clock` are not booked. */
  readonly head: number;
  readonly headKey: string;
  /** Nothing below it belongs to the platform. */
  readonly began: number;
  /** Why booking stopped until a person acts; null when it did not. */
  readonly halted: string | null;
}

interface CursorRow {
  readonly clock: number;
  readonly executed: number;
  readonly executed_key: string;
  readonly head: number;
  readonly head_key: string;
  readonly began: number;
  readonly halted: string | null;
}

function fromRow(row: CursorRow): Cursor {
  const { clock, executed, head, began, halted } = row;
  return { clock, executed, executedKey: row.executed_key, head, headKey: row.head_key, began, halted };
}

/** The cursor, or null before chain-watch has started for the first time. */
export async function readCursor(db: Knex): Promise<Cursor | null> {
  const row = await db<CursorRow>('watch.cursor').first();
  return row ? fromRow(row) : null;
}

/** The cursor, locked until the transaction ends: booking goes on from exactly here. */
export async function lockCursor(trx: Knex.Transaction): Promise<Cursor | null> {
  const row = await trx<CursorRow>('watch.cursor').forUpdate().first();
  return row ? fromRow(row) : null;
}

/**
 * The epoch at which what does not happen on chain takes effect (design 5): interest never passes it.
 * Throws before chain-watch has begun, which workers see to at start; retried, the call succeeds.
 */
export async function poolClock(db: Knex): Promise<number> {
  const cursor = await readCursor(db);
  if (cursor === null) throw new Error('chain-watch has not begun: there is no pool clock yet');
  return cursor.clock;
}

/** The highest head ever seen, and for how long it has been that. */
export async function readHead(db: Knex): Promise<KnownHead> {
  const { rows } = await db.raw<{ rows: KnownHead[] }>(
    'SELECT epoch, extract(epoch FROM clock_timestamp() - risen_at)::float8 AS age FROM ledger.chain_head WHERE id = 1',
  );
  if (rows[0] === undefined) throw new Error('ledger.chain_head has no row');
  return rows[0];
}

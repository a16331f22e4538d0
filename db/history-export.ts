/** Copies of closed histories: append-only, each with the SHA-256 of its text, linked into one chain. */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Knex } from 'knex';

/** A closed run as it is kept; `json` is the stable proto-JSON text. */
export interface NewCopy {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly lifecycle: string;
  readonly state: string | null;
  readonly customerRef: string | null;
  readonly status: string;
  readonly startedAt: Date;
  readonly closedAt: Date;
  readonly events: number;
  readonly json: string;
  /** Workflow id of the export that made it. */
  readonly exportedBy: string;
}

/** What is known of a copy without opening it. */
export interface Copy extends Omit<NewCopy, 'json'> {
  readonly seq: number;
  /** Of the text before compression. */
  readonly bytes: number;
  readonly sha256: string;
  /** SHA-256 of "<chain of the copy before>|<workflow id>|<run id>|<sha256>". */
  readonly chain: string;
  readonly exportedAt: Date;
}

/** An opened copy; `json` is null where what is stored does not give the SHA-256 that was noted. */
export interface OpenedCopy extends Copy {
  readonly json: string | null;
}

const COLUMNS = [
  'seq',
  'workflow_id as workflowId',
  'run_id as runId',
  'type',
  'lifecycle',
  'state',
  'customer_ref as customerRef',
  'status',
  'started_at as startedAt',
  'closed_at as closedAt',
  'events',
  'bytes',
  'sha256',
  'chain',
  'exported_by as exportedBy',
  'exported_at as exportedAt',
] as const;

export const sha256Of = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** The chain of a copy after the one before it; '' before the first. */
export function chainAfter(before: string, copy: Pick<Copy, 'workflowId' | 'runId' | 'sha256'>): string {
  return sha256Of(`${before}|${copy.workflowId}|${copy.runId}|${copy.sha256}`);
}

/** Keeps a copy; false where that run was kept before: the first copy stands. */
export async function keepCopy(db: Knex, copy: NewCopy): Promise<boolean> {
  const rows: unknown[] = await db('archive.history')
    .insert({
      workflow_id: copy.workflowId,
      run_id: copy.runId,
      type: copy.type,
      lifecycle: copy.lifecycle,
      state: copy.state,
      customer_ref: copy.customerRef,
      status: copy.status,
      started_at: copy.startedAt,
      closed_at: copy.closedAt,
      events: copy.events,
      bytes: Buffer.byteLength(copy.json),
      sha256: sha256Of(copy.json),
      content: gzipSync(copy.json),
      exported_by: copy.exportedBy,
    })
    .onConflict('run_id')
    .ignore()
    .returning('seq');
  return rows.length > 0;
}

/** The copies of these runs, by run id. */
export async function copiesOf(db: Knex, runIds: readonly string[]): Promise<Map<string, Copy>> {
  if (runIds.length === 0) return new Map();
  const rows = await db('archive.history')
    .whereIn('run_id', [...runIds])
    .select<Copy[]>([...COLUMNS]);
  return new Map(rows.map((row) => [row.runId, row]));
}

function open({ content, ...copy }: Copy & { readonly content: Buffer }): OpenedCopy {
  let json: string;
  try {
    json = gunzipSync(content).toString('utf8');
  } catch {
    // What cannot be unpacked is not what was stored.
    return { ...copy, json: null };
  }
  return { ...copy, json: sha256Of(json) === copy.sha256 ? json : null };
}

/** Every copy of a workflow id, the run that closed last first. */
export async function copiesOfWorkflow(db: Knex, workflowId: string): Promise<Copy[]> {
  return db('archive.history')
    .where({ workflow_id: workflowId })
    .orderBy('closed_at', 'desc')
    .limit(1000)
    .select<Copy[]>([...COLUMNS]);
}

/** The copy of one run, or of the run of that id that closed last; null where there is none. */
export async function openCopy(
  db: Knex,
  workflowId: string,
  runId: string | undefined,
): Promise<OpenedCopy | null> {
  const row = await db('archive.history')
    .where({ workflow_id: workflowId, ...(runId === undefined ? {} : { run_id: runId }) })
    .orderBy('closed_at', 'desc')
    .first<(Copy & { content: Buffer }) | undefined>([...COLUMNS, 'content']);
  return row ? open(row) : null;
}

/** All copies in the order of their chain, opened one by one. */
export async function* openAll(db: Knex): AsyncGenerator<OpenedCopy> {
  for (let seq = 0; ;) {
    const row = await db('archive.history')
      .where('seq', '>', seq)
      .orderBy('seq')
      .first<(Copy & { content: Buffer }) | undefined>([...COLUMNS, 'content']);
    if (!row) return;
    seq = row.seq;
    yield open(row);
  }
}

/** `front` follows what closes; `patrol` goes over all that Temporal holds for what its lists showed late. */
export type Net = 'front' | 'patrol';

/** The close time up to which a net has copied all. */
export async function reached(db: Knex, net: Net): Promise<Date> {
  const row = await db('archive.reached').where({ net }).first<{ closed_at: Date } | undefined>('closed_at');
  if (!row) throw new Error(`archive.reached has no row ${net}`);
  return row.closed_at;
}

/** Moves a net on; the front never goes back. */
export async function reach(db: Knex, net: Net, closedAt: Date): Promise<void> {
  const to = net === 'front' ? db.raw('greatest(closed_at, ?)', [closedAt]) : closedAt;
  await db('archive.reached').where({ net }).update({ closed_at: to, updated_at: db.fn.now() });
}

/**
 * Admin lists in the dialect of ra-data-simple-rest: `filter`, `range` (inclusive) and `sort` are JSON in the query,
 * the total is in Content-Range. What a resource does not name cannot be filtered or sorted by: a mistyped filter
 * must not show everything.
 */
import { z } from 'zod';
import type { Knex } from 'knex';
import { RefusalError } from '../domain/refusal';
import type { ApiDeps } from './deps';
import { RequestError, UNSTORABLE, unstorableIn } from './problem';
import { idParams } from './fields';
import { route, type Answer, type Route } from './route';

const MOST_ROWS = 1000;

/** `amount`: sorted by, compared as decimal text. */
type FieldKind = 'text' | 'number' | 'boolean' | 'time' | 'amount';

type Row = Readonly<Record<string, unknown>>;

export interface Resource<S extends z.ZodType> {
  /** Plural, as in the URL. */
  readonly name: string;
  readonly title: string;
  /** A SELECT whose columns carry the names of the wire, `id` among them; numeric columns stay text. */
  readonly sql: string;
  readonly schema: S;
  readonly idKind: 'text' | 'number';
  /** What may be filtered by (numbers and times also with `_gte`, `_lte`) and sorted by. */
  readonly fields: Readonly<Record<string, FieldKind>>;
  readonly sort: readonly [string, 'ASC' | 'DESC'];
  /** Columns that the filter `q` searches for a part of. */
  readonly search?: readonly string[];
  /** What SQL cannot say about rows, one for each, in their order. */
  readonly each?: (rows: readonly Row[]) => Promise<readonly Row[]>;
  /** Completes the single record, and only it. */
  readonly one?: (row: Row) => Promise<Row>;
}

const json = (value: string): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
};

const fromJson = <T extends z.ZodType>(schema: T, meta: z.GlobalMeta) =>
  z
    .string()
    .transform(json)
    // Read once more: an escape of JSON is plain text before.
    .refine((value) => unstorableIn(value) === null, UNSTORABLE)
    .pipe(schema)
    .meta({ type: 'string', ...meta });

const order = z.enum(['ASC', 'DESC']);
const range = z
  .tuple([z.int().min(0), z.int().min(0)])
  .refine(
    ([start, end]) => end >= start && end - start < MOST_ROWS,
    `At most ${MOST_ROWS} rows, [first, last].`,
  );

export const listQuery = z.strictObject({
  filter: fromJson(z.record(z.string(), z.unknown()), { example: '{"state":"open"}' }).optional(),
  range: fromJson(range, { example: '[0,24]' }).optional(),
  sort: fromJson(z.tuple([z.string(), order]), { example: '["id","ASC"]' }).optional(),
});

export type ListQuery = z.output<typeof listQuery>;

function unknownFilter(name: string): RequestError {
  return new RequestError([
    { pointer: '?filter', code: 'unknown-filter', detail: `"${name}" cannot be filtered by.` },
  ]);
}

const VALUE: Record<FieldKind, z.ZodType<string | number | boolean>> = {
  text: z.string(),
  number: z.int(),
  boolean: z.boolean(),
  // Postgres knows no year 0.
  time: z.iso.datetime({ offset: true }).refine((time) => !time.startsWith('0000')),
  amount: z.string().regex(/^[0-9]{1,60}$/),
};

function readValue(name: string, kind: FieldKind, value: unknown): string | number | boolean {
  const result = VALUE[kind].safeParse(value);
  if (result.success) return result.data;
  throw new RequestError([
    { pointer: '?filter', code: 'malformed-request', detail: `"${name}" takes a ${kind}.` },
  ]);
}

/** Whole numbers are compared as bigint: one that is too large for its column is like none, and no error. */
function operand(knex: Knex, name: string, kind: FieldKind, value: unknown): Knex.Value | Knex.Raw {
  const read = readValue(name, kind, value);
  return kind === 'number' ? knex.raw('CAST(? AS bigint)', [read]) : read;
}

const BOUNDED: readonly FieldKind[] = ['number', 'time', 'amount'];

type KnownFields = Pick<Resource<z.ZodType>, 'fields' | 'idKind' | 'search'>;

function fieldKind(resource: KnownFields, name: string): FieldKind | undefined {
  if (name === 'id') return resource.idKind;
  return Object.hasOwn(resource.fields, name) ? resource.fields[name] : undefined;
}

function addSearch(query: Knex.QueryBuilder, columns: readonly string[], value: unknown): void {
  const part = `%${String(readValue('q', 'text', value)).replace(/[\\%_]/g, '\\$&')}%`;
  void query.where((either) => {
    for (const column of columns) void either.orWhere(column, 'ilike', part);
  });
}

/** `state_gte` → the column and the comparison; null where it is no such thing. */
function boundOf(
  resource: KnownFields,
  name: string,
): { column: string; kind: FieldKind; sign: '>=' | '<=' } | null {
  const sign = name.endsWith('_gte') ? '>=' : name.endsWith('_lte') ? '<=' : null;
  const column = name.slice(0, -4);
  const kind = fieldKind(resource, column);
  return sign !== null && kind !== undefined && BOUNDED.includes(kind) ? { column, kind, sign } : null;
}

function addFilter(
  knex: Knex,
  query: Knex.QueryBuilder,
  resource: KnownFields,
  name: string,
  value: unknown,
): void {
  const column = name === 'ids' ? 'id' : name;
  const kind = fieldKind(resource, column);
  const bound = boundOf(resource, name);
  if (kind !== undefined && Array.isArray(value)) {
    const values = value.map((item: unknown) => operand(knex, name, kind, item));
    void query.whereIn(column, values);
  } else if (kind !== undefined && value === null) void query.whereNull(column);
  else if (kind !== undefined) void query.where(column, operand(knex, name, kind, value));
  else if (bound) void query.where(bound.column, bound.sign, operand(knex, name, bound.kind, value));
  else if (name === 'q' && resource.search !== undefined) addSearch(query, resource.search, value);
  else throw unknownFilter(name);
}

/** A row as the wire has it: times as RFC 3339. */
function onWire(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : value]),
  );
}

async function complete(resource: Resource<z.ZodType>, rows: readonly Row[]): Promise<Row[]> {
  const more = (await resource.each?.(rows)) ?? [];
  return rows.map((row, i) => onWire({ ...row, ...more[i] }));
}

/** The header that ra-data-simple-rest reads the total from. */
export function contentRange(
  name: string,
  start: number,
  rows: number,
  total: number,
): Record<string, string> {
  const span = rows === 0 ? '*' : `${start}-${start + rows - 1}`;
  return { 'Content-Range': `${name} ${span}/${total}`, 'Access-Control-Expose-Headers': 'Content-Range' };
}

async function list(
  deps: ApiDeps,
  resource: Resource<z.ZodType>,
  asked: ListQuery,
): Promise<Answer<unknown[]>> {
  const { knex } = deps;
  const query = knex.from(knex.raw(`(${resource.sql}) AS t`));
  for (const [name, value] of Object.entries(asked.filter ?? {}))
    addFilter(knex, query, resource, name, value);
  const [column, direction] = asked.sort ?? resource.sort;
  if (column !== 'id' && !Object.hasOwn(resource.fields, column)) {
    throw new RequestError([
      { pointer: '?sort', code: 'unknown-filter', detail: `"${column}" cannot be sorted by.` },
    ]);
  }
  const [start, end] = asked.range ?? [0, MOST_ROWS - 1];
  const [counted] = await query.clone().count<{ total: number }[]>('* as total');
  const rows = await query
    .clone()
    .select<Row[]>('*')
    // Equal values keep one order, so that no row is on two pages.
    .orderBy([
      { column, order: direction, nulls: 'last' },
      { column: 'id', order: direction },
    ])
    .offset(start)
    .limit(end - start + 1);
  const total = counted?.total ?? 0;
  return {
    body: await complete(resource, rows),
    headers: contentRange(resource.name, start, rows.length, total),
  };
}

async function one(deps: ApiDeps, resource: Resource<z.ZodType>, id: string): Promise<Answer<unknown>> {
  if (resource.idKind === 'number' && !/^[0-9]{1,15}$/.test(id)) throw new RefusalError('not-found');
  const { knex } = deps;
  const row = await knex
    .from(knex.raw(`(${resource.sql}) AS t`))
    .where('id', operand(knex, 'id', resource.idKind, resource.idKind === 'number' ? Number(id) : id))
    .first<Row | undefined>('*');
  if (!row) throw new RefusalError('not-found', `There is nothing under the id ${id}.`);
  const [completed] = await complete(resource, [row]);
  return { body: { ...completed, ...(await resource.one?.(row)) } };
}

/** GET the list and GET one, for every role of staff. `full` is the schema of the single record where it shows more. */
export function resourceRoutes<S extends z.ZodType>(
  deps: ApiDeps,
  resource: Resource<S>,
  full: z.ZodType = resource.schema,
): Route[] {
  const { name, title, schema } = resource;
  return [
    route({
      method: 'get',
      path: `/admin/v1/${name}`,
      access: 'read',
      tag: name,
      summary: title,
      query: listQuery,
      answer: z.array<z.ZodType>(schema),
      handler: ({ query }) => list(deps, resource, query),
    }),
    route({
      method: 'get',
      path: `/admin/v1/${name}/:id`,
      access: 'read',
      tag: name,
      summary: `${title}: one`,
      params: idParams,
      answer: full,
      handler: ({ params }) => one(deps, resource, params.id),
    }),
  ];
}

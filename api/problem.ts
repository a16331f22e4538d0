/** Everything that is not an answer: RFC 9457 problems with a code of the one catalogue. */
import type { core } from 'zod';
import { z } from 'zod';
import { REFUSALS, RefusalError, type RefusalCode } from '../domain/refusal';

export interface Fault {
  /** JSON pointer into the body (`#/amount`), or the name of a query or path parameter (`?range`, `:id`). */
  readonly pointer: string;
  readonly code: RefusalCode;
  readonly detail: string;
}

/** A refusal that points at the fields concerned. */
export class RequestError extends RefusalError {
  readonly faults: readonly Fault[];
  constructor(faults: readonly [Fault, ...Fault[]]) {
    super(faults[0].code, faults[0].detail);
    this.name = 'RequestError';
    this.faults = faults;
  }
}

/** Refused for now: `seconds` until another try makes sense. */
export class LimitError extends RefusalError {
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super('too-many-requests', `Try again in ${retryAfterSeconds} seconds.`);
    this.name = 'LimitError';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export const problemSchema = z
  .strictObject({
    type: z.string().meta({ description: 'URI of the page about this code', example: '/problems/not-found' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    code: z.string(),
    requestId: z.string(),
    errors: z.array(z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
  })
  .meta({ description: 'RFC 9457' });

export type Problem = z.output<typeof problemSchema>;

export function problemOf(error: RefusalError, instance: string, requestId: string): Problem {
  const { status, title } = REFUSALS[error.code];
  return {
    type: `/problems/${error.code}`,
    title,
    status,
    detail: error.message,
    instance,
    code: error.code,
    requestId,
    ...(error instanceof RequestError ? { errors: error.faults.map((fault) => ({ ...fault })) } : {}),
  };
}

function isRefusalCode(code: unknown): code is RefusalCode {
  return typeof code === 'string' && code in REFUSALS;
}

type Place = 'body' | 'query' | 'params';

function pointerOf(place: Place, path: readonly PropertyKey[]): string {
  if (place === 'query') return `?${path.map(String).join('.')}`;
  if (place === 'params') return `:${path.map(String).join('.')}`;
  return `#${path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`;
}

function faultsOf(place: Place, issue: core.$ZodIssue): Fault[] {
  if (issue.code === 'unrecognized_keys') {
    const code = place === 'query' ? 'unknown-filter' : 'unknown-field';
    return issue.keys.map((key) => ({
      pointer: pointerOf(place, [...issue.path, key]),
      code,
      detail: `"${key}" is not known here.`,
    }));
  }
  const own: unknown = issue.code === 'custom' ? issue.params?.['refusal'] : undefined;
  const code = isRefusalCode(own) ? own : 'malformed-request';
  return [{ pointer: pointerOf(place, issue.path), code, detail: issue.message }];
}

export const UNSTORABLE = 'Text holds a NUL character, or half of one that takes two.';

const isUnstorable = (text: string): boolean => text.includes('\0') || /\p{Cs}/u.test(text);

/** Where text is, in values and in names, that Postgres cannot hold: NUL, or half of a character. Not by recursion:
 * how deep a body goes is its sender's choice. */
export function unstorableIn(part: unknown): readonly PropertyKey[] | null {
  const open: { readonly value: unknown; readonly path: readonly PropertyKey[] }[] = [
    { value: part, path: [] },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && isUnstorable(value)) return path;
    if (typeof value !== 'object' || value === null) continue;
    for (const [name, item] of Object.entries(value)) {
      if (isUnstorable(name)) return path;
      open.push({ value: item, path: path.length < 10 ? [...path, name] : path });
    }
  }
  return null;
}

/** Reads one part of a request by its schema; throws RequestError naming every fault, the gravest code first. */
export function readPart<S extends z.ZodType>(schema: S, place: Place, value: unknown): z.output<S> {
  const at = unstorableIn(value);
  if (at !== null) {
    throw new RequestError([
      { pointer: pointerOf(place, at), code: 'malformed-request', detail: UNSTORABLE },
    ]);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => faultsOf(place, issue));
  const unknown = faults.filter(({ code }) => code === 'unknown-field' || code === 'unknown-filter');
  const [first, ...rest] = [...unknown, ...faults.filter((fault) => !unknown.includes(fault))];
  if (!first) throw new RefusalError('malformed-request');
  throw new RequestError([first, ...rest]);
}

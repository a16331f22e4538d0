/** The demo's view of the product: its public HTTP API, as any outside program would call it. */
import { randomUUID } from 'node:crypto';

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

export type Json = { readonly [key: string]: unknown };

/** A refusal (RFC 9457 problem) with the catalogue's code. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, detail: string) {
    super(`${String(status)} ${code}: ${detail}`);
    this.name = 'ProblemError';
    this.status = status;
    this.code = code;
  }
}

export interface Session {
  get(path: string): Promise<Json>;
  list(path: string): Promise<Json[]>;
  post(path: string, body?: Json): Promise<Json>;
  /** The refusal's code, or 'accepted' where the call was not refused. */
  refusalOf(path: string, body?: Json): Promise<string>;
}

const CALL_TIMEOUT_MS = 30_000;

/** Calls the API at `baseUrl` as the holder of `token` (none: nobody). Every POST carries a fresh Idempotency-Key. */
export function makeSession(baseUrl: string, token?: string): Session {
  const call = async (method: string, path: string, body?: Json): Promise<unknown> => {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(method === 'POST' ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
      },
      ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? {} : JSON.parse(text);
    if (!response.ok) {
      const problem = isJson(parsed) ? parsed : {};
      throw new ProblemError(response.status, textOf(problem['code']), textOf(problem['detail']));
    }
    return parsed;
  };
  const one = async (method: string, path: string, body?: Json): Promise<Json> => {
    const parsed = await call(method, path, body);
    if (!isJson(parsed)) throw new Error(`${method} ${path} did not answer an object`);
    return parsed;
  };
  return {
    get: (path) => one('GET', path),
    list: async (path) => {
      const parsed = await call('GET', path);
      const rows: unknown = isJson(parsed) ? parsed['data'] : parsed;
      if (!Array.isArray(rows)) throw new Error(`GET ${path} did not answer a list`);
      return rows.filter(isJson);
    },
    post: (path, body) => one('POST', path, body),
    refusalOf: async (path, body) => {
      try {
        await one('POST', path, body);
        return 'accepted';
      } catch (error) {
        if (error instanceof ProblemError) return error.code;
        throw error;
      }
    },
  };
}

/** Whether a parsed answer is an object (not a list). */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field as text; '' where it is absent. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** A field as an object; empty where it is absent. */
export function objectOf(value: unknown): Json {
  return isJson(value) ? value : {};
}

/** A field as a list of objects; empty where it is absent. */
export function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** A field as an amount in atto; throws where it is not canonical text. */
export function amountOf(value: unknown): bigint {
  if (typeof value !== 'string' || !/^-?\d+$/.test(value))
    throw new Error(`not an amount: ${JSON.stringify(value)}`);
  return BigInt(value);
}

/** The filter, sort and range of an admin list, in the ra-data-simple-rest dialect. */
export function listQuery(
  filter: Json,
  sort: readonly [string, 'ASC' | 'DESC'] = ['id', 'DESC'],
  size = 100,
): string {
  const query = new URLSearchParams({
    filter: JSON.stringify(filter),
    range: JSON.stringify([0, size - 1]),
    sort: JSON.stringify(sort),
  });
  return `?${query.toString()}`;
}

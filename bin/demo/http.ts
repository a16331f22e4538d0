/** The demo's view of the product: its public HTTP API, as any outside program would call it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

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

const TRIES = 40;
const TRY_AGAIN_MS = 1_000;

const UNAVAILABLE = 503;

/** The answer of the first process that gives one; the same request at each, so that it has one effect. */
async function answerOf(
  urls: readonly string[],
  tries: number,
  path: string,
  request: RequestInit,
): Promise<{ response: Response; text: string }> {
  for (let n = 1; ; n += 1) {
    try {
      const url = new URL(path, urls[n % urls.length]);
      const response = await fetch(url, { ...request, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
      if (response.status !== UNAVAILABLE || n >= tries) return { response, text: await response.text() };
    } catch (error) {
      if (n >= tries) throw error;
    }
    await delay(TRY_AGAIN_MS);
  }
}

/**
 * Calls the API as the holder of `token` (none: nobody). Every POST carries a fresh Idempotency-Key. With a list
 * of the API's processes the caller is patient: what got no answer, or 503, is asked again at the next one, same key.
 */
export function makeSession(baseUrl: string | readonly string[], token?: string): Session {
  const [urls, tries] = typeof baseUrl === 'string' ? [[baseUrl], 1] : [baseUrl, TRIES];
  const call = async (method: string, path: string, body?: Json): Promise<unknown> => {
    const { response, text } = await answerOf(urls, tries, path, {
      method,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(method === 'POST' ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
      },
      ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
    });
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

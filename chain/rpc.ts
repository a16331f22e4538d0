/**
 * The one door to a Lotus node: @glif's LotusRpcEngine with a time-out, and errors that say what kind they are.
 * The engine loses error codes and wraps failures by HTTP status, so the body is judged before the engine sees it.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import LotusRpcEngine from '@glif/filecoin-rpc-client';

const RETRY_MS = 1_000;

export interface LotusOptions {
  readonly url: string;
  /** Bearer token; absent = anonymous, which a node allows to read. */
  readonly token?: string | undefined;
  /** Default 15,000: the engine itself would wait for ever. */
  readonly timeoutMs?: number | undefined;
  /** How often a call that got no answer is made in all; default 1: activities are retried by their workflow. */
  readonly tries?: number | undefined;
}

/**
 * `rpc`: the node answered with a JSON-RPC error (also when HTTP said 500). `http`: an answer that is none, such as
 * 401 for a bad token. `timeout` and `network`: no answer; a call that changes something may still have worked.
 */
export type LotusErrorKind = 'rpc' | 'http' | 'timeout' | 'network';

export class LotusError extends Error {
  readonly kind: LotusErrorKind;
  readonly method: string;
  /** The node's own words. */
  readonly text: string;
  /** JSON-RPC code (1 generic, 3 execution reverted, 11 actor not found) or HTTP status; null without an answer. */
  readonly code: number | null;
  constructor(kind: LotusErrorKind, method: string, text: string, code: number | null) {
    super(`${method}: ${text}`);
    this.name = 'LotusError';
    this.kind = kind;
    this.method = method;
    this.text = text;
    this.code = code;
  }
}

/** Calls a method without its "Filecoin." prefix; the answer is what the caller's schema makes of it. */
export type Rpc = (method: string, ...params: readonly unknown[]) => Promise<unknown>;

/** Makes the caller; every failure is a LotusError. */
export function makeRpc(options: LotusOptions): Rpc {
  const engine = new LotusRpcEngine({
    apiAddress: options.url,
    ...(options.token === undefined ? {} : { token: options.token }),
    axiosOpts: {
      timeout: options.timeoutMs ?? 15_000,
      httpAgent: new HttpAgent({ keepAlive: true }),
      httpsAgent: new HttpsAgent({ keepAlive: true }),
      transformResponse: [readBody],
    },
  });
  return async (method, ...params) => {
    for (let left = options.tries ?? 1; ; left -= 1) {
      try {
        return await engine.request<unknown>(method, ...params);
      } catch (error) {
        const failure = classify(method, error);
        if (left <= 1 || !isNoAnswer(failure)) throw failure;
        await delay(RETRY_MS);
      }
    }
  };
}

/** The node did not say anything about the call: asked again, it may. */
function isNoAnswer({ kind, code }: LotusError): boolean {
  return kind === 'timeout' || kind === 'network' || (kind === 'http' && (code ?? 0) >= 500);
}

/** Carries a JSON-RPC error out of axios' transform with its code. */
class RpcAnswer extends Error {
  readonly code: number;
  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

function readBody(body: unknown): unknown {
  if (typeof body !== 'string' || body === '') return body;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    // Not JSON: a proxy's page or "404 page not found"; the caller sees no result and says so.
    return body;
  }
  if (isRecord(parsed) && isRecord(parsed['error'])) {
    const { code, message } = parsed['error'];
    throw new RpcAnswer(typeof code === 'number' ? code : 1, typeof message === 'string' ? message : body);
  }
  return parsed;
}

function classify(method: string, error: unknown): LotusError {
  if (error instanceof RpcAnswer) return new LotusError('rpc', method, error.message, error.code);
  if (!isRecord(error)) return new LotusError('network', method, String(error), null);
  const response = error['response'];
  if (isRecord(response)) {
    const status = typeof response['status'] === 'number' ? response['status'] : null;
    const body = typeof response['data'] === 'string' ? response['data'].trim() : '';
    return new LotusError('http', method, `HTTP ${status ?? '?'} ${body}`.trim(), status);
  }
  const text = error instanceof Error ? error.message : 'no answer';
  const timedOut = error['code'] === 'ECONNABORTED' || error['code'] === 'ETIMEDOUT';
  return new LotusError(timedOut ? 'timeout' : 'network', method, text, null);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

import { BadParam, ChannelMethod, RpcFailure } from './failure';
import { goJson } from './encode';
import type { Caller, Method, Methods } from './method';
import { kindOf } from './decode';

/** The answer to one HTTP body: status and text; an empty text for notifications. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

const CODE = { parse: -32700, invalid: -32600, unknown: -32601, params: -32602, panic: 0 } as const;
const STATUS = { ok: 200, badRequest: 400, failed: 500 } as const;
const NAMESPACE = { control: 'Devnet.', node: 'Filecoin.' } as const;

interface Request {
  readonly id: unknown;
  readonly method: string;
  readonly params: unknown;
}

type Answer = { readonly status: number; readonly json: object | null };

function failed(id: unknown, code: number, message: string, data: string | null = null): object {
  return { error: { code, message, ...(data === null ? {} : { data }) }, id: id ?? null, jsonrpc: '2.0' };
}

const refused = (id: unknown, code: number, message: string): Answer => ({
  status: code === CODE.invalid ? STATUS.badRequest : STATUS.failed,
  json: failed(id, code, message),
});

/** Why a parsed body is no request; null when it is one. Go's type names. */
function badId(id: unknown): string | null {
  if (id === undefined || id === null || typeof id === 'string' || typeof id === 'number') return null;
  const names: Readonly<Record<string, string>> = {
    object: 'map[string]interface {}',
    array: '[]interface {}',
  };
  const kind = kindOf(id);
  return `failed to parse ID: invalid id type: ${names[kind] ?? kind}`;
}

/** A field of a request; Go matches names without regard to case. */
function named(source: object, name: string): unknown {
  if (Object.hasOwn(source, name)) return Reflect.get(source, name);
  const other = Object.keys(source).find((key) => key.toLowerCase() === name);
  return other === undefined ? undefined : Reflect.get(source, other);
}

function asRequest(value: unknown): Request | null {
  if (value === null) return { id: null, method: '', params: undefined };
  if (typeof value !== 'object' || Array.isArray(value)) return null;
  const method = named(value, 'method') ?? '';
  const version = named(value, 'jsonrpc') ?? '';
  if (typeof method !== 'string' || typeof version !== 'string') return null;
  return { id: named(value, 'id'), method, params: named(value, 'params') };
}

/** What stands around every method call: the devnet's faults hook in here. */
export type Interceptor = (method: string, call: () => unknown) => unknown;

export interface Handler {
  readonly methods: Methods;
  readonly intercept: Interceptor;
}

function decodeParams(request: Request, handler: Handler): readonly unknown[] | Answer {
  const { id, method, params } = request;
  const declared = handler.methods[method]?.params ?? [];
  const given: unknown = params ?? [];
  if (!Array.isArray(given)) {
    const text = `unmarshaling param array: json: cannot unmarshal ${kindOf(given)} into Go value of type []jsonrpc.param`;
    return refused(id, CODE.parse, text);
  }
  if (given.length !== declared.length) {
    return refused(
      id,
      CODE.params,
      `wrong param count (method '${method}'): ${given.length} != ${declared.length}`,
    );
  }
  const out: unknown[] = [];
  for (const [i, decoder] of declared.entries()) {
    try {
      out.push(decoder.read(given[i]));
    } catch (error) {
      if (!(error instanceof BadParam)) throw error;
      return refused(
        id,
        CODE.parse,
        `unmarshaling params for '${method}' (param: ${decoder.go}): ${error.message}`,
      );
    }
  }
  return out;
}

function shortName(method: string): string {
  return method.replace(NAMESPACE.node, '');
}

const isNotification = (id: unknown): boolean => id === undefined || id === null;

/** What an error of a method becomes; faults of the transport pass through. */
function refusal(request: Request, error: unknown): Answer {
  const { id, method } = request;
  if (error instanceof HttpFault) throw error;
  if (error instanceof ChannelMethod) return refused(id, CODE.unknown, error.message);
  if (error instanceof RpcFailure) {
    const json = isNotification(id) ? null : failed(id, error.code, error.message, error.data);
    return { status: STATUS.ok, json };
  }
  const why = error instanceof Error ? error.message : String(error);
  return refused(id, CODE.panic, `fatal error calling '${method}': panic in rpc method '${method}': ${why}`);
}

function checkPermission(name: string, need: Method['need'], caller: Caller): void {
  const may = need === 'control' ? caller.control : caller.permissions.includes(need);
  if (!may) throw new RpcFailure(`missing permission to invoke '${shortName(name)}' (need '${need}')`);
}

async function call(request: Request, handler: Handler, caller: Caller): Promise<Answer> {
  const { id, method } = request;
  const found = Object.hasOwn(handler.methods, method) ? handler.methods[method] : undefined;
  if (found === undefined) return refused(id, CODE.unknown, `method '${method}' not found`);
  const args = decodeParams(request, handler);
  if ('status' in args) return args;
  try {
    checkPermission(method, found.need, caller);
    const result = await handler.intercept(method, () => found.run(args, caller));
    return {
      status: STATUS.ok,
      json: isNotification(id) ? null : { id, jsonrpc: '2.0', result: result ?? null },
    };
  } catch (error) {
    return refusal(request, error);
  }
}

/** Leaves JSON-RPC altogether: the connection gets this status and text. */
export class HttpFault extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'HttpFault';
    this.status = status;
  }
}

async function one(value: unknown, handler: Handler, caller: Caller): Promise<Answer> {
  const request = asRequest(value);
  if (request === null) {
    const id: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'id') : null;
    return refused(id, CODE.parse, 'Parse error');
  }
  const bad = badId(request.id);
  return bad === null ? call(request, handler, caller) : refused(null, CODE.parse, bad);
}

const text = (json: object | null): string => (json === null ? '' : `${goJson(json)}\n`);

async function batch(values: readonly unknown[], handler: Handler, caller: Caller): Promise<Reply> {
  if (values.length === 0) return reply(refused(null, CODE.invalid, 'Invalid request'));
  const wrong = values.some((value) => asRequest(value) === null);
  if (wrong) return reply(refused(null, CODE.parse, 'Parse error'));
  const answers: string[] = [];
  for (const value of values) {
    const answer = await one(value, handler, caller);
    if (answer.json !== null) answers.push(text(answer.json));
  }
  return { status: STATUS.ok, body: answers.length === 0 ? '' : `[${answers.join(',')}]` };
}

const reply = (answer: Answer): Reply => ({ status: answer.status, body: text(answer.json) });

/** Answers one HTTP body; throws HttpFault when a fault of the devnet wants another end. */
export async function answerBody(body: string, handler: Handler, caller: Caller): Promise<Reply> {
  const trimmed = body.trim();
  if (trimmed === '') return reply(refused(null, CODE.invalid, 'Invalid request'));
  let parsed: unknown;
  try {
    parsed = JSON.parse(trimmed);
  } catch {
    return reply(refused(null, CODE.parse, 'Parse error'));
  }
  return Array.isArray(parsed) ? batch(parsed, handler, caller) : reply(await one(parsed, handler, caller));
}

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(__dirname, '..', '..');
const READY_MS = 30_000;

/** What came back for one HTTP body. */
export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly type: string | null;
}

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: string;
}

/** The caller says what it expects; the node is held to it by what the test then asserts. */

export type Call = <T = unknown>(method: string, ...params: unknown[]) => Promise<T>;

type Permission = 'admin' | 'sign' | 'write' | 'read';

/** A devnet in a process of its own, with a small JSON-RPC client. */
export interface Devnet {
  readonly url: string;
  readonly tokens: Readonly<Record<Permission, string>>;
  /** Calls `Filecoin.<method>`; throws what the node refused with. */
  readonly call: Call;
  /** Calls `Devnet.<method>` with the control token. */
  readonly control: Call;
  /** The error of a call that must fail. */
  readonly error: (method: string, ...params: unknown[]) => Promise<RpcError>;
  readonly post: (body: string, headers?: Record<string, string>, path?: string) => Promise<Reply>;
  readonly stop: (signal?: 'SIGTERM' | 'SIGKILL') => Promise<number | null>;
  readonly data: string;
}

interface Ready {
  readonly rpc: string;
  readonly tokens: Devnet['tokens'];
}

export const CONTROL = 'control-me';

export class Refused extends Error {
  readonly error: RpcError;
  readonly status: number;
  constructor(error: RpcError, status: number) {
    super(error.message);
    this.error = error;
    this.status = status;
  }
}

function readyLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('devnet did not get ready')), READY_MS);
    const lines = createInterface({ input: child.stdout! });
    lines.once('line', (line) => {
      clearTimeout(late);
      resolve(line);
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`devnet ended with ${code}`));
    });
  });
}

export function dataFolder(): string {
  return mkdtempSync(join(tmpdir(), 'devnet-test-'));
}

/** Starts a devnet on a free port; without `data` in a folder that is removed at its end. */
export async function startDevnet(
  options: { data?: string; args?: readonly string[]; controlled?: boolean } = {},
): Promise<Devnet> {
  const data = options.data ?? dataFolder();
  const control = options.controlled === false ? [] : ['--control-token', CONTROL];
  const args = [
    '--import',
    'tsx',
    'devnet/main.ts',
    '--port',
    '0',
    '--data',
    data,
    ...control,
    ...(options.args ?? []),
  ];
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = JSON.parse(await readyLine(child)) as Ready;
  const url = ready.rpc;
  let id = 0;

  const post: Devnet['post'] = async (body, headers = {}, path = '/rpc/v1') => {
    const response = await fetch(new URL(path, url), { method: 'POST', headers, body });
    return {
      status: response.status,
      text: await response.text(),
      type: response.headers.get('content-type'),
    };
  };

  async function invoke<T>(method: string, params: unknown[], token: string): Promise<T> {
    id += 1;
    const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const { status, text } = await post(body, {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    });
    const answer = JSON.parse(text) as { error?: RpcError; result?: unknown };
    if (answer.error !== undefined) throw new Refused(answer.error, status);
    return answer.result as T;
  }
  const call: Devnet['call'] = (method, ...params) =>
    invoke(`Filecoin.${method}`, params, ready.tokens.admin);
  return {
    url,
    tokens: ready.tokens,
    data,
    call,
    control: (method, ...params) => invoke(`Devnet.${method}`, params, CONTROL),
    error: async (method, ...params) => {
      const refusal = await call(method, ...params).then(
        (result) => new Error(`${method} gave ${JSON.stringify(result)}`),
        (error: unknown) => error,
      );
      if (refusal instanceof Refused) return refusal.error;
      throw refusal;
    },
    post,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const code = await ended;
      if (options.data === undefined) rmSync(data, { recursive: true, force: true });
      return code;
    },
  };
}

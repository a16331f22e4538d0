import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { readyOrStopped, startChild } from '../../stack/child';
import { callJsonRpc } from '../../stack/json-rpc';
import { freePort } from '../../stack/port';

const ROOT = join(__dirname, '..', '..');

export interface DevnetOptions {
  /** Milliseconds between tipsets; 0 (default): only when asked for by `control('Devnet.Mine', n)`. */
  readonly epochMs?: number;
  /** Seconds of chain time an epoch stands for; default 30. */
  readonly epochSeconds?: number;
  /** Epochs; default 10. */
  readonly finality?: number;
  readonly network?: 'f' | 't';
  /** Unix seconds. */
  readonly genesisTime?: number;
  /** Data of an earlier run to go on from. */
  readonly folder?: string;
  /** False: without the control namespace, as an outside node. */
  readonly control?: boolean;
}

export interface TestDevnet {
  /** URL of its JSON-RPC endpoint. */
  readonly rpc: string;
  readonly network: string;
  readonly tokens: {
    readonly admin: string;
    readonly sign: string;
    readonly write: string;
    readonly read: string;
  };
  readonly controlToken: string;
  readonly folder: string;
  /** Calls a method, control namespace or Lotus, and gives its result; throws with the node's error text. */
  readonly control: (method: string, ...params: unknown[]) => Promise<unknown>;
  readonly stop: () => Promise<void>;
  /** As `stop`, without a chance to put anything in order. */
  readonly kill: () => Promise<void>;
}

/** Starts a devnet of its own on a free port. Call `stop` in afterAll. */
export async function startDevnet(options: DevnetOptions = {}): Promise<TestDevnet> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'loanstone-devnet-'));
  const controlToken = randomBytes(16).toString('hex');
  const args = ['--import', 'tsx', 'devnet/main.ts', '--port', String(await freePort()), '--data', folder];
  args.push(
    '--epoch-ms',
    String(options.epochMs ?? 0),
    '--epoch-seconds',
    String(options.epochSeconds ?? 30),
  );
  args.push('--finality', String(options.finality ?? 10), '--network', options.network ?? 'f');
  if (options.genesisTime !== undefined) args.push('--genesis-time', String(options.genesisTime));
  if (options.control !== false) args.push('--control-token', controlToken);
  const child = startChild({
    name: 'devnet',
    command: process.execPath,
    args,
    cwd: ROOT,
    logFile: join(folder, 'devnet.log'),
  });
  const ready = (await readyOrStopped(child, child.firstJson('rpc', 30_000))) as unknown as Pick<
    TestDevnet,
    'rpc' | 'network' | 'tokens'
  >;
  return {
    ...ready,
    controlToken,
    folder,
    control: (method, ...params) => {
      const token = method.startsWith('Devnet.') ? controlToken : ready.tokens.admin;
      return callJsonRpc({ rpc: ready.rpc, token, method, params });
    },
    stop: () => child.stop(),
    kill: () => child.stop(0),
  };
}

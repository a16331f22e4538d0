import { spawn } from 'node:child_process';
import { identity, type Account } from './account';
import { forgetGroup, noteGroup, signalGroup } from './process-group';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly account?: Account | undefined;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

const LAST_LINES = 8;

/**
 * Runs a program to its end and gives what it printed on stdout. It has a process group of its own, which is killed
 * whole at the time limit or when the signal is raised.
 * @throws an Error with its last words unless it ends with 0
 */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { cwd, env = process.env, account, timeoutMs, signal } = options;
  if (signal?.aborted === true) return Promise.reject(new Error(`${command}: stopped`));
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...identity(account),
  });
  const { pid } = child;
  if (pid !== undefined) noteGroup(pid, 'SIGKILL');
  const out: Buffer[] = [];
  const words: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    out.push(chunk);
    words.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => words.push(chunk));
  let killed: string | undefined;
  const kill = (why: string): void => {
    killed = why;
    if (pid !== undefined) signalGroup(pid, 'SIGKILL');
  };
  const abort = (): void => kill('stopped');
  signal?.addEventListener('abort', abort, { once: true });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => kill(`still ran after ${timeoutMs / 1000} s`), timeoutMs);
  return new Promise<string>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${command}: ${error.message}`)));
    child.once('close', (code, endSignal) => {
      if (code === 0 && killed === undefined) resolve(Buffer.concat(out).toString('utf8'));
      else {
        const said = Buffer.concat(words).toString('utf8').trim().split('\n').slice(-LAST_LINES).join('\n');
        reject(
          new Error(
            `${command}: ${killed ?? `exit ${code ?? endSignal ?? '?'}`}${said === '' ? '' : `\n${said}`}`,
          ),
        );
      }
    });
  }).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    if (pid !== undefined) forgetGroup(pid);
  });
}

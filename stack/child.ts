import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { identity, type Account } from './account';
import { forgetGroup, noteGroup, signalGroup } from './process-group';
import { waitFor } from './wait';

export interface ChildOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** stdout and stderr go here, appended: no pipe, so a child never waits for us. */
  readonly logFile: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly account?: Account | undefined;
  /** Asks the program to end in good order; default SIGTERM. */
  readonly stopSignal?: NodeJS.Signals;
  /** For the case that we end without stopping it; default SIGKILL. */
  readonly abandonSignal?: NodeJS.Signals;
  /** Stops the child when raised. */
  readonly signal?: AbortSignal | undefined;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves once the process is gone: "exit code 1", "signal SIGKILL". */
  readonly exited: Promise<string>;
  /** Undefined while it runs. */
  readonly ending: () => string | undefined;
  /** Waits for the first line of JSON on stdout that has the key; log lines are JSON too. */
  readonly firstJson: (key: string, timeoutMs: number) => Promise<Record<string, unknown>>;
  /** Asks, waits up to graceMs, then kills the whole process group. Safe to repeat. */
  readonly stop: (graceMs?: number) => Promise<void>;
}

function jsonLine(text: string, key: string): Record<string, unknown> | undefined {
  for (const line of text.split('\n').slice(0, -1)) {
    if (!line.startsWith('{')) continue;
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value === 'object' && value !== null && key in value)
        return value as Record<string, unknown>;
    } catch {
      // a line of the program's own log that only looks like JSON
    }
  }
  return undefined;
}

/** The last lines of a log, for messages about a part that did not come up. */
export function logTail(file: string, lines = 12): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

/** Waits for a child to become ready; when it does not, it is stopped before the error goes on. */
export async function readyOrStopped<T>(child: Child, ready: Promise<T>): Promise<T> {
  try {
    return await ready;
  } catch (error) {
    await child.stop();
    throw error;
  }
}

/** Starts a program in a process group of its own. */
export function startChild(options: ChildOptions): Child {
  const log = openSync(options.logFile, 'a', 0o600);
  const offset = statSync(options.logFile).size;
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...identity(options.account),
  });
  closeSync(log);
  let ended: string | undefined;
  const exited = new Promise<string>((resolve) => {
    const settle = (how: string): void => {
      ended = how;
      if (child.pid !== undefined) forgetGroup(child.pid);
      resolve(how);
    };
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) =>
      settle(signal === null ? `exit code ${code ?? '?'}` : `signal ${signal}`),
    );
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${options.name}: ${options.command} could not be started`);
  noteGroup(pid, options.abandonSignal ?? 'SIGKILL');
  const ending = (): string | undefined =>
    ended === undefined ? undefined : `${options.name} ended (${ended}):\n${logTail(options.logFile)}`;
  const stop = async (graceMs = 10_000): Promise<void> => {
    if (ended === undefined) {
      process.kill(pid, options.stopSignal ?? 'SIGTERM');
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      await exited;
      clearTimeout(timer);
    }
  };
  const abort = (): void => void stop();
  if (options.signal?.aborted === true) abort();
  options.signal?.addEventListener('abort', abort, { once: true });
  void exited.then(() => options.signal?.removeEventListener('abort', abort));
  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    exited,
    ending,
    firstJson: (key, timeoutMs) =>
      waitFor(
        () => Promise.resolve(jsonLine(readFileSync(options.logFile).subarray(offset).toString('utf8'), key)),
        {
          what: options.name,
          timeoutMs,
          giveUp: ending,
        },
      ),
    stop,
  };
}

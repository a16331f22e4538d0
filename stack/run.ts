import { execFile, type ExecFileOptions } from 'node:child_process';
import { identity, type Account } from './account';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly account?: Account | undefined;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A program that ended badly or could not be started; the message ends with its last words. */
export class RunError extends Error {
  constructor(command: string, reason: string) {
    super(`${command}: ${reason}`);
    this.name = 'RunError';
  }
}

/** Runs a program to its end without blocking and gives what it printed; throws RunError unless it ends with 0. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const settings: ExecFileOptions = {
    ...identity(options.account),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    timeout: options.timeoutMs ?? 0,
    killSignal: 'SIGKILL',
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((resolve, reject) => {
    execFile(command, args, settings, (error, stdout, stderr) => {
      if (error === null) resolve(String(stdout));
      else {
        const words = String(stderr).trim() || String(stdout).trim();
        const lastWords = words.split('\n').slice(-6).join('\n');
        const what = error.killed === true ? 'killed after its time limit' : error.message.split('\n')[0];
        reject(new RunError(command, lastWords === '' ? (what ?? 'failed') : lastWords));
      }
    });
  });
}

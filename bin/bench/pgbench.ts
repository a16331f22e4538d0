import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const DEBIAN = '/usr/lib/postgresql';

export interface PgbenchRun {
  readonly clients: number;
  readonly perSecond: number;
  readonly latencyMs: number;
}

/** pgbench on PATH or where Debian keeps it; null where there is none (the npm binaries come without it). */
export function findPgbench(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort().reverse() : [];
  for (const command of ['pgbench', ...versions.map((version) => join(DEBIAN, version, 'bin', 'pgbench'))]) {
    try {
      execFileSync(command, ['--version'], { stdio: 'ignore' });
      return command;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
  return null;
}

/** Makes the tables of TPC-B. */
export async function initialiseTpcB(pgbench: string, url: string, scale: number): Promise<void> {
  await execute(pgbench, ['--initialize', '--scale', String(scale), '--quiet', url]);
}

/** One run with prepared statements; `file` is a script of ours, TPC-B where there is none. */
export async function runPgbench(
  pgbench: string,
  url: string,
  { clients, seconds, file }: { clients: number; seconds: number; file?: string },
): Promise<PgbenchRun> {
  const args = ['--protocol=prepared', '--no-vacuum', '--time', String(seconds), '--client', String(clients)];
  args.push('--jobs', String(Math.min(clients, 2)), ...(file === undefined ? [] : ['--file', file]), url);
  const { stdout } = await execute(pgbench, args, { timeout: (seconds + 120) * 1000 });
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(stdout)?.[1];
    if (found === undefined) throw new Error(`pgbench says nothing of ${pattern}: ${stdout}`);
    return Number(found);
  };
  const failed = number(/number of failed transactions: (\d+)/);
  if (failed > 0) throw new Error(`pgbench: ${failed} transactions failed`);
  return {
    clients,
    perSecond: number(/^tps = ([\d.]+)/m),
    latencyMs: number(/^latency average = ([\d.]+) ms/m),
  };
}

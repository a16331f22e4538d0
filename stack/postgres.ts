import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKnex } from '../db/knex';
import { identity, privateFolder, unprivilegedAccount } from './account';
import { startChild, type Child } from './child';
import { postgresBinaries } from './postgres-binaries';
import { waitFor } from './wait';

export interface PostgresOptions {
  /** The cluster's own folder; must be reachable by the account that runs Postgres. */
  readonly folder: string;
  readonly logFile: string;
  readonly port: number;
  /** Of the superuser `postgres`; applied when the cluster is made. */
  readonly password: string;
  /** For tests only: survives no power cut. */
  readonly unsafeFast?: boolean;
}

export interface Postgres {
  readonly child: Child;
  /** Superuser, database `postgres`. */
  readonly adminUrl: string;
}

function initialise(options: PostgresOptions, binaries: string): void {
  const account = unprivilegedAccount();
  const secret = mkdtempSync(join(tmpdir(), 'loanstone-pw-'));
  const passwordFile = join(secret, 'password');
  try {
    writeFileSync(passwordFile, options.password, { mode: 0o600 });
    if (account !== undefined) {
      chownSync(secret, account.uid, account.gid);
      chownSync(passwordFile, account.uid, account.gid);
    }
    const args = ['--pgdata', options.folder, '--username', 'postgres', '--pwfile', passwordFile];
    args.push('--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C', '--no-sync');
    const result = spawnSync(join(binaries, 'initdb'), args, {
      ...identity(account),
      cwd: '/',
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      timeout: 120_000,
    });
    if (result.status !== 0) {
      throw new Error(
        `initdb failed in ${options.folder}: ${result.stderr || (result.error?.message ?? 'no reason')}`,
      );
    }
  } finally {
    rmSync(secret, { recursive: true, force: true });
  }
}

/**
 * Removes the pid file of a Postgres that did not end in good order. Postgres does so itself unless the pid has been
 * given to another program since (every container start does that).
 */
function removeStalePidFile(folder: string): void {
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const command = `/proc/${pid}/cmdline`;
  if (
    existsSync('/proc/self/cmdline') &&
    existsSync(command) &&
    readFileSync(command, 'utf8').includes(folder)
  ) {
    throw new Error(`a Postgres (pid ${pid}) still runs in ${folder}`);
  }
  if (existsSync('/proc/self/cmdline')) rmSync(file, { force: true });
}

async function answers(adminUrl: string): Promise<true> {
  const knex = makeKnex(adminUrl, { poolMax: 1, applicationName: 'loanstone-probe' });
  try {
    await knex.raw('SELECT 1');
    return true;
  } finally {
    await knex.destroy();
  }
}

/** Whether the Postgres behind the URL takes connections; throws with its reason while not. */
export const postgresAnswers = answers;

/** Makes the cluster when the folder holds none, and starts a server on 127.0.0.1. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const account = unprivilegedAccount();
  const binaries = postgresBinaries(account);
  privateFolder(options.folder, account);
  if (!existsSync(join(options.folder, 'PG_VERSION'))) initialise(options, binaries);
  removeStalePidFile(options.folder);
  const settings = [
    `port=${options.port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'timezone=UTC',
  ];
  settings.push('max_connections=200', 'log_timezone=UTC');
  if (options.unsafeFast === true)
    settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const child = startChild({
    name: 'postgres',
    command: join(binaries, 'postgres'),
    args: ['-D', options.folder, ...settings.flatMap((setting) => ['-c', setting])],
    logFile: options.logFile,
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    account,
    stopSignal: 'SIGINT',
    abandonSignal: 'SIGQUIT',
  });
  const adminUrl = `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/postgres`;
  await waitFor(() => answers(adminUrl), { what: 'postgres', timeoutMs: 60_000, giveUp: child.ending });
  return { child, adminUrl };
}

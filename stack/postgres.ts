import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { privateFolder, unprivilegedAccount } from './account';
import { readyOrStopped, startChild, type Child } from './child';
import { run } from './run';
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
  readonly signal?: AbortSignal | undefined;
}

export interface Postgres {
  readonly child: Child;
  /** Superuser, database `postgres`. */
  readonly adminUrl: string;
}

/** Made beside its place and moved there when whole: a start that is broken off leaves no half cluster. */
async function initialise(options: PostgresOptions, binaries: string): Promise<void> {
  const account = unprivilegedAccount();
  const partial = privateFolder(`${options.folder}.new`, account);
  rmSync(partial, { recursive: true, force: true });
  privateFolder(partial, account);
  const passwordFile = join(partial, 'password');
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (account !== undefined) chownSync(passwordFile, account.uid, account.gid);
  const cluster = join(partial, 'cluster');
  const args = ['--pgdata', cluster, '--username', 'postgres', '--pwfile', passwordFile, '--no-sync'];
  args.push('--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C');
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
  await run(join(binaries, 'initdb'), args, {
    account,
    cwd: '/',
    env,
    timeoutMs: 120_000,
    signal: options.signal,
  });
  renameSync(cluster, options.folder);
  rmSync(partial, { recursive: true, force: true });
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

/** Whether the Postgres behind the URL takes connections; throws with its reason while not. */
export async function postgresAnswers(url: string): Promise<true> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } finally {
    await client.end();
  }
}

/** Makes the cluster when the folder holds none, and starts a server on 127.0.0.1. */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const account = unprivilegedAccount();
  const binaries = postgresBinaries(account);
  if (!existsSync(join(options.folder, 'PG_VERSION'))) await initialise(options, binaries);
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
    signal: options.signal,
  });
  const adminUrl = `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/postgres`;
  const ready = waitFor(() => postgresAnswers(adminUrl), {
    what: 'postgres',
    timeoutMs: 60_000,
    giveUp: child.ending,
  });
  await readyOrStopped(child, ready);
  return { child, adminUrl };
}

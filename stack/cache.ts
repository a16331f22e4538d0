import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isReachable } from './account';

/** Where downloaded programs are kept: LOANSTONE_CACHE, else XDG_CACHE_HOME, else ~/.cache. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const folder =
    env['LOANSTONE_CACHE'] ??
    join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'loanstone');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * A cache that other accounts can read: root's home is usually closed to them, so that root falls back to
 * /var/cache. Refused when somebody else owns it: programs from it are run.
 */
export function sharedCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const own = cacheFolder(env);
  if (process.getuid?.() !== 0 || isReachable(join(own, 'x'))) return own;
  const folder = '/var/cache/loanstone';
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (statSync(folder).uid !== 0)
    throw new Error(`${folder} belongs to another account: set LOANSTONE_CACHE`);
  return folder;
}

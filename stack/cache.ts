import { mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isReachable } from './account';

const ROOTS_CACHE = '/var/cache/loanstone';

/**
 * Where fetched programs and built files are kept: LOANSTONE_CACHE, else below XDG_CACHE_HOME or ~/.cache. Root runs
 * some of them under another account, which cannot look into root's home: there it is /var/cache/loanstone.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const given = env['LOANSTONE_CACHE'];
  const own = given ?? join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'loanstone');
  const folder = given === undefined && process.getuid?.() === 0 && !isReachable(own) ? ROOTS_CACHE : own;
  mkdirSync(folder, { recursive: true });
  if (process.getuid !== undefined && statSync(folder).uid !== process.getuid()) {
    throw new Error(
      `${folder} belongs to another account, and programs from it are run: set LOANSTONE_CACHE`,
    );
  }
  return folder;
}

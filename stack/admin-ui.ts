import { createHash } from 'node:crypto';
import { accessSync, constants, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { cacheFolder } from './cache';
import { readJson } from './private-file';
import { run } from './run';

const ROOT = join(__dirname, '..');
const NOT_SOURCE = new Set(['node_modules', 'dist', '.vite', '.cache', 'playwright-report', 'test-results']);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !NOT_SOURCE.has(entry.name))
    .flatMap((entry) =>
      entry.isDirectory() ? sources(join(folder, entry.name)) : [join(folder, entry.name)],
    )
    .sort();
}

function hashOf(folder: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files)
    hash.update(relative(folder, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** Whether the file exists and holds this text. */
function holds(file: string, text: string): boolean {
  return existsSync(file) && readFileSync(file, 'utf8') === text;
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where to build: in place, else (a checkout that is not ours) in a copy in the cache. */
function workFolder(source: string, hash: string): string {
  if (writable(source)) return source;
  const copy = join(cacheFolder(), `admin-ui-${hash.slice(0, 16)}`);
  if (!existsSync(copy)) {
    cpSync(source, copy, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !NOT_SOURCE.has(relative(source, path).split('/')[0] ?? ''),
    });
  }
  return copy;
}

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), optional: z.boolean().optional() }),
  ),
});

/** npm notes what it installed in a hidden lock file; what the lock file wants beyond it may only be optional. */
function isInstalled(folder: string): boolean {
  const installed = readJson(join(folder, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  const { packages } = lockSchema.parse(installed);
  const wanted = lockSchema.parse(readJson(join(folder, 'package-lock.json'))).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || (packages[path]?.version ?? (optional === true ? version : '')) === version,
  );
}

async function install(folder: string, options: BuildOptions): Promise<void> {
  if (isInstalled(folder)) return;
  options.onNote?.('npm ci in admin-ui');
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: folder,
    signal: options.signal,
  });
}

export interface BuildOptions {
  readonly signal?: AbortSignal;
  readonly onNote?: (text: string) => void;
}

/**
 * The folder of the built admin UI, installed and built when its lock file or sources changed since.
 * @throws when this checkout has no admin UI or it does not build
 */
export async function buildAdminUi(
  options: BuildOptions = {},
  source: string = join(ROOT, 'admin-ui'),
): Promise<string> {
  if (!existsSync(join(source, 'package.json'))) throw new Error(`${source} holds no admin UI`);
  const hash = hashOf(source, sources(source));
  const inPlace = join(source, 'dist');
  if (holds(join(inPlace, '.loanstone-hash'), hash)) return inPlace;
  const folder = workFolder(source, hash);
  const built = join(folder, 'dist');
  if (holds(join(built, '.loanstone-hash'), hash)) return built;
  await install(folder, options);
  options.onNote?.('vite build');
  await run('npm', ['run', 'build'], { cwd: folder, signal: options.signal });
  writeFileSync(join(built, '.loanstone-hash'), hash);
  return built;
}

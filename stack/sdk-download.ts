import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export type ServerKind = 'dev-server' | 'time-skipping';

const NO_PROGRESS_MS = 20_000;
/** What the SDK calls the finished files, without version. */
const FILE_NAME: Record<ServerKind, RegExp> = {
  'dev-server': /^temporal-sdk-typescript-/,
  'time-skipping': /^temporal-test-server-sdk-typescript-/,
};

/** Runs in a process of its own: the SDK's download cannot be cancelled from within. */
const SCRIPT = `
const { TestWorkflowEnvironment } = require('@temporalio/testing');
const [kind, downloadDir] = process.argv.slice(1);
const server = { executable: { type: 'cached-download', downloadDir, ttl: '3650 days' } };
const made = kind === 'dev-server'
  ? TestWorkflowEnvironment.createLocal({ server })
  : TestWorkflowEnvironment.createTimeSkipping({ server });
made.then((env) => env.teardown()).then(() => process.exit(0), (error) => { process.stderr.write(error.message); process.exit(1); });
`;

function downloaded(kind: ServerKind, folder: string): string | undefined {
  const name = readdirSync(folder).find((file) => FILE_NAME[kind].test(file) && !file.includes('download'));
  return name === undefined ? undefined : join(folder, name);
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce(
    (sum, file) => sum + (statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/**
 * Lets the TypeScript SDK download its server into the folder. Given up as soon as the folder has not grown for 20 s:
 * on a machine without open network the SDK waits for ever.
 */
export async function downloadBySdk(kind: ServerKind, folder: string, signal?: AbortSignal): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const found = downloaded(kind, folder);
  if (found !== undefined) return found;
  const child = spawn(process.execPath, ['-e', SCRIPT, kind, folder], {
    cwd: join(__dirname, '..'),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
  const kill = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  process.once('exit', kill);
  signal?.addEventListener('abort', kill, { once: true });
  const watched = { stalled: false, size: -1 };
  const watch = setInterval(() => {
    const now = bytesIn(folder);
    watched.stalled = now === watched.size;
    watched.size = now;
    if (watched.stalled) kill();
  }, NO_PROGRESS_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(watch);
  process.removeListener('exit', kill);
  signal?.removeEventListener('abort', kill);
  const path = downloaded(kind, folder);
  if (code === 0 && path !== undefined) return path;
  throw new Error(
    watched.stalled
      ? `no progress for ${NO_PROGRESS_MS / 1000} s`
      : said.join('').trim().split('\n').at(-1) || `exit code ${code ?? '?'}`,
  );
}

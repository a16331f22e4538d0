import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { makeKnex } from '../../db/knex';
import { canRun, spareAccount, type Account } from '../../stack/account';
import { buildAdminUi } from '../../stack/admin-ui';
import { startChild, type Child } from '../../stack/child';
import { plainEnvironment } from '../../stack/environment';
import { stackInfoSchema, type StackInfo } from '../../stack/info';
import { stillRuns } from '../../stack/process-identity';
import { temporalCli } from '../../stack/temporal-binary';
import { waitFor } from '../../stack/wait';

/** As a newcomer does: `bin/start.ts` as a program, stopped by Ctrl-C's signal, started again on the same data. */
jest.setTimeout(420_000);

const ROOT = join(__dirname, '..', '..');
const UP_MS = 180_000;
const folder = mkdtempSync(join(tmpdir(), 'loanstone-start-'));
const others = spareAccount();
const running = new Set<Child>();
let cli: string;

beforeAll(async () => {
  chmodSync(folder, 0o755);
  // built by whoever owns the checkout: another account could only build a copy, which takes minutes
  await buildAdminUi();
  const found = await temporalCli();
  cli = join(folder, 'temporal');
  cpSync(found, cli);
});

afterAll(async () => {
  for (const child of running) await child.stop(30_000);
  rmSync(folder, { recursive: true });
});

interface Home {
  readonly account: Account | undefined;
  readonly home: string;
  readonly data: string;
}

function makeHome(name: string, account: Account | undefined): Home {
  const home = mkdtempSync(join(folder, `${name}-`));
  if (account !== undefined) chownSync(home, account.uid, account.gid);
  return { account, home, data: join(home, 'data') };
}

function start({ account, home, data }: Home, name: string): Child {
  const env = { ...plainEnvironment(), HOME: home, LOANSTONE_DATA: data, TEMPORAL_CLI_PATH: cli };
  const args = ['--import', 'tsx', 'bin/start.ts'];
  const child = startChild({
    name,
    command: process.execPath,
    args,
    cwd: ROOT,
    env,
    account,
    logFile: join(folder, `${name}.log`),
    stopSignal: 'SIGINT',
  });
  running.add(child);
  return child;
}

const infoOf = ({ data }: Home): StackInfo =>
  stackInfoSchema.parse(JSON.parse(readFileSync(join(data, 'stack.json'), 'utf8')));

async function up(child: Child, home: Home): Promise<StackInfo> {
  const ready = (): Promise<true | undefined> =>
    Promise.resolve(
      readFileSync(child.logFile, 'utf8').includes('Ctrl-C stops everything') ? true : undefined,
    );
  await waitFor(ready, { what: child.name, timeoutMs: UP_MS, everyMs: 200, giveUp: child.ending });
  return infoOf(home);
}

/** Processes that have the folder in their arguments or their environment's working folder. */
function processesOn(path: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(path));
}

async function down(child: Child, info: StackInfo): Promise<void> {
  process.kill(child.pid, 'SIGINT');
  await expect(child.exited).resolves.toBe('exit code 0');
  running.delete(child);
  expect(info.processes.map(({ name }) => name).sort()).toEqual([
    'api',
    'devnet',
    'inbox',
    'postgres',
    'signer',
    'temporal',
    'worker',
  ]);
  expect(info.processes.filter(stillRuns)).toEqual([]);
  expect(processesOn(info.dataFolder)).toEqual([]);
}

const stopOrder = (log: string): string[] =>
  [...log.matchAll(/stopped (\w+)/g)].map(([, name]) => name ?? '');

async function signIn({ urls, logins }: StackInfo): Promise<number[]> {
  const statuses = logins.map(async ({ email, password }) => {
    const body = JSON.stringify({ email, password });
    const headers = { 'content-type': 'application/json', origin: urls.app };
    return (await fetch(`${urls.app}/admin/v1/session`, { method: 'POST', headers, body })).status;
  });
  return Promise.all(statuses);
}

async function closedWorkflow({ temporal }: StackInfo, id: string): Promise<string> {
  const connection = await Connection.connect({ address: temporal.address });
  try {
    return (await new Client({ connection }).workflow.getHandle(id).describe()).status.name;
  } finally {
    await connection.close();
  }
}

async function leaveMarks({ temporal, database }: StackInfo, id: string): Promise<void> {
  const connection = await Connection.connect({ address: temporal.address });
  const handle = await new Client({ connection }).workflow.start('none', {
    taskQueue: 'nobody',
    workflowId: id,
  });
  await handle.terminate('a mark for the second start');
  await connection.close();
  const owner = makeKnex(database.owner, { poolMax: 1 });
  await owner.raw('CREATE TABLE start_mark AS SELECT ?::text AS id', [id]);
  await owner.destroy();
}

async function mark({ database }: StackInfo): Promise<unknown> {
  const owner = makeKnex(database.owner, { poolMax: 1 });
  try {
    return (await owner('start_mark').first<{ id: string }>('id')).id;
  } finally {
    await owner.destroy();
  }
}

async function genesis({ lotus }: StackInfo): Promise<unknown> {
  const response = await fetch(lotus.rpc, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${lotus.token}` },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'Filecoin.ChainGetGenesis', params: [] }),
  });
  return ((await response.json()) as { result: unknown }).result;
}

async function playsThrough(home: Home, name: string): Promise<void> {
  const first = start(home, `${name}-first`);
  const info = await up(first, home);
  expect(await signIn(info)).toEqual(info.logins.map(() => 201));
  const id = randomUUID();
  await leaveMarks(info, id);
  const begun = await genesis(info);
  if (others !== undefined && home.account === undefined) {
    for (const file of ['signer/keystore.json', 'signer/passphrase', 'secrets.json', 'stack.json']) {
      expect(canRun(others, '/bin/cat', [join(home.data, file)])).toBe(false);
    }
  }

  const meanwhile = start(home, `${name}-meanwhile`);
  await expect(meanwhile.exited).resolves.toBe('exit code 1');
  expect(readFileSync(meanwhile.logFile, 'utf8')).toContain(
    `already runs on ${home.data} (process ${first.pid})`,
  );
  await down(first, info);
  expect(stopOrder(readFileSync(first.logFile, 'utf8'))).toEqual([
    'api',
    'worker',
    'signer',
    'inbox',
    'devnet',
    'temporal',
    'postgres',
  ]);

  const second = start(home, `${name}-second`);
  const again = await up(second, home);
  expect(await mark(again)).toBe(id);
  expect(await closedWorkflow(again, id)).toBe('TERMINATED');
  expect(await genesis(again)).toEqual(begun);
  expect(again.logins).toEqual(info.logins);
  await down(second, again);
}

test(others === undefined ? 'as this account' : 'as root', async () => {
  await playsThrough(makeHome('own', undefined), 'own');
});

if (others !== undefined) {
  test('as an unprivileged account with a home of its own', async () => {
    expect(canRun(others, process.execPath, ['--version'])).toBe(true);
    await playsThrough(makeHome('other', others), 'other');
  });
}

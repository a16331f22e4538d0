/** The API and bin/staff.ts as processes: ready by a line of JSON, serving the UI's files, gone quietly at SIGTERM. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeKnex } from '../../db/knex';
import { startChild } from '../../stack/child';
import { plainEnvironment } from '../../stack/environment';
import { run } from '../../stack/run';
import { freshDatabase, type TestDatabase } from '../support/database';
import { services } from '../support/services';

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'loanstone-api-'));
const ROOT = join(__dirname, '..', '..');

beforeAll(async () => {
  database = await freshDatabase();
  mkdirSync(join(folder, 'ui', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'ui', 'index.html'), '<!doctype html><title>UI</title>');
  writeFileSync(join(folder, 'ui', 'assets', 'a.js'), 'export {};');
  writeFileSync(join(folder, 'password'), 'a long enough password\n', { mode: 0o600 });
}, 60_000);
afterAll(() => database.drop());

const staff = (...args: string[]) =>
  run(process.execPath, ['--import', 'tsx', join(ROOT, 'bin', 'staff.ts'), ...args], {
    cwd: ROOT,
    env: { ...plainEnvironment(), LOANSTONE_ENV: 'development', DATABASE_OWNER_URL: database.ownerUrl },
    timeoutMs: 60_000,
  });

test('staff are ensured, signed in, disabled; the API serves, drains and ends', async () => {
  const who = [
    '--email',
    'Ann@loanstone.test',
    '--role',
    'checker',
    '--password-file',
    join(folder, 'password'),
  ];
  await staff('ensure', ...who);
  const knex = makeKnex(database.ownerUrl, { poolMax: 1 });
  const before: unknown = await knex('staff').first();
  await staff('ensure', ...who);
  expect(await knex('staff').first()).toEqual(before);
  await expect(staff('add', ...who)).rejects.toThrow();

  const child = startChild({
    name: 'api',
    command: process.execPath,
    args: ['--import', 'tsx', join(ROOT, 'api', 'main.ts')],
    cwd: ROOT,
    env: {
      ...plainEnvironment(),
      LOANSTONE_ENV: 'development',
      DATABASE_URL: database.appUrl,
      TEMPORAL_ADDRESS: services().temporalAddress,
      API_PORT: '0',
      PUBLIC_URL: 'http://127.0.0.1',
      ADMIN_UI_DIR: join(folder, 'ui'),
      CUSTOMER_DATA_KEY: 'ab'.repeat(32),
    },
    logFile: join(folder, 'api.log'),
  });
  const { url } = await child.firstJson('ready', 60_000);
  const get = (path: string, accept = 'text/html') =>
    fetch(new URL(path, String(url)), { headers: { accept }, signal: AbortSignal.timeout(10_000) });

  expect(await (await get('/readyz')).json()).toEqual({ ok: true });
  const page = await get('/loans/some-id/show');
  expect([await page.text(), page.headers.get('cache-control')]).toEqual([
    '<!doctype html><title>UI</title>',
    'no-cache',
  ]);
  const asset = await get('/assets/a.js');
  expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect((await get('/assets/none.js')).status).toBe(404);
  expect((await get('/admin/v1/none')).status).toBe(404);
  expect((await get('/dev/mail')).status).toBe(404);

  const password = 'a long enough password';
  const signIn = () =>
    fetch(new URL('/admin/v1/session', String(url)), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ann@loanstone.test', password }),
      signal: AbortSignal.timeout(10_000),
    });
  expect((await signIn()).status).toBe(201);
  await staff('disable', '--email', 'ann@loanstone.test');
  expect((await signIn()).status).toBe(401);
  expect(await knex('session').whereNull('ended_at')).toHaveLength(0);
  await knex.destroy();

  await child.stop();
  await expect(get('/healthz')).rejects.toThrow();
}, 120_000);

import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../stack/port';
import { startPostgres } from '../../stack/postgres';
import { startTemporal } from '../../stack/temporal';
import { onTeardown } from './global-teardown';
import { SERVICES_VARIABLE, type Services } from './services';
import { makeTemplate } from './template';

async function database(folder: string): Promise<string> {
  const given = process.env['LOANSTONE_TEST_DATABASE'];
  if (given !== undefined) return given;
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    port: await freePort(),
    password: randomBytes(16).toString('hex'),
    unsafeFast: true,
  });
  onTeardown(() => postgres.child.stop());
  return postgres.adminUrl;
}

async function temporal(folder: string): Promise<string> {
  const given = process.env['LOANSTONE_TEST_TEMPORAL'];
  if (given !== undefined) return given;
  const server = await startTemporal({
    logFile: join(folder, 'temporal.log'),
    port: await freePort(),
    uiPort: undefined,
    databaseFile: undefined,
  });
  onTeardown(() => server.child.stop());
  return server.address;
}

/**
 * Starts what tests share, Postgres and Temporal, side by side. LOANSTONE_TEST_ONLY=unit starts nothing;
 * LOANSTONE_TEST_DATABASE (a superuser's URL) and LOANSTONE_TEST_TEMPORAL (host:port) are used as they are.
 */
async function globalSetup(): Promise<void> {
  // Test files run side by side, and several start a whole stack.
  process.env['LOANSTONE_ANY_PORTS'] = '1';
  if (process.env['LOANSTONE_TEST_ONLY'] === 'unit') return;
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-test-'));
  chmodSync(folder, 0o711);
  const [adminUrl, temporalAddress] = await Promise.all([database(folder), temporal(folder)]);
  const services: Services = { adminUrl, template: await makeTemplate(adminUrl), temporalAddress, folder };
  const file = join(folder, 'services.json');
  writeFileSync(file, JSON.stringify(services), { mode: 0o600 });
  process.env[SERVICES_VARIABLE] = file;
}

export { globalSetup as default };

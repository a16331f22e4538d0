/** A Postgres and a Temporal of the test's own, which survive a SIGKILL, and are killed. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Child } from '../../stack/child';
import { freePort } from '../../stack/port';
import { startPostgres } from '../../stack/postgres';
import { databaseUrl } from '../../stack/roles';
import { startTemporal } from '../../stack/temporal';
import { makeTemplate, TEST_LOGINS } from '../support/template';
import type { Ground } from './house';

export interface Server {
  /** SIGKILL, at once; nothing is put in order. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
}

export interface Servers {
  readonly ground: Ground;
  readonly postgres: Server;
  readonly temporal: Server;
  readonly close: () => Promise<void>;
}

async function serverOf(
  start: () => Promise<Child>,
): Promise<Server & { readonly stop: () => Promise<void> }> {
  let child = await start();
  return {
    kill: async () => {
      process.kill(child.pid, 'SIGKILL');
      await child.exited;
    },
    start: async () => {
      child = await start();
    },
    stop: () => child.stop(),
  };
}

/** Starts both, with all migrations run. Call `close` in afterAll. */
export async function startServers(): Promise<Servers> {
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-servers-'));
  chmodSync(folder, 0o711);
  const [postgresPort, temporalPort] = [await freePort(), await freePort()];
  const password = randomBytes(16).toString('hex');
  const [postgres, temporal] = await Promise.all([
    serverOf(async () => {
      const files = { folder: join(folder, 'postgres'), logFile: join(folder, 'postgres.log') };
      return (await startPostgres({ ...files, port: postgresPort, password })).child;
    }),
    serverOf(async () => {
      const files = { databaseFile: join(folder, 'temporal.db'), logFile: join(folder, 'temporal.log') };
      return (await startTemporal({ ...files, port: temporalPort, uiPort: undefined })).child;
    }),
  ]);
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${postgresPort}/postgres`;
  const name = await makeTemplate(adminUrl);
  return {
    postgres,
    temporal,
    ground: {
      database: {
        ownerUrl: databaseUrl(adminUrl, name, TEST_LOGINS.owner),
        appUrl: databaseUrl(adminUrl, name, TEST_LOGINS.app),
        signerUrl: databaseUrl(adminUrl, name, TEST_LOGINS.signer),
      },
      temporalAddress: `127.0.0.1:${temporalPort}`,
    },
    close: async () => {
      await Promise.all([postgres.stop(), temporal.stop()]);
    },
  };
}

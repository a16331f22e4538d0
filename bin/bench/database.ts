import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { makeKnex } from '../../db/knex';
import { migrate } from '../../db/migrate';
import { freePort } from '../../stack/port';
import { startPostgres } from '../../stack/postgres';
import { databaseUrl, ensureDatabase, ensureRoles, type Logins } from '../../stack/roles';

/** A Postgres of its own with all its safety on (fsync, synchronous commit), and the product's database in it. */
export interface BenchDatabase {
  readonly adminUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly version: string;
  readonly close: () => Promise<void>;
}

async function versionOf(adminUrl: string): Promise<string> {
  const admin: Knex = makeKnex(adminUrl, { poolMax: 1 });
  try {
    const { rows } = await admin.raw<{ rows: [{ server_version: string }] }>('SHOW server_version');
    return rows[0].server_version;
  } finally {
    await admin.destroy();
  }
}

export async function openBenchDatabase(): Promise<BenchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-bench-'));
  chmodSync(folder, 0o711);
  const password = randomBytes(16).toString('hex');
  const { child, adminUrl } = await startPostgres({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    port: await freePort(),
    password,
  });
  const close = async (): Promise<void> => {
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const login = (user: string) => ({ user, password });
    const logins: Logins = {
      owner: login('bench_owner'),
      app: login('bench_app'),
      signer: login('bench_signer'),
    };
    await ensureRoles(adminUrl, logins);
    await ensureDatabase(adminUrl, 'bench', logins.owner.user);
    const ownerUrl = databaseUrl(adminUrl, 'bench', logins.owner);
    await migrate(ownerUrl);
    const appUrl = databaseUrl(adminUrl, 'bench', logins.app);
    return { adminUrl, ownerUrl, appUrl, version: await versionOf(adminUrl), close };
  } catch (error) {
    await close();
    throw error;
  }
}

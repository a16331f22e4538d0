import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKnex } from '../../db/knex';
import { migrate, MIGRATIONS_FOLDER } from '../../db/migrate';
import { databaseUrl, ensureDatabase, ensureRoles, type Logins } from '../../stack/roles';

/** Known to every test; the server listens on 127.0.0.1 and holds test data only. */
export const TEST_LOGINS: Logins = {
  owner: { user: 'loanstone_owner', password: 'test-owner' },
  app: { user: 'loanstone', password: 'test-app' },
  signer: { user: 'loanstone_signer_login', password: 'test-signer' },
};

function migrationsHash(): string {
  const hash = createHash('sha256').update(readFileSync(join(MIGRATIONS_FOLDER, '..', 'db', 'migrate.ts')));
  hash.update(readFileSync(__filename));
  for (const file of readdirSync(MIGRATIONS_FOLDER).sort()) {
    hash.update(file).update(readFileSync(join(MIGRATIONS_FOLDER, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** No test may lean on a database that was made a moment ago. */
async function age(ownerUrl: string): Promise<void> {
  const owner = makeKnex(ownerUrl, { poolMax: 1 });
  try {
    await owner.raw("UPDATE ledger.chain_head SET risen_at = '2000-01-01'");
  } finally {
    await owner.destroy();
  }
}

/**
 * A database with all migrations run, named after their content: made once per content on a server that is kept
 * between runs. Two runs at once wait for each other on an advisory lock.
 */
export async function makeTemplate(adminUrl: string): Promise<string> {
  await ensureRoles(adminUrl, TEST_LOGINS);
  const template = `loanstone_template_${migrationsHash()}`;
  const admin = makeKnex(adminUrl, { poolMax: 1 });
  try {
    await admin.raw('SELECT pg_advisory_lock(3141592)');
    const ready = await admin('pg_database')
      .where({ datname: template, datistemplate: true })
      .select<unknown[]>('datname');
    if (ready.length === 0) {
      await admin.raw('DROP DATABASE IF EXISTS ??', [template]);
      await ensureDatabase(adminUrl, template, TEST_LOGINS.owner.user);
      await migrate(databaseUrl(adminUrl, template, TEST_LOGINS.owner));
      await age(databaseUrl(adminUrl, template, TEST_LOGINS.owner));
      await admin.raw('ALTER DATABASE ?? IS_TEMPLATE true', [template]);
    }
    return template;
  } finally {
    await admin.destroy();
  }
}

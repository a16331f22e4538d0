import { readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Knex } from 'knex';
import { makeKnex } from './knex';

export const MIGRATIONS_FOLDER = join(__dirname, '..', 'migrations');
const APP_ROLE = 'loanstone_app';
const MIGRATION_FILE = /^\d{4}_[a-z0-9_]+\.ts$/;

/** API and signer look there whether their database is as new as they are. */
const GRANT_VIEW = `DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'loanstone_app')
  AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'loanstone_signer') THEN
    GRANT SELECT ON knex_migrations TO loanstone_app, loanstone_signer;
  END IF;
END $$`;

interface MigrationModule {
  readonly up: (knex: Knex) => Promise<void>;
}

/** Names without extension: a migration keeps its name however it is run. */
function listMigrations(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => MIGRATION_FILE.test(file))
    .map((file) => basename(file, extname(file)))
    .sort();
}

function isMigration(module: unknown): module is MigrationModule {
  return typeof module === 'object' && module !== null && 'up' in module && typeof module.up === 'function';
}

async function loadMigration(folder: string, name: string): Promise<Knex.Migration> {
  const module: unknown = await import(join(folder, `${name}.ts`));
  if (!isMigration(module)) throw new Error(`migrations/${name}.ts exports no function up(knex)`);
  return {
    up: (knex) => module.up(knex),
    down: () => Promise.reject(new Error(`${name}: migrations go forward only; correct with a new one`)),
  };
}

/**
 * Runs all pending migrations as the owner of the database, each in its own transaction.
 * Returns the names it ran (empty when the database was up to date).
 */
export async function migrate(ownerUrl: string, folder: string = MIGRATIONS_FOLDER): Promise<string[]> {
  const knex = makeKnex(ownerUrl, { poolMax: 2, applicationName: 'loanstone-migrate' });
  const migrationSource: Knex.MigrationSource<string> = {
    getMigrations: () => Promise.resolve(listMigrations(folder)),
    getMigrationName: (name) => name,
    getMigration: (name) => loadMigration(folder, name),
  };
  try {
    const [, ran] = (await knex.migrate.latest({ migrationSource })) as [number, string[]];
    // /readyz compares what has run with what the code knows
    if (await knex('pg_roles').where({ rolname: APP_ROLE }).first('rolname'))
      await knex.raw('GRANT SELECT ON knex_migrations TO ??', [APP_ROLE]);
    await knex.raw(GRANT_VIEW);
    return ran;
  } finally {
    await knex.destroy();
  }
}

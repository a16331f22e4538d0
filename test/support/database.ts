import { randomBytes } from 'node:crypto';
import { makeKnex } from '../../db/knex';
import { databaseUrl } from '../../stack/roles';
import { services } from './services';
import { TEST_LOGINS } from './template';

export interface TestDatabase {
  /** Superuser, in this database: for what no role of the product may do. */
  readonly adminUrl: string;
  /** Owner of the database and its tables (not a superuser). */
  readonly ownerUrl: string;
  /** Member of `loanstone_app`: API and workers. */
  readonly appUrl: string;
  /** Member of `loanstone_signer`. */
  readonly signerUrl: string;
  /** Ends leftover connections and removes it. */
  readonly drop: () => Promise<void>;
}

/** A database of its own with all migrations run; takes about 0.1 s. Call `drop` in afterAll. */
export async function freshDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = services();
  const name = `t_${randomBytes(8).toString('hex')}`;
  const admin = makeKnex(adminUrl, { poolMax: 1 });
  try {
    await admin.raw('CREATE DATABASE ?? TEMPLATE ?? OWNER ??', [name, template, TEST_LOGINS.owner.user]);
  } finally {
    await admin.destroy();
  }
  const superuser = new URL(adminUrl);
  superuser.pathname = `/${name}`;
  return {
    adminUrl: superuser.href,
    ownerUrl: databaseUrl(adminUrl, name, TEST_LOGINS.owner),
    appUrl: databaseUrl(adminUrl, name, TEST_LOGINS.app),
    signerUrl: databaseUrl(adminUrl, name, TEST_LOGINS.signer),
    drop: async () => {
      const knex = makeKnex(adminUrl, { poolMax: 1 });
      try {
        await knex.raw('DROP DATABASE IF EXISTS ?? WITH (FORCE)', [name]);
      } finally {
        await knex.destroy();
      }
    },
  };
}

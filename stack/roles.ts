import type { Knex } from 'knex';
import { makeKnex } from '../db/knex';

/** Logins of the three kinds of process; the two NOLOGIN roles they get their rights from are made by migrations. */
export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface Logins {
  /** Owns the database and runs migrations; no superuser: it reads no file and reaches no other database. */
  readonly owner: Login;
  /** API and workers: member of `loanstone_app`. */
  readonly app: Login;
  /** The signer: member of `loanstone_signer`. */
  readonly signer: Login;
}

async function ensureLogin(admin: Knex, login: Login, attributes: string): Promise<void> {
  await admin.raw(
    `DO $$ BEGIN CREATE ROLE ${quoteName(login.user)} LOGIN ${attributes} PASSWORD ${quoteText(login.password)};
     EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
  );
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quoteText(text: string): string {
  if (/[\\'$]/.test(text))
    throw new Error("passwords of database roles are letters, digits and signs other than \\ ' $");
  return `'${text}'`;
}

/**
 * Makes the roles that are missing, group roles and logins; existing ones keep their passwords. The group roles are
 * made here too because a role belongs to the whole server, while migrations run for each database.
 */
export async function ensureRoles(adminUrl: string, logins: Logins): Promise<void> {
  const admin = makeKnex(adminUrl, { poolMax: 1 });
  try {
    for (const group of ['loanstone_app', 'loanstone_signer']) {
      await admin.raw(
        `DO $$ BEGIN CREATE ROLE ${group} NOLOGIN;
         EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
      );
    }
    await ensureLogin(admin, logins.owner, 'CREATEROLE');
    await ensureLogin(admin, logins.app, 'IN ROLE loanstone_app');
    await ensureLogin(admin, logins.signer, 'IN ROLE loanstone_signer');
  } finally {
    await admin.destroy();
  }
}

/** Makes the database when it is missing; true when it was made. */
export async function ensureDatabase(adminUrl: string, database: string, owner: string): Promise<boolean> {
  const admin = makeKnex(adminUrl, { poolMax: 1 });
  try {
    const found = await admin('pg_database').where({ datname: database }).select<unknown[]>('datname');
    if (found.length > 0) return false;
    await admin.raw('CREATE DATABASE ?? OWNER ??', [database, owner]);
    return true;
  } finally {
    await admin.destroy();
  }
}

/** The same server, another login and database. */
export function databaseUrl(adminUrl: string, database: string, login: Login): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  url.username = login.user;
  url.password = login.password;
  return url.href;
}

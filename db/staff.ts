/** Staff: argon2id passwords. Only the owner of the database adds or changes them (bin/staff.ts). */
import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Knex } from 'knex';
import { isRole, type Role } from '../domain/permission';

export const LEAST_PASSWORD = 12;

/** OWASP: argon2id with 46 MiB, 1 pass, 1 lane. */
const COST = { memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;

export interface Staff {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
}

interface StaffRow {
  readonly id: string;
  readonly email: string;
  readonly role: string;
  readonly password_hash: string;
  readonly disabled_at: Date | null;
}

function fromRow(row: StaffRow): Staff {
  if (!isRole(row.role)) throw new Error(`staff ${row.id} has the unknown role ${row.role}`);
  return { id: row.id, email: row.email, role: row.role };
}

/** Somebody of staff who is not disabled, or null. */
export async function findStaff(db: Knex, id: string): Promise<Staff | null> {
  const row = await db<StaffRow>('staff').where({ id }).whereNull('disabled_at').first();
  return row ? fromRow(row) : null;
}

/** Verified for an unknown email, so that it takes as long. */
const DECOY =
  '$argon2id$v=19$m=47104,t=1,p=1$M9+epBN3LA/33n2RT8vG8A$PzRc3ACVjEVFPBl7ly/5BsS9b9krI+e9r2P23Sib1Rg';

/** Checks a password; null for a wrong one, an unknown email and a disabled person alike, after the same work. */
export async function checkPassword(db: Knex, email: string, password: string): Promise<Staff | null> {
  const row = await db<StaffRow>('staff').where({ email }).whereNull('disabled_at').first();
  const right = await verify(row?.password_hash ?? DECOY, password);
  return row && right ? fromRow(row) : null;
}

function refuseShort(password: string): void {
  if (password.length < LEAST_PASSWORD)
    throw new Error(`the password has fewer than ${LEAST_PASSWORD} characters`);
}

/** Adds somebody; throws where the email is taken. */
export async function addStaff(owner: Knex, email: string, role: Role, password: string): Promise<Staff> {
  refuseShort(password);
  const row = {
    id: randomUUID(),
    email: email.trim().toLowerCase(),
    role,
    password_hash: await hash(password, COST),
  };
  await owner('staff').insert(row);
  return { id: row.id, email: row.email, role };
}

/** Adds somebody or gives them this role and password; changes nothing where all is so already. */
export async function ensureStaff(owner: Knex, email: string, role: Role, password: string): Promise<Staff> {
  refuseShort(password);
  const key = email.trim().toLowerCase();
  const row = await owner<StaffRow>('staff').where({ email: key }).first();
  if (!row) return addStaff(owner, key, role, password);
  const same = row.role === role && row.disabled_at === null && (await verify(row.password_hash, password));
  if (!same) {
    const change = { role, password_hash: await hash(password, COST), disabled_at: null };
    await owner('staff').where({ id: row.id }).update(change);
  }
  return { id: row.id, email: key, role };
}

/** Disables somebody; the caller ends their sessions. Throws where there is no such email. */
export async function disableStaff(owner: Knex, email: string): Promise<{ id: string }> {
  const key = email.trim().toLowerCase();
  const rows = await owner('staff')
    .where({ email: key })
    .update({ disabled_at: owner.fn.now() })
    .returning<{ id: string }[]>('id');
  const row = rows[0];
  if (!row) throw new Error(`there is nobody of staff with the email ${key}`);
  return { id: row.id };
}

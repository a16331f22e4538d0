/** API keys of customers: the secret is told once and only its SHA-256 is kept. */
import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { API_KEY_PREFIX, MOST_LIVE_KEYS, type ApiKeyState, type Scope } from '../domain/api-key';
import { RefusalError } from '../domain/refusal';

export interface ApiKeyRow {
  readonly id: string;
  readonly customer_id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly hint: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
  /** By the database's clock. */
  readonly state: ApiKeyState;
}

export interface NewApiKey {
  /** Of the call that asks for it: the same call again is the same key. */
  readonly id: string;
  readonly customerId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
}

const STATE = `CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'live' END`;
/** Without the hash: nobody needs to read it. */
const COLUMNS = `id, customer_id, name, scopes, hint, created_at, expires_at, last_used_at, revoked_at, ${STATE} AS state`;
const HINT_LENGTH = 10;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const keys = (db: Knex) => db('api_key').select<ApiKeyRow[]>(db.raw(COLUMNS));

/**
 * Makes a key.
 * @returns the key; its secret, or null where the same call made it before: it was told then
 * @throws RefusalError api-keys-full
 */
export async function makeApiKey(
  db: Knex,
  key: NewApiKey,
): Promise<{ readonly row: ApiKeyRow; readonly secret: string | null }> {
  const secret = `${API_KEY_PREFIX}${randomBytes(32).toString('base64url')}`;
  return db.transaction(async (trx) => {
    await trx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 14))', [key.customerId]);
    const all = await keys(trx).where({ customer_id: key.customerId });
    const there = all.find(({ id }) => id === key.id);
    if (there) return { row: there, secret: null };
    if (all.filter(({ state }) => state === 'live').length >= MOST_LIVE_KEYS) {
      throw new RefusalError(
        'api-keys-full',
        `At most ${MOST_LIVE_KEYS} keys can be live: revoke one first.`,
      );
    }
    await trx('api_key').insert({
      id: key.id,
      customer_id: key.customerId,
      name: key.name,
      scopes: [...key.scopes],
      hash: hashOf(secret),
      hint: secret.slice(0, HINT_LENGTH),
      expires_at: key.expiresAt,
    });
    const [row] = await keys(trx).where({ id: key.id });
    if (!row) throw new Error(`api key ${key.id} vanished`);
    return { row, secret };
  });
}

/** The key of a secret, whatever its state; null where there is none. */
export async function findApiKey(db: Knex, secret: string): Promise<ApiKeyRow | null> {
  const [row] = await keys(db).where({ hash: hashOf(secret) });
  return row ?? null;
}

/** A customer's keys, the newest first. */
export function apiKeysOf(db: Knex, customerId: string): Promise<ApiKeyRow[]> {
  return keys(db).where({ customer_id: customerId }).orderBy('created_at', 'desc').orderBy('id');
}

/** Those of the keys that still open something. */
export async function liveApiKeys(db: Knex, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const live = await keys(db).whereIn('id', ids);
  return live.flatMap(({ id, state }) => (state === 'live' ? [id] : []));
}

/** Notes that a key was used, to the minute: fine enough for a person, and no write a call. */
export async function noteApiKeyUse(db: Knex, id: string): Promise<void> {
  await db('api_key')
    .where({ id })
    .whereRaw("(last_used_at IS NULL OR last_used_at < now() - interval '1 minute')")
    .update({ last_used_at: db.fn.now() });
}

/** Revokes a customer's key; revoking again changes nothing. @returns null where the customer has no such key */
export async function revokeApiKey(db: Knex, customerId: string, id: string): Promise<ApiKeyRow | null> {
  const own = { id, customer_id: customerId };
  await db('api_key').where(own).whereNull('revoked_at').update({ revoked_at: db.fn.now() });
  const [row] = await keys(db).where(own);
  return row ?? null;
}

/** Customers' profiles, sealed by AES-256-GCM; the row's ids are authenticated with it, so that none can be swapped. */
import { createCipheriv, createDecipheriv, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import type { Knex } from 'knex';

export interface Profile {
  readonly fullName: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

/** First byte of a sealed profile: which key and form; 1 = the one key there is. */
const VERSION = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;

const bound = (profileId: string, customerId: string): Buffer =>
  Buffer.from(`profile|${profileId}|${customerId}`);

export function sealProfile(key: KeyObject, profileId: string, customerId: string, profile: Profile): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(bound(profileId, customerId));
  const text = Buffer.concat([cipher.update(JSON.stringify(profile), 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), iv, cipher.getAuthTag(), text]);
}

/** Throws when the key is another or the bytes were changed or moved to another row. */
export function unsealProfile(
  key: KeyObject,
  profileId: string,
  customerId: string,
  sealed: Buffer,
): Profile {
  if (sealed[0] !== VERSION) throw new Error(`profile ${profileId} is sealed in an unknown form`);
  const text = sealed.subarray(1 + IV_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + IV_BYTES))
    .setAAD(bound(profileId, customerId))
    .setAuthTag(sealed.subarray(1 + IV_BYTES, 1 + IV_BYTES + TAG_BYTES));
  return JSON.parse(Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8')) as Profile;
}

/** Takes a profile in, sealed; the onboarding workflow makes it the customer's (it knows it by id only). */
export async function submitProfile(
  db: Knex,
  key: KeyObject,
  customerId: string,
  profile: Profile,
): Promise<{ id: string }> {
  const id = randomUUID();
  await db('profile').insert({
    id,
    customer_id: customerId,
    sealed: sealProfile(key, id, customerId, profile),
  });
  return { id };
}

/** Opens the profile of a customer; null where they gave none. */
export async function readProfile(
  db: Knex,
  key: KeyObject,
  customer: { readonly id: string; readonly profile_id: string | null },
): Promise<Profile | null> {
  if (customer.profile_id === null) return null;
  const row = await db<{ id: string; sealed: Buffer }>('profile')
    .where({ id: customer.profile_id })
    .first('sealed');
  if (!row) throw new Error(`profile ${customer.profile_id} has vanished`);
  return unsealProfile(key, customer.profile_id, customer.id, row.sealed);
}

/** Emailed one-time codes: 6 digits, kept as argon2id, 10 minutes, 5 tries, once; a newer one voids the older. */
import { randomInt } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { Knex } from 'knex';
import { RefusalError } from '../domain/refusal';

export const CODE_MINUTES = 10;
const CODE_TRIES = 5;
/** How many earlier codes are compared to tell a stale or used code from a wrong one. */
const EARLIER = 2;

interface CodeRow {
  readonly id: number;
  readonly key: string;
  readonly customer_id: string;
  readonly hash: string;
  readonly tries: number;
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly voided_at: Date | null;
  readonly expired: boolean;
}

/**
 * Makes a code under a key and voids the older ones. Asked again for the same key (the mail may not have gone out),
 * it makes another in its place: the plain code is never kept.
 */
export async function makeCode(db: Knex, customerId: string, key: string): Promise<string> {
  const code = randomInt(1_000_000).toString().padStart(6, '0');
  const hashed = await hash(code);
  await db.transaction(async (trx) => {
    await trx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 2))', [customerId]);
    await trx<CodeRow>('login_code')
      .where({ customer_id: customerId })
      .whereNot({ key })
      .whereNull('used_at')
      .whereNull('voided_at')
      .update({ voided_at: trx.fn.now() });
    const expires = trx.raw('now() + make_interval(mins => ?)', [CODE_MINUTES]);
    await trx('login_code')
      .insert({ key, customer_id: customerId, hash: hashed, expires_at: expires })
      .onConflict('key')
      .merge({ hash: hashed, tries: 0, expires_at: expires });
  });
  return code;
}

/**
 * Takes a code in: the right one is used up, a wrong one counts. Serial per customer, so that parallel guesses do not
 * get more tries.
 * @throws RefusalError code-wrong, code-stale, code-used
 */
export async function takeCode(db: Knex, customerId: string, code: string): Promise<{ key: string }> {
  const taken = await db.transaction(async (trx) => {
    await trx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 2))', [customerId]);
    const codes = await trx<CodeRow>('login_code')
      .where({ customer_id: customerId })
      .orderBy('id', 'desc')
      .limit(1 + EARLIER)
      .select<CodeRow[]>('*', trx.raw('expires_at <= now() AS expired'));
    const matches = await Promise.all(codes.map((row) => verify(row.hash, code)));
    const hitAt = matches.indexOf(true);
    const newest = codes[0];
    if (hitAt !== 0 && newest) await trx('login_code').where({ id: newest.id }).increment('tries', 1);
    const row = codes[hitAt];
    if (!row) return new RefusalError('code-wrong');
    if (row.used_at !== null) return new RefusalError('code-used');
    if (row.voided_at !== null || row.expired || hitAt !== 0) return new RefusalError('code-stale');
    if (row.tries >= CODE_TRIES)
      return new RefusalError('code-stale', 'Too many wrong codes: ask for a new one.');
    await trx('login_code').where({ id: row.id }).update({ used_at: trx.fn.now() });
    return { key: row.key };
  });
  // Thrown outside, so that the counted try is kept.
  if (taken instanceof RefusalError) throw taken;
  return taken;
}

const DECOY =
  '$argon2id$v=19$m=19456,t=2,p=1$kkN9gSwr9HuxszfKh0C7Ew$u3WhhjY4G02AS/Snq63YqQlnGtUzgtZUISr3dAgcN/A';

/** As much work as takeCode does, for an email that nobody has. */
export async function refuseUnknown(code: string): Promise<never> {
  await verify(DECOY, code);
  throw new RefusalError('code-wrong');
}

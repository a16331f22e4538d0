/** Customers: the email with its random id (written at registration), and the account that onboarding carries. */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';

export type CustomerState = 'registered' | 'verified' | 'in_review' | 'open' | 'refused' | 'expired';

export interface CustomerRow {
  readonly id: string;
  readonly email: string;
  readonly state: CustomerState;
  readonly round: number;
  readonly profile_id: string | null;
  readonly created_at: Date;
  readonly opened_at: Date | null;
  readonly updated_at: Date;
}

interface RegistrationRow {
  readonly email: string;
  readonly customer_id: string;
}

/** The customer id of an email, made now where there is none: random, so that it tells nothing. */
export async function registerEmail(db: Knex, email: string): Promise<string> {
  await db('registration').insert({ email, customer_id: randomUUID() }).onConflict('email').ignore();
  const id = await findIdByEmail(db, email);
  if (id === null) throw new Error('the registration has vanished');
  return id;
}

export async function findIdByEmail(db: Knex, email: string): Promise<string | null> {
  const row = await db<RegistrationRow>('registration').where({ email }).first('customer_id');
  return row?.customer_id ?? null;
}

export async function findCustomer(db: Knex, id: string): Promise<CustomerRow | null> {
  return (await db<CustomerRow>('customer').where({ id }).first()) ?? null;
}

/**
 * Makes the customer of a registration, or takes up one whose registration had expired.
 * @returns the state afterwards; any but `registered` means that there is nothing left to onboard
 */
export async function adoptRegistration(
  trx: Knex.Transaction,
  customerId: string,
): Promise<{ state: CustomerState; round: number }> {
  const registration = await trx<RegistrationRow>('registration').where({ customer_id: customerId }).first();
  if (!registration) throw new Error(`no registration of customer ${customerId}`);
  await trx('customer')
    .insert({ id: customerId, email: registration.email, state: 'registered' })
    .onConflict('id')
    .ignore();
  await trx('customer')
    .where({ id: customerId, state: 'expired' })
    .update({ state: 'registered', profile_id: null, round: trx.raw('round + 1'), updated_at: trx.fn.now() });
  const row = await trx<CustomerRow>('customer').where({ id: customerId }).first('state', 'round');
  if (!row) throw new Error(`customer ${customerId} has vanished`);
  return { state: row.state, round: row.round };
}

/** Moves a customer on; moving to where they are is nothing. Throws when they are elsewhere than `from`. */
export async function moveCustomer(
  trx: Knex.Transaction,
  customerId: string,
  from: CustomerState,
  to: CustomerState,
): Promise<void> {
  const moved = await trx('customer')
    .where({ id: customerId, state: from })
    .update({ state: to, updated_at: trx.fn.now(), ...(to === 'open' ? { opened_at: trx.fn.now() } : {}) });
  if (moved === 1) return;
  const there = await trx<CustomerRow>('customer').where({ id: customerId }).first('state');
  if (there?.state !== to)
    throw new Error(`customer ${customerId} is ${there?.state ?? 'unknown'}, not ${from}`);
}

/** Makes a sealed profile the customer's and puts the customer into review. */
export async function adoptProfile(
  trx: Knex.Transaction,
  customerId: string,
  profileId: string,
): Promise<void> {
  const profile: unknown = await trx('profile').where({ id: profileId, customer_id: customerId }).first('id');
  if (profile === undefined) throw new Error(`profile ${profileId} is not one of customer ${customerId}`);
  await trx('customer').where({ id: customerId }).update({ profile_id: profileId });
  await moveCustomer(trx, customerId, 'verified', 'in_review');
}

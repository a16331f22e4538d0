/** A customer's program by its API key: known, live, and not calling too often. */
import { findApiKey, noteApiKeyUse } from '../db/api-key';
import { findCustomer } from '../db/customer';
import { hit, type Limit } from '../db/rate-limit';
import { API_KEY_PREFIX } from '../domain/api-key';
import { RefusalError } from '../domain/refusal';
import type { CustomerActor } from './actor';
import type { ApiDeps } from './deps';
import { LimitError } from './problem';

const CALLS: Limit = { name: 'api-key', tries: 600, windowSeconds: 60 };
/** Keys that do not work, per address: guessing is hopeless, but it is load. */
const BAD_KEYS: Limit = { name: 'api-key-bad', tries: 120, windowSeconds: 600 };

/** Tells an API key from a session's token. */
export const isApiKey = (token: string): boolean => token.startsWith(API_KEY_PREFIX);

async function refuseKey(deps: ApiDeps, ip: string, refusal: RefusalError): Promise<never> {
  const seconds = await hit(deps.knex, BAD_KEYS, ip);
  throw seconds === null ? refusal : new LimitError(seconds);
}

/**
 * The customer whose key this is.
 * @throws RefusalError api-key-unknown, api-key-expired, api-key-revoked
 * @throws LimitError after 600 calls in a minute by one key, or 120 bad keys in ten minutes from one address
 */
export async function customerByKey(deps: ApiDeps, token: string, ip: string): Promise<CustomerActor> {
  const { knex } = deps;
  const key = await findApiKey(knex, token);
  if (!key) return refuseKey(deps, ip, new RefusalError('api-key-unknown'));
  if (key.state !== 'live') {
    const detail = `The API key "${key.name}" (${key.hint}…) ${key.state === 'expired' ? 'has expired' : 'was revoked'}.`;
    return refuseKey(deps, ip, new RefusalError(`api-key-${key.state}`, detail));
  }
  const seconds = await hit(knex, CALLS, key.id);
  if (seconds !== null) throw new LimitError(seconds);
  await noteApiKeyUse(knex, key.id);
  const customer = await findCustomer(knex, key.customer_id);
  if (!customer) throw new Error(`api key ${key.id} is of no customer`);
  const by = { kind: 'api-key', id: key.id, scopes: key.scopes } as const;
  return { kind: 'customer', id: customer.id, role: 'customer', state: customer.state, by };
}

/**
 * The one place where a request for a withdrawal is judged before money is set aside. The API asks it first, for an answer
 * at once; the ledger asks it again under the lock that counts limits, and the database's trigger holds it a third time.
 */
import type { Knex } from 'knex';
import type { Atto } from '../domain/money';
import { isRefusal, RefusalError, type Refusal } from '../domain/refusal';
import {
  checkDust,
  checkLimits,
  gasOfWithdrawal,
  peopleFor,
  usableFrom,
  type Used,
  type WithdrawalPolicy,
} from '../domain/withdrawal';
import { findCustomer } from './customer';
import { expectNotFrozen } from './freeze';
import { readBaseFee } from './gas-price';
import { readPolicy } from './policy';
import { usedNow } from './withdrawal';
import { credentialsChangedAt, findWithdrawalAddress, type WithdrawalAddressRow } from './withdrawal-address';

export interface WithdrawalWish {
  readonly customerId: string;
  readonly addressId: string;
  readonly amount: Atto;
}

/** How it would be handled. */
export interface MayWithdraw {
  readonly address: string;
  readonly policyVersion: number;
  readonly people: 0 | 1 | 2;
}

function orThrow(refusal: Refusal | null): void {
  if (isRefusal(refusal)) throw new RefusalError(refusal.refusal, refusal.detail);
}

/** From when on the address may be used, milliseconds since 1970; null where it is not listed. */
export async function usableSince(
  db: Knex,
  policy: WithdrawalPolicy,
  row: Pick<WithdrawalAddressRow, 'customer_id' | 'state' | 'listed_at'>,
): Promise<number | null> {
  if (row.state !== 'listed' || row.listed_at === null) return null;
  const changed = await credentialsChangedAt(db, row.customer_id);
  return usableFrom(policy, {
    listedAt: row.listed_at.getTime(),
    credentialsChangedAt: changed?.getTime() ?? null,
  });
}

/** The clock that cool-downs go by, milliseconds since 1970. */
export async function databaseTime(db: Knex): Promise<number> {
  const { rows } = await db.raw<{ rows: { at: Date }[] }>('SELECT clock_timestamp() AS at');
  return rows[0]?.at.getTime() ?? 0;
}

/** @throws RefusalError not-found, withdrawal-address-cooling */
async function expectUsable(
  db: Knex,
  policy: WithdrawalPolicy,
  wish: WithdrawalWish,
): Promise<{ readonly address: string; readonly proven: boolean }> {
  const row = await findWithdrawalAddress(db, wish.addressId);
  if (row?.customer_id !== wish.customerId || row.address === null || row.state !== 'listed')
    throw new RefusalError('not-found', 'You have no such address on your list.');
  const since = await usableSince(db, policy, row);
  if (since === null || since > (await databaseTime(db))) {
    const when = new Date(since ?? 0).toISOString();
    throw new RefusalError('withdrawal-address-cooling', `It may be used from ${when} on.`);
  }
  return { address: row.address, proven: row.proven };
}

/**
 * Who may have anything paid out at all, whatever the amount.
 * @throws RefusalError customer-not-open, payouts-frozen, customer-frozen
 */
async function expectMayBePaid(db: Knex, customerId: string): Promise<void> {
  const customer = await findCustomer(db, customerId);
  if (customer?.state !== 'open') throw new RefusalError('customer-not-open');
  await expectNotFrozen(db, 'withdrawal', customerId);
}

/**
 * Judges a wish by the policy in force and what counts against its limits now. The balance is the ledger's to judge.
 * @throws RefusalError customer-not-open, payouts-frozen, customer-frozen, not-found, withdrawal-address-cooling,
 *   withdrawal-dust, withdrawal-limit
 */
export async function expectMayWithdraw(db: Knex, wish: WithdrawalWish): Promise<MayWithdraw> {
  await expectMayBePaid(db, wish.customerId);
  const { policy, version } = await readPolicy(db, 'withdrawal');
  const { address, proven } = await expectUsable(db, policy, wish);
  orThrow(checkDust(wish.amount, gasOfWithdrawal(await readBaseFee(db))));
  const used: Used = await usedNow(db, wish.customerId);
  orThrow(checkLimits(policy, used, wish.amount));
  return { address, policyVersion: version, people: peopleFor(policy, wish.amount, proven) };
}

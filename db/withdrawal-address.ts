/** The addresses that customers listed for their withdrawals. */
import type { Knex } from 'knex';
import { RefusalError, type RefusalCode } from '../domain/refusal';

export type WithdrawalAddressState = 'asked' | 'challenged' | 'listed' | 'removed' | 'refused' | 'expired';

export interface WithdrawalAddressRequest {
  readonly addressId: string;
  readonly customerId: string;
  readonly name: string;
  /** As the customer wrote it. */
  readonly address: string;
  readonly workflowId: string;
}

export interface WithdrawalAddressRow {
  readonly id: string;
  readonly customer_id: string;
  readonly name: string;
  readonly given: string;
  /** As it is paid; null until the chain was looked at. */
  readonly address: string | null;
  /** What the finalised chain held there; 'none' = nobody had used it. */
  readonly actor: string | null;
  readonly state: WithdrawalAddressState;
  readonly refusal: RefusalCode | null;
  /** The text to sign, where its owner can. */
  readonly challenge: string | null;
  readonly signature: string | null;
  readonly proven: boolean;
  readonly listed_at: Date | null;
  readonly removed_by: string | null;
  readonly remove_reason: string | null;
  readonly workflow_id: string;
  readonly created_at: Date;
  readonly closed_at: Date | null;
}

/** Writes the request down; nothing where it is there already. */
export async function insertWithdrawalAddress(db: Knex, request: WithdrawalAddressRequest): Promise<void> {
  const { addressId: id, customerId, name, address: given, workflowId } = request;
  await db('withdrawal_address')
    .insert({ id, customer_id: customerId, name, given, workflow_id: workflowId })
    .onConflict('id')
    .ignore();
}

export async function findWithdrawalAddress(db: Knex, id: string): Promise<WithdrawalAddressRow | null> {
  return (await db<WithdrawalAddressRow>('withdrawal_address').where({ id }).first()) ?? null;
}

/** Locked until the transaction ends. @throws RefusalError not-found */
export async function lockWithdrawalAddress(
  trx: Knex.Transaction,
  id: string,
): Promise<WithdrawalAddressRow> {
  const row = await trx<WithdrawalAddressRow>('withdrawal_address').where({ id }).forUpdate().first();
  if (row === undefined) throw new RefusalError('not-found', 'There is no such withdrawal address.');
  return row;
}

/** Whether the customer has this address on the list, or is about to, under another id. */
export async function isListed(
  db: Knex,
  customerId: string,
  address: string,
  except: string,
): Promise<boolean> {
  const row: unknown = await db('withdrawal_address')
    .where({ customer_id: customerId, address })
    .whereIn('state', ['challenged', 'listed'])
    .whereNot({ id: except })
    .first('id');
  return row !== undefined;
}

/** Changes what may change; the caller holds its lock. */
export async function updateWithdrawalAddress(
  trx: Knex.Transaction,
  id: string,
  change: Partial<Record<keyof WithdrawalAddressRow, unknown>>,
): Promise<void> {
  await trx('withdrawal_address').where({ id }).update(change);
}

/** When the customer's way to sign in changed last: a new API key. Null where it never did. */
export async function credentialsChangedAt(db: Knex, customerId: string): Promise<Date | null> {
  const row = await db('api_key')
    .where({ customer_id: customerId })
    .max<{ at: Date | null }[]>({ at: 'created_at' });
  return row[0]?.at ?? null;
}

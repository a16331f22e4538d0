/** Withdrawals: what was set aside, for whom, and what came of it. Amounts in atto, as the columns hold them. */
import type { Knex } from 'knex';
import type { AttoText } from '../domain/money';
import { RefusalError, type RefusalCode } from '../domain/refusal';
import type { Used, WithdrawalState } from '../domain/withdrawal';

export interface WithdrawalRequest {
  readonly withdrawalId: string;
  readonly customerId: string;
  /** Of the customer's list (db/withdrawal-address.ts). */
  readonly addressId: string;
  readonly amount: AttoText;
  readonly workflowId: string;
}

export interface WithdrawalRow {
  readonly id: string;
  readonly customer_id: string;
  readonly address_id: string;
  /** Of refused ones null. */
  readonly address: string | null;
  readonly amount: AttoText;
  readonly state: WithdrawalState;
  readonly refusal: RefusalCode | null;
  readonly policy_version: number | null;
  /** How many must accept. */
  readonly people: number | null;
  readonly approval_id: string | null;
  readonly message_id: string | null;
  readonly message_cid: string | null;
  readonly held_at: Date | null;
  readonly closed_by: string | null;
  readonly reason: string | null;
  readonly needs_action: string | null;
  readonly workflow_id: string;
  readonly created_at: Date;
  readonly closed_at: Date | null;
}

export async function findWithdrawal(db: Knex, id: string): Promise<WithdrawalRow | null> {
  return (await db<WithdrawalRow>('withdrawal').where({ id }).first()) ?? null;
}

/** Locked until the transaction ends. @throws RefusalError not-found */
export async function lockWithdrawal(trx: Knex.Transaction, id: string): Promise<WithdrawalRow> {
  const row = await trx<WithdrawalRow>('withdrawal').where({ id }).forUpdate().first();
  if (row === undefined) throw new RefusalError('not-found', `There is no withdrawal ${id}.`);
  return row;
}

/** Nobody else sets money aside until the transaction ends: limits are counted one request at a time. */
export async function lockWithdrawals(trx: Knex.Transaction): Promise<void> {
  await trx.raw('SELECT lock_withdrawals()');
}

/** What counts against the limits now: held, approved or paid, by when it was set aside. */
export async function usedNow(db: Knex, customerId: string): Promise<Used> {
  const { rows } = await db.raw<{ rows: Record<keyof Used, string>[] }>(
    `SELECT customer_hour AS "customerHour", customer_day AS "customerDay", platform_hour AS "platformHour",
       platform_day AS "platformDay" FROM withdrawal_used(?, clock_timestamp())`,
    [customerId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('withdrawal_used gives one row always');
  const { customerHour, customerDay, platformHour, platformDay } = row;
  return {
    customerHour: BigInt(customerHour),
    customerDay: BigInt(customerDay),
    platformHour: BigInt(platformHour),
    platformDay: BigInt(platformDay),
  };
}

/** Writes it down with its money set aside, or as refused. */
export async function insertWithdrawal(
  db: Knex,
  request: WithdrawalRequest,
  judged:
    | { readonly address: string; readonly policyVersion: number; readonly people: number }
    | { readonly refusal: RefusalCode; readonly reason: string },
): Promise<void> {
  const { withdrawalId: id, customerId, addressId, amount, workflowId } = request;
  const asked = { id, customer_id: customerId, address_id: addressId, amount, workflow_id: workflowId };
  const found =
    'refusal' in judged
      ? { state: 'refused', refusal: judged.refusal, reason: judged.reason, closed_at: db.fn.now() }
      : {
          state: 'held',
          address: judged.address,
          policy_version: judged.policyVersion,
          people: judged.people,
          // the trigger puts the database's own clock
          held_at: db.fn.now(),
        };
  await db('withdrawal').insert({ ...asked, ...found });
}

/** Changes what may change; the caller holds its lock. */
export async function updateWithdrawal(
  trx: Knex.Transaction,
  id: string,
  change: Partial<WithdrawalRow>,
): Promise<void> {
  await trx('withdrawal').where({ id }).update(change);
}

/** The sentence in which it asks for help, for the home screen; null when it needs none. */
export async function noteWithdrawalNeeds(db: Knex, id: string, sentence: string | null): Promise<void> {
  await db('withdrawal').where({ id }).whereNull('closed_at').update({ needs_action: sentence });
}

/** Whether this person of staff is the customer who asked: the same mailbox. */
export async function askedBySamePerson(db: Knex, withdrawalId: string, staffId: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `SELECT 1 FROM withdrawal w JOIN customer c ON c.id = w.customer_id JOIN staff s ON s.email = c.email
     WHERE w.id = ? AND s.id = ?`,
    [withdrawalId, staffId],
  );
  return rows.length > 0;
}

/**
 * Off the platform, in the books. What is asked for moves at once from the customer's balance into `withdrawal.payable` of
 * its own withdrawal; from there it leaves once, by the finalised message, or goes back once. Locks: the gate, the row, then
 * balances (docs/decisions/004-lock-order.md).
 */
import type { Knex } from 'knex';
import { poolClock } from '../db/clock';
import { closeApproval } from '../db/approval';
import { oweLooks } from '../db/look';
import {
  findWithdrawal,
  insertWithdrawal,
  lockWithdrawal,
  lockWithdrawals,
  updateWithdrawal,
  type WithdrawalRequest,
  type WithdrawalRow,
} from '../db/withdrawal';
import { expectMayWithdraw } from '../db/withdrawal-check';
import { attoFrom } from '../domain/money';
import { credit, debit, type AccountRef } from '../domain/posting';
import { RefusalError } from '../domain/refusal';
import { isOpen } from '../domain/withdrawal';
import { post } from './post';

/**
 * Judges the request and sets its money aside, in one transaction under the lock that counts limits. A request that is
 * there already is left as it is.
 * @throws RefusalError as `expectMayWithdraw`, and amount-above-balance
 */
export async function holdWithdrawal(trx: Knex.Transaction, request: WithdrawalRequest): Promise<void> {
  await lockWithdrawals(trx);
  if ((await findWithdrawal(trx, request.withdrawalId)) !== null) return;
  const amount = attoFrom(request.amount);
  const may = await expectMayWithdraw(trx, { ...request, amount });
  await insertWithdrawal(trx, request, may);
  await post(trx, {
    key: `${request.workflowId}/hold`,
    kind: 'withdrawal-hold',
    asset: 'FIL',
    effectiveEpoch: await poolClock(trx),
    workflowId: request.workflowId,
    postings: [
      debit('customer.available', request.customerId, amount),
      credit('withdrawal.payable', request.withdrawalId, amount),
    ],
  });
}

/** Told to the customer. */
export const ADDRESS_GONE = 'The address was taken off the list.';

/** How it ended without being paid. */
export interface Release {
  readonly state: 'failed' | 'cancelled' | 'expired' | 'declined';
  readonly reason: string;
  /** Who cancelled it. */
  readonly by?: string;
}

/** The customer has the money back, in the transaction in which it ends; what was asked of people is closed. */
async function giveBack(trx: Knex.Transaction, row: WithdrawalRow, release: Release): Promise<void> {
  const waiting = await trx<{ id: string; workflow_id: string; state: string }>('approval')
    .where({ workflow_id: row.workflow_id, state: 'waiting' })
    .select('id');
  for (const { id } of waiting) await closeApproval(trx, id, 'cancelled');
  const amount = attoFrom(row.amount);
  await post(trx, {
    key: `${row.workflow_id}/release`,
    kind: 'withdrawal-release',
    asset: 'FIL',
    effectiveEpoch: await poolClock(trx),
    workflowId: row.workflow_id,
    postings: [
      debit('withdrawal.payable', row.id, amount),
      credit('customer.available', row.customer_id, amount),
    ],
  });
  await updateWithdrawal(trx, row.id, {
    state: release.state,
    reason: release.reason,
    closed_by: release.by ?? null,
    needs_action: null,
    closed_at: new Date(),
  });
}

/** States of the withdrawal's messages in which nothing of them can land. */
const DEAD: readonly string[] = ['cancelled', 'failed', 'conflict'];

interface Drafted {
  readonly id: string;
  readonly state: string;
}

const messagesOf = (trx: Knex.Transaction, id: string): Promise<Drafted[]> =>
  trx('chain.message').where({ kind: 'withdraw', subject_id: id }).select<Drafted[]>('id', 'state');

/**
 * Ends it unpaid; again, it is nothing. A message that is not signed is given up in the same transaction, so that it never
 * can be.
 * @throws RefusalError wrong-state where it is closed otherwise, or signed: it may land at any time
 */
export async function releaseWithdrawal(
  trx: Knex.Transaction,
  id: string,
  release: Release,
): Promise<WithdrawalRow> {
  const row = await lockWithdrawal(trx, id);
  if (row.state === release.state) return row;
  if (!isOpen(row.state)) throw new RefusalError('wrong-state', `The withdrawal is ${row.state}.`);
  const alive = (await messagesOf(trx, id)).filter(({ state }) => !DEAD.includes(state));
  expectUnsigned(alive);
  await giveBack(trx, row, release);
  for (const message of alive) {
    const given = await trx('chain.message')
      .where({ id: message.id, state: 'draft' })
      .update({ state: 'cancelled', needs_action: null, closed_at: trx.fn.now() });
    if (given === 0) expectUnsigned([{ ...message, state: 'signed' }]);
  }
  return { ...row, state: release.state };
}

function expectUnsigned(messages: readonly Drafted[]): void {
  if (messages.some(({ state }) => state !== 'draft'))
    throw new RefusalError('wrong-state', 'The withdrawal is signed: it may land at any time.');
}

/**
 * Gives back what waits for an address that is taken off the list, in the caller's transaction, and has their workflows
 * look. What is signed may land at any time and is left alone.
 */
export async function releaseWithdrawalsTo(
  trx: Knex.Transaction,
  addressId: string,
  by: string,
): Promise<void> {
  const open = await trx<WithdrawalRow>('withdrawal')
    .where({ address_id: addressId })
    .whereIn('state', ['held', 'approved'])
    .orderBy('id')
    .select('id', 'workflow_id');
  for (const { id, workflow_id: workflowId } of open) {
    const release = { state: 'cancelled', by, reason: ADDRESS_GONE } as const;
    try {
      await releaseWithdrawal(trx, id, release);
      await oweLooks(trx, [workflowId]);
    } catch (error) {
      if (!(error instanceof RefusalError) || error.code !== 'wrong-state') throw error;
    }
  }
}

export interface PaidWithdrawal {
  readonly withdrawalId: string;
  readonly custody: AccountRef;
  readonly includedEpoch: number;
  readonly executedEpoch: number;
  readonly messageCid: string;
  readonly workflowId: string;
}

/** Books what a final message paid: it leaves the payable and the address that sent it. @returns the journal */
export async function bookWithdrawal(trx: Knex.Transaction, paid: PaidWithdrawal): Promise<number> {
  const row = await lockWithdrawal(trx, paid.withdrawalId);
  const amount = attoFrom(row.amount);
  const { journalId } = await post(trx, {
    key: `${paid.workflowId}/moved`,
    kind: 'withdrawal',
    asset: 'FIL',
    effectiveEpoch: paid.includedEpoch,
    executedEpoch: paid.executedEpoch,
    workflowId: paid.workflowId,
    ...(row.approval_id === null ? {} : { approvalId: row.approval_id }),
    messageCid: paid.messageCid,
    postings: [
      debit('withdrawal.payable', row.id, amount),
      credit(paid.custody.code, paid.custody.owner, amount),
    ],
  });
  await updateWithdrawal(trx, row.id, {
    state: 'paid',
    message_cid: paid.messageCid,
    needs_action: null,
    closed_at: new Date(),
  });
  return journalId;
}

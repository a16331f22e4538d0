/**
 * What the signer demands before money leaves the platform. It reads the withdrawal, the customer's address with its proof,
 * the policy, the approval and the hold itself: a row that somebody changed pays nobody.
 */
import type { Knex } from 'knex';
import { approvalLapsed, subjectHashOf, type Json } from '../db/approval';
import type { StoredMessage } from '../db/message';
import { readPolicy } from '../db/policy';
import { findWithdrawal, type WithdrawalRow } from '../db/withdrawal';
import { findWithdrawalAddress, type WithdrawalAddressRow } from '../db/withdrawal-address';
import { addressFrom } from '../domain/address';
import { isRefusal, RefusalError, type Refusal } from '../domain/refusal';
import { peopleFor, type WithdrawalPolicy } from '../domain/withdrawal';
import type { Lotus, TipsetKey } from './lotus';
import { waitBriefly } from './outbox';
import { examinePayee, type Payee } from './payee';
import { checkAddressProof } from './withdrawal-proof';

/** What is at the payee's address at the head, or null for another kind of message. */
export async function lookAtPayee(
  lotus: Lotus,
  message: StoredMessage,
  head: TipsetKey,
): Promise<Payee | Refusal | null> {
  return message.kind === 'withdraw' ? examinePayee(lotus, message.to, head) : null;
}

/**
 * Holds what the signature stands on until the transaction ends: the withdrawal, its address, the policy. Who cancels,
 * removes or changes one of them commits before this returns, and is seen, or waits for the signature, and sees that.
 * Taken before the sender (docs/decisions/004-lock-order.md).
 */
export async function holdGround(
  trx: Knex.Transaction,
  { kind, subjectId }: Pick<StoredMessage, 'kind' | 'subjectId'>,
): Promise<void> {
  if (kind !== 'withdraw') return;
  await waitBriefly(trx);
  await trx.raw('SELECT hold_withdrawal_ground(?)', [subjectId]);
}

/**
 * @param payee from `lookAtPayee`
 * @throws RefusalError address-not-payable; approval-changed where the policy is another than the one it was judged by,
 *   or the approval has lapsed; approval-missing for everything else that is not as it must be
 */
export async function checkWithdrawal(
  trx: Knex.Transaction,
  message: StoredMessage,
  payee: Payee | Refusal | null,
): Promise<void> {
  if (message.kind !== 'withdraw') return;
  if (isRefusal(payee)) throw new RefusalError(payee.refusal, payee.detail);
  const row = message.subjectKind === 'withdrawal' ? await findWithdrawal(trx, message.subjectId) : null;
  if (row === null) return refuse('There is no such withdrawal.');
  const { policy, version } = await readPolicy(trx, 'withdrawal');
  if (row.state === 'approved' && row.policy_version !== version)
    throw new RefusalError('approval-changed', `It was judged by policy version ${row.policy_version}.`);
  if (row.state === 'approved' && (await approvalLapsed(trx, row.approval_id, policy.approvalSeconds)))
    throw new RefusalError('approval-changed', `It was approved ${policy.approvalSeconds} s ago or earlier.`);
  const fault =
    rowFault(row, message, payee) ??
    (await placeFault(trx, message)) ??
    (await addressFault(trx, row, policy)) ??
    (await holdFault(trx, row, message)) ??
    (await approvalFault(trx, row, policy));
  if (fault !== null) refuse(fault);
}

function refuse(fault: string): never {
  throw new RefusalError('approval-missing', fault);
}

function rowFault(row: WithdrawalRow, message: StoredMessage, payee: Payee | null): string | null {
  if (row.state !== 'approved') return `The withdrawal is ${row.state}.`;
  if (message.to !== row.address || payee?.address !== row.address) return 'It pays another address.';
  if (message.everything || message.value?.toString() !== row.amount) return 'It pays another amount.';
  if (message.approvalId !== row.approval_id) return 'It names another approval.';
  return null;
}

/** From the hot wallet, to nobody of ours, under whatever name. */
async function placeFault(trx: Knex.Transaction, message: StoredMessage): Promise<string | null> {
  const from = await trx('chain.address')
    .where({ address: message.from })
    .first<{ kind: string } | undefined>();
  if (from?.kind !== 'hot') return 'It is not sent from the hot wallet.';
  const own: unknown = await trx('chain.address')
    .where({ address: message.to })
    .orWhere({ id_address: message.to })
    .first('address');
  return own === undefined ? null : 'It pays an address of our own.';
}

async function addressFault(
  trx: Knex.Transaction,
  row: WithdrawalRow,
  policy: WithdrawalPolicy,
): Promise<string | null> {
  const listed = await findWithdrawalAddress(trx, row.address_id);
  if (listed?.customer_id !== row.customer_id || listed.address !== row.address)
    return "The address is not the customer's.";
  if (listed.state !== 'listed' || listed.listed_at === null) return `The address is ${listed.state}.`;
  const { rows } = await trx.raw<{ rows: { cool: boolean }[] }>(
    "SELECT ?::timestamptz + ? * interval '1 second' <= clock_timestamp() AS cool",
    [listed.listed_at, policy.coolDownSeconds],
  );
  return rows[0]?.cool === true ? null : 'The address is cooling down.';
}

/** The customer's money is still set aside for it, and no other message was signed to pay it. */
async function holdFault(
  trx: Knex.Transaction,
  row: WithdrawalRow,
  message: StoredMessage,
): Promise<string | null> {
  const { rows } = await trx.raw<{ rows: { held: string }[] }>(
    'SELECT ledger.held_for_withdrawal(?) AS held',
    [row.id],
  );
  if (rows[0]?.held !== row.amount) return 'The money is not set aside.';
  const other: unknown = await trx('chain.message')
    .where({ kind: 'withdraw', subject_id: row.id })
    .whereIn('state', ['signed', 'pushed', 'included', 'final'])
    .whereNot({ id: message.id })
    .first('id');
  return other === undefined ? null : 'Another message pays it already.';
}

/** Whether the key of the address signed, by the signature itself and not by what the row says of it. */
function isProven(listed: WithdrawalAddressRow | null): boolean {
  if (listed === null || listed.address === null || listed.challenge === null || listed.signature === null)
    return false;
  if (!listed.challenge.includes(` ${listed.id} ${listed.address} `)) return false;
  return checkAddressProof(addressFrom(listed.address), listed.challenge, listed.signature) === null;
}

interface Approval {
  readonly kind: string;
  readonly state: string;
  readonly subject: Readonly<Record<string, Json>>;
  readonly subject_hash: string;
  readonly maker_id: string | null;
}

async function approvalFault(
  trx: Knex.Transaction,
  row: WithdrawalRow,
  policy: WithdrawalPolicy,
): Promise<string | null> {
  const proven = isProven(await findWithdrawalAddress(trx, row.address_id));
  const people = peopleFor(policy, BigInt(row.amount), proven);
  if (people === 0) return null;
  const approval = await trx('approval')
    .where({ id: row.approval_id ?? '' })
    .first<Approval | undefined>('kind', 'state', 'subject', 'subject_hash', 'maker_id');
  if (approval?.kind !== 'withdrawal' || approval.state !== 'accepted') return 'It is not approved.';
  const { withdrawal, address, amount, policyVersion } = approval.subject;
  const same =
    withdrawal === row.id &&
    address === row.address &&
    amount === row.amount &&
    policyVersion === row.policy_version &&
    approval.subject_hash === subjectHashOf(approval.subject);
  if (!same) return 'Something else was approved.';
  const accepted = await trx('approval_decision')
    .where({ approval_id: row.approval_id, decision: 'accept' })
    .whereNot({ actor_id: row.customer_id })
    .countDistinct<{ people: number }[]>({ people: 'actor_id' });
  return (accepted[0]?.people ?? 0) >= people ? null : `Fewer than ${people} people approved it.`;
}

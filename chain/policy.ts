/** What the signer demands before it signs; it reads the evidence itself and trusts no caller. */
import type { Knex } from 'knex';
import { liquidityShare } from '../db/liquidity-reserve';
import type { MessageKind, StoredMessage } from '../db/message';
import { readPool } from '../db/pool';
import { heldBack } from '../domain/liquidity-reserve';
import { type Atto, attoFrom, formatCoins } from '../domain/money';
import { RefusalError } from '../domain/refusal';
import { maxCost } from './gas';
import type { Gas } from './message';
import { METHOD } from './method';

/** @throws RefusalError gas-above-policy where limit × fee cap passes `maxFee` (attoFIL). */
export function checkFee(gas: Gas, maxFee: Atto): void {
  const cost = maxCost(gas);
  if (cost <= maxFee) return;
  throw new RefusalError(
    'gas-above-policy',
    `Gas may cost ${formatCoins(cost)} FIL; policy allows ${formatCoins(maxFee)} FIL a message.`,
  );
}

/** What each kind of message may do: its method, whether it carries value, and which own addresses it may pay. */
interface Shape {
  readonly method: number;
  readonly carriesValue: boolean;
  readonly paysOwn?: readonly string[];
}

const SHAPE: Readonly<Record<MessageKind, Shape>> = {
  sweep: { method: METHOD.send, carriesValue: true, paysOwn: ['hot'] },
  fund: { method: METHOD.send, carriesValue: true, paysOwn: ['escrow', 'repayment', 'deposit'] },
  return: { method: METHOD.send, carriesValue: true, paysOwn: ['hot'] },
  'to-cold': { method: METHOD.send, carriesValue: true, paysOwn: ['cold'] },
  disburse: { method: METHOD.send, carriesValue: true },
  withdraw: { method: METHOD.send, carriesValue: true },
  'owner-confirm': { method: METHOD.changeOwner, carriesValue: false },
  'owner-propose': { method: METHOD.changeOwner, carriesValue: false },
  'withdraw-balance': { method: METHOD.withdrawBalance, carriesValue: false },
};

/**
 * A message does what its kind says, and transfers between our own addresses go to one of ours: a row that somebody
 * changed cannot pay a stranger.
 * @throws RefusalError approval-missing
 */
export async function checkShape(trx: Knex.Transaction, message: StoredMessage): Promise<void> {
  const shape = SHAPE[message.kind];
  const refuse = (detail: string): never => {
    throw new RefusalError('approval-missing', `A message of kind ${message.kind} ${detail}.`);
  };
  if (message.method !== shape.method) refuse(`calls method ${shape.method}`);
  if (shape.carriesValue ? message.params.length > 0 : message.value !== 0n) {
    refuse(shape.carriesValue ? 'carries no parameters' : 'carries no value');
  }
  if (shape.paysOwn === undefined) return;
  const target: { kind: string } | undefined = await trx('chain.address')
    .where({ address: message.to })
    .first('kind');
  if (!shape.paysOwn.includes(target?.kind ?? ''))
    refuse(`pays ${shape.paysOwn.join(' or ')} addresses only`);
}

interface Approval {
  readonly id: string;
  readonly state: string;
  readonly kind: string;
  /** What it was given for (workflows/loan-listen.ts, activities/loan-disbursement.ts). */
  readonly subject: {
    readonly loan?: unknown;
    readonly miner?: unknown;
    readonly amount?: unknown;
    readonly firstDisbursement?: unknown;
  };
}

/**
 * A disbursement needs the accepted approval of exactly this loan and miner: the loan's own for the first, one of its own
 * for each later one. What is sent under an approval stays within the amount it names, and all that is sent for a loan
 * within the amount of the loan. Other kinds move money between our own addresses, or a role that the loan's terms name.
 * @throws RefusalError approval-missing, redemptions-waiting, liquidity-reserve
 */
export async function checkApproval(trx: Knex.Transaction, message: StoredMessage): Promise<void> {
  if (message.kind !== 'disburse') return;
  const approval = await approvals(trx)
    .where({ id: message.approvalId ?? '' })
    .first();
  const loan = approval?.kind === 'loan-disbursement' ? await loanApproval(trx, message) : approval;
  const fault = faultOf(approval, message, DISBURSES) ?? faultOf(loan, message, ['loan']);
  if (fault !== null) throw new RefusalError('approval-missing', fault);
  await checkQueue(trx, message);
  await checkReserve(trx, message);
  await checkTotal(trx, message, { approval_id: message.approvalId }, limitOf(approval));
  const ofLoan = { subject_kind: 'loan', subject_id: message.subjectId };
  await checkTotal(trx, message, ofLoan, String(loan?.subject.amount));
}

const approvals = (trx: Knex.Transaction) =>
  trx<Approval>('approval').select('id', 'state', 'kind', 'subject');

/** Whatever a later disbursement was approved by, the loan itself was approved too. */
async function loanApproval(trx: Knex.Transaction, message: StoredMessage): Promise<Approval | undefined> {
  const ofLoan = trx('loan').where({ id: message.subjectId }).select('approval_id');
  return approvals(trx).where('id', ofLoan).first();
}

/** What may be sent under an approval; that of a loan in parts allows its first alone. */
const limitOf = (approval: Approval | undefined): string =>
  String(approval?.subject.firstDisbursement ?? approval?.subject.amount);

/** This message and all that were signed before it stay within `limit` (atto). */
async function checkTotal(
  trx: Knex.Transaction,
  message: StoredMessage,
  scope: Readonly<Record<string, string | null>>,
  limit: string,
): Promise<void> {
  const paid: { total?: string | null } | undefined = await trx('chain.message')
    .where({ kind: 'disburse', ...scope })
    .whereNotIn('state', ['draft', 'cancelled', 'failed', 'conflict'])
    .whereNot({ id: message.id })
    .sum({ total: 'value' })
    .first();
  const amount = attoFrom(limit);
  if (attoFrom(paid?.total ?? '0') + (message.value ?? 0n) <= amount) return;
  throw new RefusalError('approval-missing', `More than the ${formatCoins(amount)} FIL that were approved.`);
}

/** Nothing is lent while depositors wait for their money (domain/redemption.ts). */
async function checkQueue(trx: Knex.Transaction, message: StoredMessage): Promise<void> {
  const queue = await trx('redemption_queue as q')
    .join('loan as l', 'l.pool_id', 'q.pool_id')
    .where('l.id', message.subjectId)
    .first<{ waiting: number } | undefined>('q.waiting');
  if (queue !== undefined && queue.waiting > 0) throw new RefusalError('redemptions-waiting');
}

/** The money was set aside when the loan was approved: what is idle besides must still cover the liquidity reserve. */
async function checkReserve(trx: Knex.Transaction, message: StoredMessage): Promise<void> {
  const loan = await trx('loan')
    .where({ id: message.subjectId })
    .first<{ pool_id: string } | undefined>('pool_id');
  const record = loan === undefined ? null : await readPool(trx, loan.pool_id);
  if (record === null) return;
  const { pool } = record;
  const keep = heldBack(pool, await liquidityShare(trx, record));
  if (pool.cash >= keep) return;
  throw new RefusalError(
    'liquidity-reserve',
    `The pool has ${formatCoins(pool.cash)} FIL idle and keeps ${formatCoins(keep)} FIL as its liquidity reserve.`,
  );
}

const DISBURSES: readonly string[] = ['loan', 'loan-disbursement'];

function faultOf(
  approval: Approval | undefined,
  message: StoredMessage,
  kinds: readonly string[],
): string | null {
  if (approval === undefined) return 'There is no such approval.';
  const { loan, miner, amount } = approval.subject;
  if (approval.state !== 'accepted' || !kinds.includes(approval.kind)) return 'The loan is not approved.';
  if (message.subjectKind !== 'loan' || loan !== message.subjectId) return 'Approved for another loan.';
  if (miner !== message.to) return 'Approved for another miner.';
  if (message.everything || typeof amount !== 'string') return 'The approval names no such amount.';
  return null;
}

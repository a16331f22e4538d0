/** Withdrawals in the database, task queue `ledger`: set aside, judged again before it is sent, given back. */
import type { Knex } from 'knex';
import { approvalLapsed } from '../db/approval';
import { readPolicy } from '../db/policy';
import {
  findWithdrawal,
  insertWithdrawal,
  lockWithdrawal,
  noteWithdrawalNeeds,
  updateWithdrawal,
  type WithdrawalRequest,
  type WithdrawalRow,
} from '../db/withdrawal';
import { findWithdrawalAddress } from '../db/withdrawal-address';
import { attoFrom, type AttoText } from '../domain/money';
import { RefusalError, type RefusalCode } from '../domain/refusal';
import { checkLimits, isOpen, peopleFor, type WithdrawalState } from '../domain/withdrawal';
import { ADDRESS_GONE, holdWithdrawal, releaseWithdrawal, type Release } from '../ledger/withdrawal';
import { refusing } from './refusal';

/** Where a withdrawal stands, and all that its workflow must know of it. */
export interface WithdrawalStanding {
  readonly state: WithdrawalState;
  readonly code: RefusalCode | null;
  /** Why it did not come off. */
  readonly reason: string | null;
  readonly address: string | null;
  readonly amount: AttoText;
  /** How many must accept under this version of the policy. */
  readonly people: number;
  readonly policyVersion: number;
  readonly proven: boolean;
  readonly approvalId: string | null;
  /** Of the message that paid it. */
  readonly cid: string | null;
  /** How long an approval that nobody decides waits. */
  readonly approvalSeconds: number;
}

export interface ClearWithdrawal {
  readonly withdrawalId: string;
  /** What people accepted; null where nobody is asked. */
  readonly approvalId: string | null;
}

const NOTHING_USED = { customerHour: 0n, customerDay: 0n, platformHour: 0n, platformDay: 0n };

/**
 * Approves it where everything is as it was judged. A policy that changed since voids what was accepted: it is judged by
 * the new one, and waits for people again where that asks for any; so it does where what was accepted has lapsed.
 */
async function clear(trx: Knex.Transaction, { withdrawalId, approvalId }: ClearWithdrawal): Promise<void> {
  const row = await lockWithdrawal(trx, withdrawalId);
  if (!isOpen(row.state)) return;
  const listed = await findWithdrawalAddress(trx, row.address_id);
  if (listed?.state !== 'listed') return stop(trx, row, ADDRESS_GONE);
  const { policy, version } = await readPolicy(trx, 'withdrawal');
  if (version === row.policy_version) {
    if (row.state === 'held')
      await updateWithdrawal(trx, row.id, { state: 'approved', approval_id: approvalId });
    else if (await approvalLapsed(trx, row.approval_id, policy.approvalSeconds))
      await updateWithdrawal(trx, row.id, { state: 'held', approval_id: null });
    return;
  }
  const amount = attoFrom(row.amount);
  const over = checkLimits(policy, NOTHING_USED, amount);
  if (over !== null) return stop(trx, row, `By the new policy it may not be sent: ${over.detail}`);
  const people = peopleFor(policy, amount, listed.proven);
  const judged = { policy_version: version, people, approval_id: null };
  await updateWithdrawal(trx, row.id, { ...judged, state: 'held' });
  if (people === 0) await updateWithdrawal(trx, row.id, { state: 'approved' });
}

async function stop(trx: Knex.Transaction, row: WithdrawalRow, reason: string): Promise<void> {
  await releaseWithdrawal(trx, row.id, { state: 'cancelled', by: 'platform', reason });
}

/** Activities of the queue `ledger`. */
export function makeWithdrawalActivities({ knex }: { readonly knex: Knex }) {
  const standing = async (withdrawalId: string): Promise<WithdrawalStanding> => {
    const row = await findWithdrawal(knex, withdrawalId);
    if (row === null) throw new Error(`there is no withdrawal ${withdrawalId}`);
    const [listed, { policy }] = await Promise.all([
      findWithdrawalAddress(knex, row.address_id),
      readPolicy(knex, 'withdrawal'),
    ]);
    return {
      state: row.state,
      code: row.refusal,
      reason: row.reason,
      address: row.address,
      amount: row.amount,
      people: row.people ?? 0,
      policyVersion: row.policy_version ?? 0,
      proven: listed?.proven ?? false,
      approvalId: row.approval_id,
      cid: row.message_cid,
      approvalSeconds: policy.approvalSeconds,
    };
  };
  return {
    /** Sets the money aside, or records why not. The same request is decided once. */
    async placeWithdrawal(request: WithdrawalRequest): Promise<WithdrawalStanding> {
      try {
        await knex.transaction((trx) => holdWithdrawal(trx, request));
      } catch (error) {
        // A key used with other content is our fault, not the customer's: it is not a refusal of theirs.
        if (!(error instanceof RefusalError) || error.code === 'idempotency-key-reused') throw error;
        const refused = { refusal: error.code, reason: error.message };
        await insertWithdrawal(knex, request, refused);
      }
      return standing(request.withdrawalId);
    },

    readWithdrawal: standing,

    /** Lets it be sent, or finds that it must be judged anew, or may not be sent any more. */
    async clearWithdrawal(input: ClearWithdrawal): Promise<WithdrawalStanding> {
      await knex.transaction((trx) => clear(trx, input));
      return standing(input.withdrawalId);
    },

    /** Ends it and gives the money back. Refusals: 'wrong-state' once it is signed. */
    releaseWithdrawal: refusing(
      async (input: { readonly withdrawalId: string } & Release): Promise<WithdrawalStanding> => {
        await knex.transaction((trx) => releaseWithdrawal(trx, input.withdrawalId, input));
        return standing(input.withdrawalId);
      },
    ),

    noteWithdrawalNeeds: (input: {
      readonly withdrawalId: string;
      readonly sentence: string | null;
    }): Promise<void> => noteWithdrawalNeeds(knex, input.withdrawalId, input.sentence),
  };
}

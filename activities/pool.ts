import { heartbeat } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import { findCustomer } from '../db/customer';
import { listPools } from '../db/pool';
import {
  amountOf,
  closeBooked,
  closeRefused,
  insertSubscription,
  lockSubscription,
  type SubscriptionRequest,
  type SubscriptionRow,
} from '../db/subscription';
import { attoText, parseAtto, type AttoText } from '../domain/money';
import { RefusalError, type RefusalCode } from '../domain/refusal';
import { catchUpPool, subscribe } from '../ledger/pool';
import { fillQueue } from '../ledger/redemption';

export type SubscriptionOutcome =
  | {
      readonly outcome: 'booked';
      readonly tokenId: number;
      readonly shares: string;
      readonly epoch: number;
      readonly journalId: number;
    }
  | { readonly outcome: 'refused'; readonly code: RefusalCode };

export interface PoolDeps {
  readonly knex: Knex;
}

function outcomeOf(row: SubscriptionRow): SubscriptionOutcome | null {
  const { state, token_id: tokenId, shares, epoch, journal_id: journalId, refusal: code } = row;
  if (state === 'refused' && code !== null) return { outcome: 'refused', code };
  if (tokenId === null || shares === null || epoch === null || journalId === null) return null;
  return { outcome: 'booked', tokenId, shares, epoch, journalId };
}

async function book(trx: Knex.Transaction, id: string): Promise<SubscriptionOutcome> {
  const row = await lockSubscription(trx, id);
  const decided = outcomeOf(row);
  if (decided !== null) return decided;
  const customer = await findCustomer(trx, row.customer_id);
  if (customer?.state !== 'open') throw new RefusalError('customer-not-open');
  const { pool_id: poolId, customer_id: customerId, workflow_id: workflowId } = row;
  const atLeast = row.at_least === null ? 0n : BigInt(row.at_least);
  const request = { subscriptionId: id, customerId, poolId, amount: amountOf(row), atLeast, workflowId };
  const booked = await subscribe(trx, request);
  await closeBooked(trx, id, booked);
  return { outcome: 'booked', ...booked, shares: booked.shares.toString() };
}

/** Activities of the queue `ledger`. */
export function makePoolActivities({ knex }: PoolDeps) {
  return {
    /** Writes the request down. @throws ApplicationFailure 'amount-not-canonical' for what is not an amount above 0. */
    async recordSubscription(request: SubscriptionRequest): Promise<void> {
      const amount = parseAtto(request.amount);
      if (amount === null || amount === 0n)
        throw ApplicationFailure.nonRetryable(
          'The amount is not a positive number of atto.',
          'amount-not-canonical',
        );
      await insertSubscription(knex, request);
    },

    /** Moves the money and mints the position, or records why not. The same request is decided once. */
    async bookSubscription(subscriptionId: string): Promise<SubscriptionOutcome> {
      try {
        return await knex.transaction((trx) => book(trx, subscriptionId));
      } catch (error) {
        // A key used with other content is our fault, not the customer's: it is not a refusal of theirs.
        if (!(error instanceof RefusalError) || error.code === 'idempotency-key-reused') throw error;
        await closeRefused(knex, subscriptionId, error.code);
        const decided = await knex.transaction((trx) => lockSubscription(trx, subscriptionId));
        return outcomeOf(decided) ?? { outcome: 'refused', code: error.code };
      }
    },
  };
}

export interface PoolAccrual {
  readonly poolId: string;
  readonly fromEpoch: number;
  readonly toEpoch: number;
  readonly interest: AttoText;
}

/** Epochs a transaction: a tenth of a second of work, a week of 30 s epochs. */
const EPOCHS_A_RUN = 20_000;

/** Activities of the queue `batch`. */
export function makeAccrualActivities({ knex }: PoolDeps) {
  return {
    /**
     * Catches every pool up to its clock, in short transactions, then pays its redemption queue. Doing it again counts
     * no epoch and pays nobody twice.
     */
    async accruePools(workflowId: string): Promise<PoolAccrual[]> {
      const done: PoolAccrual[] = [];
      for (const { id } of await listPools(knex)) {
        const origin = { workflowId, key: `${workflowId}/${id}` };
        let run = await knex.transaction((trx) => catchUpPool(trx, id, origin, EPOCHS_A_RUN));
        const { fromEpoch } = run;
        let interest: bigint = run.interest;
        while (run.toEpoch < run.clock) {
          heartbeat(run.toEpoch);
          run = await knex.transaction((trx) => catchUpPool(trx, id, origin, EPOCHS_A_RUN));
          interest += run.interest;
        }
        while (await knex.transaction((trx) => fillQueue(trx, id, origin))) heartbeat(run.toEpoch);
        done.push({ poolId: id, fromEpoch, toEpoch: run.toEpoch, interest: attoText(interest) });
      }
      return done;
    },
  };
}

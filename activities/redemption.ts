import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import { insertRedemption, readRedemption, refuseRedemption, type RedemptionRequest } from '../db/redemption';
import { parseAtto, type AttoText } from '../domain/money';
import { RefusalError, type RefusalCode } from '../domain/refusal';
import { cancelRedemption, placeRedemption } from '../ledger/redemption';
import { refusing } from './refusal';

/** Where a request stands. Amounts in atto; `paid` so far. */
export interface RedemptionStanding {
  readonly state: 'requested' | 'waiting' | 'paid' | 'cancelled' | 'refused';
  readonly code: RefusalCode | null;
  readonly paid: AttoText;
}

/** Activities of the queue `ledger`. */
export function makeRedemptionActivities({ knex }: { readonly knex: Knex }) {
  const standing = async (id: string): Promise<RedemptionStanding> => {
    const { state, refusal: code, paid } = await readRedemption(knex, id);
    return { state, code, paid: paid as AttoText };
  };
  return {
    /** Writes the request down. @throws ApplicationFailure 'amount-not-canonical' */
    async recordRedemption(request: RedemptionRequest): Promise<void> {
      for (const text of [request.amount, request.atLeast]) {
        const amount = text === null ? null : parseAtto(text);
        if (text !== null && (amount === null || amount === 0n)) {
          const told = 'The amount is not a positive number of atto.';
          throw ApplicationFailure.nonRetryable(told, 'amount-not-canonical');
        }
      }
      await insertRedemption(knex, request);
    },

    /** Gives it its place and pays what can be paid, or records why not. The same request is decided once. */
    async placeRedemption(redemptionId: string): Promise<RedemptionStanding> {
      try {
        await knex.transaction((trx) => placeRedemption(trx, redemptionId));
      } catch (error) {
        // A key used with other content is our fault, not the customer's: it is not a refusal of theirs.
        if (!(error instanceof RefusalError) || error.code === 'idempotency-key-reused') throw error;
        await refuseRedemption(knex, redemptionId, error.code);
      }
      return standing(redemptionId);
    },

    readRedemption: standing,

    /** Gives up what is left of it. Refusals: 'wrong-state'. */
    cancelRedemption: refusing(
      async (input: {
        redemptionId: string;
        actorId: string;
        reason: string;
      }): Promise<RedemptionStanding> => {
        await knex.transaction((trx) => cancelRedemption(trx, input.redemptionId, input));
        return standing(input.redemptionId);
      },
    ),
  };
}

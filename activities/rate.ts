/** New rates of a pool, task queue `ledger`. The rules are in domain/rate-proposal.ts and in triggers. */
import type { Knex } from 'knex';
import { poolClock } from '../db/clock';
import { readNetwork } from '../db/network';
import { bookRate, closeRateProposal, insertRateProposal, type RateProposalState } from '../db/rate';
import type { RateValues } from '../domain/rate-proposal';
import { refusing } from './refusal';

/** Rates as they travel: decimal text, in ray. */
export type RateTexts = { readonly [F in keyof RateValues]: string };

export interface ProposeRate extends RateTexts {
  readonly id: string;
  readonly poolId: string;
  readonly fromEpoch: number;
  readonly reason: string;
  readonly makerId: string;
  readonly workflowId: string;
}

/** Where nobody knows how long an epoch is. */
const DEFAULT_EPOCH_SECONDS = 30;

async function propose(knex: Knex, input: ProposeRate): Promise<{ readonly msLeft: number }> {
  const { base, slope1, slope2, kink, reserveFactor } = input;
  const values = {
    base: BigInt(base),
    slope1: BigInt(slope1),
    slope2: BigInt(slope2),
    kink: BigInt(kink),
    reserveFactor: BigInt(reserveFactor),
  };
  await knex.transaction((trx) => insertRateProposal(trx, { ...input, ...values }));
  const seconds = (await readNetwork(knex))?.epochSeconds ?? DEFAULT_EPOCH_SECONDS;
  return { msLeft: Math.max(0, input.fromEpoch - (await poolClock(knex))) * seconds * 1000 };
}

export function makeRateActivities({ knex }: { readonly knex: Knex }) {
  return {
    /** Writes the proposal down. @returns about how long it can still be accepted in time */
    proposeRate: refusing((input: ProposeRate) => propose(knex, input)),

    /** Accepted by somebody else: the next version, or too late. */
    bookRate: refusing((input: { readonly id: string; readonly approvalId: string }) =>
      knex.transaction((trx) => bookRate(trx, input.id, input.approvalId)),
    ),

    closeRateProposal: (input: {
      readonly id: string;
      readonly state: Exclude<RateProposalState, 'proposed' | 'accepted'>;
    }): Promise<void> => closeRateProposal(knex, input.id, input.state),
  };
}

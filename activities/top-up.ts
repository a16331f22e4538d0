/** The treasury's own FIL for gas: announced, approved, then matched by chain-watch when it arrives. */
import type { Knex } from 'knex';
import type { Lotus } from '../chain/lotus';
import { announceTopUp, decideTopUp, expireTopUp, findTopUp, type TopUpState } from '../db/top-up';
import { watchList } from '../db/watched';
import { parseAddress } from '../domain/address';
import { parseAtto } from '../domain/money';
import { isRefusal, RefusalError } from '../domain/refusal';
import { refusing } from './refusal';

export interface TopUpDeps {
  readonly knex: Knex;
  readonly lotus: Lotus;
}

export interface AnnounceTopUp {
  readonly id: string;
  readonly workflowId: string;
  /** attoFIL, canonical text. */
  readonly amount: string;
  /** The address that will send it, as its message will name it. */
  readonly from: string;
  readonly announcedBy: string;
}

/** Task queue `chain`. */
export function makeTopUpActivities({ knex, lotus }: TopUpDeps) {
  return {
    /** Writes the announcement. Refused: an amount or an address that is none, or an address of our own. */
    announceTopUp: refusing(async (input: AnnounceTopUp): Promise<{ to: string; from: string }> => {
      const amount = parseAtto(input.amount);
      if (amount === null) throw new RefusalError('amount-not-canonical');
      if (amount === 0n) throw new RefusalError('amount-zero');
      const from = parseAddress(input.from, (await lotus.network()).prefix);
      if (isRefusal(from)) throw new RefusalError(from.refusal, from.detail);
      const list = await watchList(knex);
      if (list.find(from) !== null)
        throw new RefusalError(
          'wrong-state',
          'A top-up comes from the treasury, not from an address of ours.',
        );
      const hot = list.all.find(({ kind }) => kind === 'hot');
      if (hot === undefined)
        throw new Error('there is no hot wallet yet: the signer makes it at its first start');
      const { id, workflowId, announcedBy } = input;
      const topUp = { id, workflowId, announcedBy, amount, from, to: hot.address };
      await knex.transaction((trx) => announceTopUp(trx, topUp));
      return { to: hot.address, from };
    }),

    /** Approved: from now on an arrival in that amount from that sender is this top-up. Else it is closed. */
    decideTopUp: (
      input: { id: string; state: 'open'; approvalId: string } | { id: string; state: 'refused' | 'expired' },
    ): Promise<TopUpState> => knex.transaction((trx) => decideTopUp(trx, input.id, input)),

    /** Where it stands, and the arrival once there is one. */
    async readTopUp({ id }: { id: string }): Promise<{ state: TopUpState; cid: string | null }> {
      const topUp = await findTopUp(knex, id);
      if (topUp === null) throw new Error(`no top-up ${id}`);
      return { state: topUp.state, cid: topUp.cid };
    },

    /** Gives up waiting for the FIL; an arrival that was booked first stands. */
    expireTopUp: ({ id }: { id: string }): Promise<TopUpState> =>
      knex.transaction((trx) => expireTopUp(trx, id)),
  };
}

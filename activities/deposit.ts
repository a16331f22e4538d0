/** What the deposit's workflow asks the database; booking itself is chain-watch's. Task queue `ledger`. */
import type { Knex } from 'knex';
import { readCursor } from '../db/clock';
import { findTransfer, openTransfer, type BookedAs, type TransferState } from '../db/transfer';
import { attoText, type AttoText } from '../domain/money';

export interface DepositId {
  readonly cid: string;
  readonly index: number;
}

export interface DepositView {
  readonly state: TransferState;
  readonly bookedAs: BookedAs | null;
  readonly journalId: number | null;
  /** Our address that it reached. */
  readonly address: string;
  readonly value: AttoText;
  readonly executedEpoch: number;
  /** Heights: the last tipset walked, and the pool's clock. */
  readonly head: number;
  readonly clock: number;
}

export function makeDepositActivities({ knex }: { readonly knex: Knex }) {
  const read = async (id: DepositId): Promise<DepositView> => {
    const [transfer, cursor] = await Promise.all([findTransfer(knex, id), readCursor(knex)]);
    if (transfer === null || cursor === null) throw new Error(`no transfer ${id.cid}-${id.index}`);
    const { state, bookedAs, journalId, to, executedEpoch } = transfer;
    const { head, clock } = cursor;
    const value = attoText(transfer.value);
    return { state, bookedAs, journalId, address: to, value, executedEpoch, head, clock };
  };
  return {
    /** The workflow has the deposit: chain-watch names it no more. */
    async openDeposit(id: DepositId): Promise<DepositView> {
      await openTransfer(knex, id);
      return read(id);
    },
    /** Where the deposit stands now. */
    readDeposit: read,
  };
}

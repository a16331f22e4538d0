/** Custody: the cold address taken up in the books, the marks weighed, transfers to cold and refills to their end. */
import type { Knex } from 'knex';
import type { Lotus } from '../chain/lotus';
import { METHOD } from '../chain/method';
import { keyOf } from '../chain/watch';
import { hotAddress } from '../db/address';
import { lockCursor, readCursor } from '../db/clock';
import {
  beginTransfers,
  closeTransfer,
  grantTransfer,
  hotLevel,
  readTransfer,
  type CustodyState,
  type CustodyTransferRow,
} from '../db/custody';
import { addressBytes, addressFrom } from '../domain/address';
import { atto, attoFrom, attoText, formatCoins, type AttoText } from '../domain/money';
import { credit, debit } from '../domain/posting';
import { post } from '../ledger/post';
import { workflowIds } from '../workflows/handles';
import type { MessageInput } from './message';

export interface CustodyTransfer {
  readonly n: number;
  readonly direction: 'to-cold' | 'refill';
  readonly amount: AttoText;
  readonly hot: AttoText;
  readonly owed: AttoText;
  readonly policyVersion: number;
  readonly from: string;
  /** The cold address; null for a refill. */
  readonly to: string | null;
  readonly state: CustodyState;
}

export interface Level {
  readonly hot: AttoText;
  readonly owed: AttoText;
  readonly low: AttoText;
  /** It stands at its low mark or above, all that is owed left aside. */
  readonly enough: boolean;
}

async function viewOf(knex: Knex, row: CustodyTransferRow): Promise<CustodyTransfer> {
  return {
    n: row.n,
    direction: row.direction,
    amount: attoText(attoFrom(row.amount)),
    hot: attoText(attoFrom(row.hot)),
    owed: attoText(attoFrom(row.owed)),
    policyVersion: row.policy_version,
    from: await hotAddress(knex),
    to: row.cold_address,
    state: row.state,
  };
}

/** The message of an approved transfer. */
function draftOf({ n, amount, from, to }: CustodyTransfer, approvalId: string): MessageInput {
  if (to === null) throw new Error(`custody transfer ${n} has no cold address`);
  return {
    id: `to-cold-${n}`,
    kind: 'to-cold',
    from,
    to,
    value: amount,
    method: METHOD.send,
    params: null,
    subjectKind: 'custody',
    subjectId: String(n),
    summary: `${formatCoins(attoFrom(amount))} FIL from the hot wallet to the cold address`,
    approvalId,
  };
}

/** Task queue `ledger`. */
export function makeCustodyActivities({ knex }: { readonly knex: Knex }) {
  return {
    /** Begins what the marks ask for; gives every transfer that is open. */
    async weighHot(): Promise<readonly { n: number; direction: CustodyTransfer['direction'] }[]> {
      const open = await knex.transaction((trx) => beginTransfers(trx, workflowIds.custody));
      return open.map(({ n, direction }) => ({ n, direction }));
    },

    readCustodyTransfer: async (n: number): Promise<CustodyTransfer> =>
      viewOf(knex, await readTransfer(knex, n)),

    /** Accepted: its message, or null where it is outdated by now. */
    async grantToCold(input: {
      readonly n: number;
      readonly approvalId: string;
    }): Promise<MessageInput | null> {
      const row = await knex.transaction((trx) => grantTransfer(trx, input.n, input.approvalId));
      return row.state === 'outdated' ? null : draftOf(await viewOf(knex, row), input.approvalId);
    },

    closeCustodyTransfer: (input: {
      readonly n: number;
      readonly state: CustodyState;
      readonly messageId?: string;
      readonly detail?: string | null;
    }): Promise<void> => closeTransfer(knex, input.n, input),

    /** How the hot wallet stands now. */
    async readHotLevel(): Promise<Level> {
      const { hot, owed, low } = await hotLevel(knex);
      const text = { hot: attoText(hot), owed: attoText(owed), low: attoText(low) };
      return { ...text, enough: hot - owed >= low };
    },
  };
}

/** Task queue `chain`. */
export function makeColdActivities({ knex, lotus }: { readonly knex: Knex; readonly lotus: Lotus }) {
  return {
    /**
     * Takes the signer's cold address up in the books, with what it holds at the booked tipset as the platform's own. From
     * then on it is watched and reconciled like every other. Fails, and is tried again, where booking goes on meanwhile.
     */
    async takeUpCold(): Promise<{ takenUp: string | null }> {
      const row = await knex('chain.cold_address as c')
        .whereNotExists(knex('chain.address as a').whereRaw('a.address = c.address').select('a.address'))
        .first<{ address: string } | undefined>('c.address');
      if (row === undefined) return { takenUp: null };
      const address = addressFrom(row.address);
      const cursor = await readCursor(knex);
      if (cursor === null) throw new Error('chain-watch has not begun: nothing is booked yet');
      const actor = await lotus.getActor(address, keyOf(cursor.executedKey));
      const held = atto(actor?.balance ?? 0n);
      await knex.transaction(async (trx) => {
        const now = await lockCursor(trx);
        if (now?.executedKey !== cursor.executedKey) throw new Error('booking went on meanwhile');
        await trx('chain.address').insert({
          address,
          bytes: Buffer.from(addressBytes(address)),
          kind: 'cold',
          owner_kind: 'platform',
          owner_id: address,
        });
        if (held === 0n) return;
        await post(trx, {
          key: `custody/cold-${address}/opening`,
          kind: 'opening',
          asset: 'FIL',
          postings: [debit('custody.cold', address, held), credit('equity', '', held)],
          effectiveEpoch: cursor.clock,
          executedEpoch: cursor.executed,
          workflowId: 'custody',
        });
      });
      return { takenUp: address };
    },
  };
}

/** The proof that books and chain agree, address by address, at one final tipset. Task queue `chain`. */
import type { Knex } from 'knex';
import type { Lotus } from '../chain/lotus';
import { keyOf } from '../chain/watch';
import { readCursor } from '../db/clock';
import { findRun, keepRun, type ReconItem, type ReconRun } from '../db/reconciliation';
import { watchList } from '../db/watched';
import { atto } from '../domain/money';
import { custodyAt, identity, trialBalance } from '../ledger/read';
import { holdingsAt } from './holding';

export interface Reconciled {
  readonly outcome: 'matched' | 'broken';
  readonly height: number;
  readonly addresses: number;
  readonly breaks: number;
}

export interface ReconciliationDeps {
  readonly knex: Knex;
  readonly lotus: Lotus;
}

/** Task queue `chain`. */
export function makeReconciliationActivities({ knex, lotus }: ReconciliationDeps) {
  return {
    /**
     * Compares each address at the last booked tipset (final, by the cursor): chain balance there = Σ of its custody
     * postings executed up to there, exactly. Keeps the run; the same id again gives the run kept.
     */
    async reconcile(input: { id: string; workflowId: string }): Promise<Reconciled> {
      const run = (await findRun(knex, input.id)) ?? (await compare(knex, lotus, input));
      const { outcome, height, addresses, breaks } = run;
      return { outcome, height, addresses, breaks };
    },
  };
}

async function compare(
  knex: Knex,
  lotus: Lotus,
  input: { id: string; workflowId: string },
): Promise<ReconRun> {
  const cursor = await readCursor(knex);
  if (cursor === null) throw new Error('chain-watch has not begun: nothing is booked yet');
  const height = cursor.executed;
  const holdings = await holdingsAt(lotus, (await watchList(knex)).all, keyOf(cursor.executedKey));
  // One snapshot for all that is read from the books: booking goes on meanwhile.
  return knex.transaction(
    async (trx) => {
      const items: ReconItem[] = [];
      for (const { watched, balance } of holdings) {
        const ledger = await custodyAt(trx, watched.address, height);
        items.push({ address: watched.address, kind: watched.kind, chain: atto(balance), ledger });
      }
      const books = { trialBalance: await trialBalance(trx), identity: await identity(trx) };
      const sound = books.trialBalance.balanced && books.identity.holds;
      const breaks = items.filter(({ chain, ledger }) => chain !== ledger).length;
      const outcome = breaks === 0 && sound ? 'matched' : 'broken';
      const run = { ...input, tipsetKey: cursor.executedKey, height, outcome, breaks } as const;
      return keepRun(trx, { ...run, addresses: items.length, items, ...books });
    },
    { isolationLevel: 'repeatable read' },
  );
}

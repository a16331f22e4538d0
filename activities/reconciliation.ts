/** The proof that books and chain agree, address by address, at one final tipset. Task queue `chain`. */
import type { Knex } from 'knex';
import type { Lotus } from '../chain/lotus';
import { keyOf } from '../chain/watch';
import { readCursor } from '../db/clock';
import { findRun, keepRun, type ReconItem, type ReconRun } from '../db/reconciliation';
import { noteFinding } from '../db/tipset';
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
      if (outcome === 'broken')
        await noteBreak(trx, { id: input.id, height, breaks, of: items.length, sound });
      const run = { ...input, tipsetKey: cursor.executedKey, height, outcome, breaks } as const;
      return keepRun(trx, { ...run, addresses: items.length, items, ...books });
    },
    { isolationLevel: 'repeatable read' },
  );
}

interface Break {
  readonly id: string;
  readonly height: number;
  readonly breaks: number;
  readonly of: number;
  /** The books balance in themselves. */
  readonly sound: boolean;
}

/** A finding for people to deal with; one that is open stands for all the runs that see the same. */
async function noteBreak(trx: Knex.Transaction, { id, height, breaks, of, sound }: Break): Promise<void> {
  const kind = 'reconciliation-break';
  const open: unknown = await trx('watch.finding').where({ kind, resolved_at: null }).first('id');
  if (open !== undefined) return;
  const inside = sound ? '' : ' The books do not balance in themselves.';
  const sentence = `At epoch ${height} ${breaks} of ${of} addresses hold other than the books say.${inside}`;
  await noteFinding(trx, { kind, subject: id, epoch: height, sentence });
}

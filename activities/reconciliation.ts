/** The proof that books and chain agree, address by address, at one final tipset. Task queue `chain`. */
import type { Knex } from 'knex';
import type { Lotus } from '../chain/lotus';
import { keyOf } from '../chain/watch';
import { readCursor, type Cursor } from '../db/clock';
import { freezeStands } from '../db/freeze';
import { findRun, keepRun, lastMatched, type ReconItem, type ReconRun } from '../db/reconciliation';
import { noteFinding } from '../db/tipset';
import { watchList } from '../db/watched';
import { atto } from '../domain/money';
import { DIFFERENCE_CLASSES, stopsPayouts, type DifferenceClass } from '../domain/reconciliation';
import { custodiesAt, identity, trialBalance } from '../ledger/read';
import { holdingsAt, type Holding } from './holding';
import { explain } from './reconciliation-evidence';

export interface Reconciled {
  readonly outcome: 'matched' | 'broken';
  readonly height: number;
  readonly addresses: number;
  readonly breaks: number;
  /** Breaks that nothing explains, or that a key used elsewhere made. */
  readonly unexplained: number;
  /** A reconciliation's freeze of payouts stands already. */
  readonly frozen: boolean;
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
     * postings executed up to there, exactly; what differs is classed. Keeps the run; the same id again gives the run kept.
     */
    async reconcile(input: { id: string; workflowId: string }): Promise<Reconciled> {
      const run = (await findRun(knex, input.id)) ?? (await compare(knex, lotus, input));
      const { outcome, height, addresses, breaks, unexplained } = run;
      const frozen = await freezeStands(knex, 'payouts', 'reconciliation');
      return { outcome, height, addresses, breaks, unexplained, frozen };
    },
  };
}

interface Books {
  readonly items: readonly ReconItem[];
  readonly trialBalance: Awaited<ReturnType<typeof trialBalance>>;
  readonly identity: Awaited<ReturnType<typeof identity>>;
}

/** One snapshot for all that is read from the books: booking goes on meanwhile. */
function readBooks(knex: Knex, holdings: readonly Holding[], height: number): Promise<Books> {
  return knex.transaction(
    async (trx) => {
      const items: ReconItem[] = [];
      const held = await custodiesAt(trx, height);
      for (const { watched, balance } of holdings) {
        const ledger = held.get(watched.address) ?? atto(0n);
        const { address, kind } = watched;
        const differs = balance === ledger ? 'matched' : 'unknown';
        items.push({ address, kind, chain: atto(balance), ledger, class: differs, sentence: null });
      }
      return { items, trialBalance: await trialBalance(trx), identity: await identity(trx) };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

async function explained(
  deps: ReconciliationDeps,
  item: ReconItem,
  cursor: Cursor,
  since: number,
): Promise<ReconItem> {
  if (item.class === 'matched') return item;
  return { ...item, ...(await explain(deps, item.address, { since, until: cursor.executed })) };
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
  const books = await readBooks(knex, holdings, height);
  const since = (await lastMatched(knex)) ?? cursor.began;
  const items: ReconItem[] = [];
  for (const item of books.items) items.push(await explained({ knex, lotus }, item, cursor, since));
  const sound = books.trialBalance.balanced && books.identity.holds;
  const breaks = items.filter((item) => item.class !== 'matched').length;
  const outcome = breaks === 0 && sound ? 'matched' : 'broken';
  const unexplained = items.filter((item) => stopsPayouts(item.class)).length + (sound ? 0 : 1);
  const run = { ...input, tipsetKey: cursor.executedKey, height, outcome, breaks, unexplained } as const;
  return knex.transaction(async (trx) => {
    if (outcome === 'broken') await noteBreak(trx, { id: input.id, height, items, sound });
    return keepRun(trx, { ...run, addresses: items.length, ...books, items });
  });
}

interface Break {
  readonly id: string;
  readonly height: number;
  readonly items: readonly ReconItem[];
  /** The books balance in themselves. */
  readonly sound: boolean;
}

/** '2 unseen deposit, 1 unknown' */
function counted(items: readonly ReconItem[]): string {
  const of = (one: DifferenceClass): number => items.filter((item) => item.class === one).length;
  const found = DIFFERENCE_CLASSES.filter((one) => one !== 'matched' && of(one) > 0);
  return found.map((one) => `${of(one)} ${one.replaceAll('-', ' ')}`).join(', ');
}

/** A finding for people to deal with; one that is open stands for all the runs that see the same. */
async function noteBreak(trx: Knex.Transaction, { id, height, items, sound }: Break): Promise<void> {
  const kind = 'reconciliation-break';
  const open: unknown = await trx('watch.finding').where({ kind, resolved_at: null }).first('id');
  if (open !== undefined) return;
  const differ = items.filter((item) => item.class !== 'matched');
  const inside = sound ? '' : ' The books do not balance in themselves.';
  const which = differ.length === 0 ? '' : ` (${counted(items)})`;
  const sentence = `At epoch ${height} ${differ.length} of ${items.length} addresses hold other than the books say${which}.${inside}`;
  await noteFinding(trx, { kind, subject: id, epoch: height, sentence });
}

import type { Knex } from 'knex';
import { attoText, type Atto } from '../domain/money';
import type { DifferenceClass } from '../domain/reconciliation';

/** One address at the tipset of the run, attoFIL. */
export interface ReconItem {
  readonly address: string;
  readonly kind: string;
  readonly chain: Atto;
  readonly ledger: Atto;
  readonly class: DifferenceClass;
  /** Why it is of this class; null where it matches. */
  readonly sentence: string | null;
}

export interface ReconRun {
  readonly id: string;
  readonly workflowId: string;
  readonly tipsetKey: string;
  readonly height: number;
  readonly outcome: 'matched' | 'broken';
  readonly addresses: number;
  readonly breaks: number;
  /** Breaks that stop payouts. */
  readonly unexplained: number;
}

export interface NewReconRun extends ReconRun {
  readonly items: readonly ReconItem[];
  readonly trialBalance: unknown;
  readonly identity: unknown;
}

interface RunRow {
  readonly id: string;
  readonly workflow_id: string;
  readonly tipset_key: string;
  readonly height: number;
  readonly outcome: 'matched' | 'broken';
  readonly addresses: number;
  readonly breaks: number;
  readonly unexplained: number;
}

/** A run that was kept, or null. */
export async function findRun(db: Knex, id: string): Promise<ReconRun | null> {
  const row = await db<RunRow>('watch.recon_run').where({ id }).first();
  if (!row) return null;
  const { height, outcome, addresses, breaks, unexplained } = row;
  return {
    id,
    workflowId: row.workflow_id,
    tipsetKey: row.tipset_key,
    height,
    outcome,
    addresses,
    breaks,
    unexplained,
  };
}

const ITEMS_AT_ONCE = 1_000;

const total = (items: readonly ReconItem[], side: 'chain' | 'ledger'): string =>
  attoText(items.reduce((sum, item) => sum + item[side], 0n));

/** Height of the newest run in which all agreed; null before the first. */
export async function lastMatched(db: Knex): Promise<number | null> {
  const row = await db<RunRow>('watch.recon_run')
    .where({ outcome: 'matched' })
    .orderBy('height', 'desc')
    .first('height');
  return row?.height ?? null;
}

/** Keeps a run with all its items. */
export async function keepRun(trx: Knex.Transaction, run: NewReconRun): Promise<ReconRun> {
  await trx('watch.recon_run').insert({
    id: run.id,
    workflow_id: run.workflowId,
    tipset_key: run.tipsetKey,
    height: run.height,
    outcome: run.outcome,
    addresses: run.addresses,
    breaks: run.breaks,
    unexplained: run.unexplained,
    chain_total: total(run.items, 'chain'),
    ledger_total: total(run.items, 'ledger'),
    trial_balance: JSON.stringify(run.trialBalance),
    identity: JSON.stringify(run.identity),
  });
  const items = run.items.map((item) => ({
    run_id: run.id,
    address: item.address,
    kind: item.kind,
    chain_balance: attoText(item.chain),
    ledger_balance: attoText(item.ledger),
    diff: (item.chain - item.ledger).toString(),
    class: item.class,
    sentence: item.sentence,
  }));
  // A statement takes 65,535 parameters: some thousands of addresses are more.
  if (items.length > 0) await trx.batchInsert('watch.recon_item', items, ITEMS_AT_ONCE);
  return run;
}

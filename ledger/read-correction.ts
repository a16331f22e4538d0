/** Whether a journal makes the differences of the newest reconciliation vanish. */
import type { Knex } from 'knex';
import { isBreak, type RemedyFacts } from '../db/remedy';
import { changeOf, judgeCorrection, type CorrectionLine } from '../domain/correction';
import { formatCoins } from '../domain/money';
import { RefusalError } from '../domain/refusal';
import { custodyAt } from './read';

interface Newest {
  readonly id: string;
  readonly height: number;
}

interface Item {
  readonly address: string;
  readonly kind: string;
  readonly chain_balance: string;
}

async function newestRun(db: Knex): Promise<Newest> {
  const run = await db<Newest & { created_at: Date }>('watch.recon_run')
    .orderBy('created_at', 'desc')
    .first('id', 'height');
  if (run === undefined) throw new RefusalError('wrong-state', 'No reconciliation has run yet.');
  return run;
}

async function expectAccounts(
  db: Knex,
  lines: readonly CorrectionLine[],
  items: readonly Item[],
): Promise<void> {
  // An address has one custody account: another kind's would count elsewhere, in the level of the hot wallet for one.
  const custody = new Set(items.map(({ kind, address }) => `custody.${kind} ${address}`));
  for (const { code, owner } of lines) {
    const known = code.startsWith('custody.')
      ? custody.has(`${code} ${owner}`)
      : code !== 'customer.available' ||
        (await db('customer').where({ id: owner }).first('id')) !== undefined;
    if (!known) throw new RefusalError('journal-invalid', `There is no ${code} of ${owner}.`);
  }
}

/**
 * Refuses where books and chain would still differ at the newest run's tipset after these lines.
 * @throws RefusalError break-remains, journal-invalid
 */
export async function expectVanishes(db: Knex, lines: readonly CorrectionLine[]): Promise<Newest> {
  const run = await newestRun(db);
  const refused = lines.length === 0 ? null : judgeCorrection(lines);
  if (refused !== null) throw new RefusalError(refused.refusal, refused.detail);
  const touched = lines.map(({ owner }) => owner);
  const items = await db<Item & { run_id: string; class: string }>('watch.recon_item')
    .where({ run_id: run.id })
    .where((some) => void some.whereNot({ class: 'matched' }).orWhereIn('address', touched))
    .select('address', 'kind', 'chain_balance');
  await expectAccounts(db, lines, items);
  for (const { address, chain_balance: chain } of items) {
    const books = (await custodyAt(db, address, run.height)) + changeOf(lines, address);
    if (books === BigInt(chain)) continue;
    const left = formatCoins(BigInt(chain) - books);
    throw new RefusalError(
      'break-remains',
      `${address} would still differ by ${left} FIL at epoch ${run.height}.`,
    );
  }
  return run;
}

/**
 * Judges what is proposed with a finding's resolution: a break is resolved by making books and chain agree, and no other
 * finding takes a journal.
 * @throws RefusalError break-remains, journal-invalid
 */
export async function expectResolves(
  db: Knex,
  facts: RemedyFacts,
  journal: readonly CorrectionLine[],
): Promise<void> {
  if (isBreak(facts)) await expectVanishes(db, journal);
  else if (journal.length > 0)
    throw new RefusalError('journal-invalid', 'Only a break between books and chain takes a journal.');
}

import type { Knex } from 'knex';

/** A tipset on the chain we follow. `key` is its block CIDs joined by commas. */
export interface WalkedTipset {
  readonly key: string;
  readonly height: number;
  readonly parentKey: string;
}

interface Row {
  readonly key: string;
  readonly height: number;
  readonly parent_key: string;
  readonly state: 'live' | 'reverted' | 'final';
}

function fromRow(row: Row): WalkedTipset {
  return { key: row.key, height: row.height, parentKey: row.parent_key };
}

/** Begins the books at a tipset: nothing that was executed up to it belongs to the platform. */
export async function beginAt(trx: Knex.Transaction, tipset: WalkedTipset, clock: number): Promise<void> {
  await trx('watch.tipset').insert({
    key: tipset.key,
    height: tipset.height,
    parent_key: tipset.parentKey,
    state: 'final',
  });
  await trx('watch.cursor').insert({
    clock,
    executed: tipset.height,
    executed_key: tipset.key,
    head: tipset.height,
    head_key: tipset.key,
    began: tipset.height,
  });
}

/** Whether this tipset was walked and stands on the chain we follow; its height. */
export async function walkedHeight(db: Knex, key: string): Promise<number | null> {
  const row = await db<Row>('watch.tipset').where({ key }).whereNot({ state: 'reverted' }).first('height');
  return row?.height ?? null;
}

/** Adds the next tipset of the chain and moves the head there. */
export async function walkOn(trx: Knex.Transaction, tipset: WalkedTipset): Promise<void> {
  await trx('watch.tipset')
    .insert({ key: tipset.key, height: tipset.height, parent_key: tipset.parentKey, state: 'live' })
    .onConflict('key')
    .merge(['state']);
  await moveHead(trx, tipset);
}

async function moveHead(trx: Knex.Transaction, head: { key: string; height: number }): Promise<void> {
  await trx('watch.cursor').update({ head: head.height, head_key: head.key, updated_at: trx.fn.now() });
}

/** Takes back the tipsets above a common ancestor; the ancestor is the head again. */
export async function walkBack(
  trx: Knex.Transaction,
  ancestor: { readonly key: string; readonly height: number },
): Promise<void> {
  await trx('watch.tipset')
    .where({ state: 'live' })
    .andWhere('height', '>', ancestor.height)
    .update({ state: 'reverted' });
  await moveHead(trx, ancestor);
}

/** The walked tipsets that are not booked yet and not above this height, lowest first. */
export async function liveUpTo(db: Knex, height: number, limit: number): Promise<readonly WalkedTipset[]> {
  const rows = await db<Row>('watch.tipset')
    .where({ state: 'live' })
    .andWhere('height', '<=', height)
    .orderBy('height')
    .limit(limit);
  return rows.map(fromRow);
}

/** The books now equal the state of this tipset; the pool's clock stands at its parents. */
export async function settleTipset(
  trx: Knex.Transaction,
  tipset: WalkedTipset,
  clock: number,
): Promise<void> {
  await trx('watch.tipset').where({ key: tipset.key }).update({ state: 'final' });
  await trx('watch.cursor').update({
    clock,
    executed: tipset.height,
    executed_key: tipset.key,
    halted: null,
    updated_at: trx.fn.now(),
  });
}

/** Booked tipsets from the last one at or below `since` up to `until`, lowest first. */
export async function bookedTipsets(
  db: Knex,
  since: number,
  until: number,
): Promise<readonly WalkedTipset[]> {
  const rows = await db<Row>('watch.tipset')
    .where({ state: 'final' })
    .whereBetween('height', [since, until])
    .orderBy('height');
  return rows.map(fromRow);
}

export type FindingKind = 'foreign-message' | 'unexplained-balance' | 'deep-reorg' | 'reconciliation-break';

/** Something a person must look at. */
export interface Finding {
  readonly kind: FindingKind;
  /** The address, message CID or tipset key that it is about. */
  readonly subject: string;
  readonly epoch: number;
  readonly sentence: string;
}

/** Writes a finding; the same one again changes nothing. */
export async function noteFinding(db: Knex, finding: Finding): Promise<void> {
  await db('watch.finding').insert(finding).onConflict(['kind', 'subject', 'epoch']).ignore();
}

/** Stops booking with the sentence that the home screen shows. Booking that succeeds later lifts it. */
export async function halt(db: Knex, sentence: string): Promise<void> {
  await db('watch.cursor').update({ halted: sentence, updated_at: db.fn.now() });
}

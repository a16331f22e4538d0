/** Frozen senders and open findings: what a person may ask to let go on, and letting it go on. */
import type { Knex } from 'knex';
import type { RemedyKind } from '../domain/remedy';
import { RefusalError } from '../domain/refusal';
import { readCursor } from './clock';

/** Facts for whoever decides; ids and sentences, no amount and no person. */
export type RemedyFacts = Readonly<Record<string, string | number>>;

async function frozenSender(db: Knex, address: string): Promise<RemedyFacts> {
  const row = await db<{ address: string; mode: string; frozen_reason: string | null; next_nonce: number }>(
    'chain.sender',
  )
    .where({ address })
    .first();
  if (!row) throw new RefusalError('not-found', `${address} is no sender of ours.`);
  if (row.mode !== 'frozen') throw new RefusalError('sender-not-frozen', `The sender is ${row.mode}.`);
  return { sender: address, frozenReason: row.frozen_reason ?? '', nextNonce: row.next_nonce };
}

async function openFinding(db: Knex, id: string): Promise<RemedyFacts> {
  const row = /^[0-9]{1,15}$/.test(id)
    ? await db<{
        id: number;
        kind: string;
        subject: string;
        epoch: number;
        sentence: string;
        resolved_at: Date | null;
      }>('watch.finding')
        .where({ id: Number(id) })
        .first()
    : undefined;
  if (!row) throw new RefusalError('not-found', `There is no finding ${id}.`);
  if (row.resolved_at !== null) throw new RefusalError('finding-resolved');
  const halted = (await readCursor(db))?.halted ?? null;
  if (halted?.includes(row.sentence) === true)
    throw new RefusalError('finding-holds', 'Booking stands still because of it: it is still so on chain.');
  const { kind, subject, epoch, sentence } = row;
  return { finding: row.id, kind, subject, epoch, sentence };
}

/**
 * What is asked for, as it stands now.
 * @throws RefusalError not-found, sender-not-frozen, finding-resolved, finding-holds
 */
export function remedyFacts(db: Knex, kind: RemedyKind, subjectId: string): Promise<RemedyFacts> {
  return kind === 'unfreeze' ? frozenSender(db, subjectId) : openFinding(db, subjectId);
}

/** Refuses where another workflow asked for the same and still waits. @throws RefusalError remedy-asked */
export async function expectNotAsked(
  db: Knex,
  kind: RemedyKind,
  subjectId: string,
  workflowId: string,
): Promise<void> {
  const waiting: unknown = await db('approval')
    .where({ kind, subject_id: subjectId, state: 'waiting' })
    .whereNot({ workflow_id: workflowId })
    .first('id');
  if (waiting !== undefined) throw new RefusalError('remedy-asked');
}

/** Whether a finding is about books that differ: those are resolved by making them agree. */
export const isBreak = ({ kind }: RemedyFacts): boolean => kind === 'reconciliation-break';

/** The finding under its lock, or null where this approval resolved it before. @throws as `remedyFacts` */
export async function lockFinding(
  trx: Knex.Transaction,
  id: string,
  approvalId: string,
): Promise<RemedyFacts | null> {
  const row = await trx<{ id: number; resolution_id: string | null }>('watch.finding')
    .where({ id: Number(id) })
    .forUpdate()
    .first('resolution_id');
  return row?.resolution_id === approvalId ? null : remedyFacts(trx, 'resolution', id);
}

/** Marks the finding as dealt with by this approval. Triggers hold that two people agreed, and that a break is over. */
export async function closeFinding(
  trx: Knex.Transaction,
  id: string,
  by: { readonly approvalId: string; readonly journalId: number | null },
): Promise<void> {
  await trx('watch.finding')
    .where({ id: Number(id) })
    .update({ resolved_at: trx.fn.now(), resolution_id: by.approvalId, journal_id: by.journalId });
}

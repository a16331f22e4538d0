/** Approvals: what waits for a second pair of eyes, and who said what. Triggers hold the rules a second time. */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { ApprovalKind } from '../domain/permission';
import { openerOf } from './email-application';
import { askedBySamePerson } from './withdrawal';
import { RefusalError } from '../domain/refusal';

export type ApprovalState = 'waiting' | 'accepted' | 'refused' | 'expired' | 'cancelled';
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface NewApproval {
  readonly id: string;
  readonly kind: ApprovalKind;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly workflowId: string;
  /** What the checker sees and agrees to: ids and figures (amounts as text); stays in the database. */
  readonly subject: { readonly [key: string]: Json };
  readonly makerId: string | null;
  /** How many people must accept; one refusal refuses. */
  readonly quorum: number;
}

/** One person's decision; the shape of `Decision` in workflows/handles.ts. */
export interface DecisionInput {
  readonly approvalId: string;
  readonly actor: { readonly id: string; readonly role: string };
  readonly decision: 'accept' | 'refuse';
  readonly reason: string;
  readonly subjectHash: string;
}

export interface ApprovalRow {
  readonly id: string;
  readonly kind: ApprovalKind;
  readonly subject_kind: string;
  readonly subject_id: string;
  readonly workflow_id: string;
  readonly subject: { readonly [key: string]: Json };
  readonly subject_hash: string;
  readonly maker_id: string | null;
  readonly quorum: number;
  readonly state: ApprovalState;
  readonly reminded_at: Date | null;
  readonly created_at: Date;
  readonly closed_at: Date | null;
}

function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join(',')}]`;
  const entries = Object.entries(value as { readonly [key: string]: Json }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/** SHA-256 (hex) of the canonical JSON (keys sorted) of what is to be approved. */
export function subjectHashOf(subject: Json): string {
  return createHash('sha256').update(canonical(subject)).digest('hex');
}

/** Opens an approval; opening it again is nothing, opening its id for something else is a bug and throws. */
export async function openApproval(
  trx: Knex.Transaction,
  approval: NewApproval,
): Promise<{ subjectHash: string }> {
  const subjectHash = subjectHashOf(approval.subject);
  const inserted = await trx('approval')
    .insert({
      id: approval.id,
      kind: approval.kind,
      subject_kind: approval.subjectKind,
      subject_id: approval.subjectId,
      workflow_id: approval.workflowId,
      subject: JSON.stringify(approval.subject),
      subject_hash: subjectHash,
      maker_id: approval.makerId,
      quorum: approval.quorum,
    })
    .onConflict('id')
    .ignore()
    .returning('id');
  if (inserted.length === 0) {
    const there = await trx<ApprovalRow>('approval').where({ id: approval.id }).first();
    if (there?.subject_hash !== subjectHash || there.workflow_id !== approval.workflowId) {
      throw new Error(`approval ${approval.id} exists for another subject`);
    }
  }
  return { subjectHash };
}

/**
 * Records one decision and closes the approval when it is refused or has its quorum. The same decision of the same
 * person again answers as before.
 * @throws RefusalError not-found, already-decided, maker-is-checker, approval-changed, reason-required
 */
export async function recordDecision(
  trx: Knex.Transaction,
  decision: DecisionInput,
): Promise<{ approvalId: string; state: 'waiting' | 'accepted' | 'refused' }> {
  const { approvalId, actor } = decision;
  const approval = await trx<ApprovalRow>('approval').where({ id: approvalId }).forUpdate().first();
  if (!approval) throw new RefusalError('not-found', `There is no approval ${approvalId}.`);
  const earlier: unknown = await trx('approval_decision')
    .where({
      approval_id: approvalId,
      actor_id: actor.id,
      decision: decision.decision,
      reason: decision.reason,
    })
    .first('actor_id');
  if (
    earlier !== undefined &&
    (approval.state === 'waiting' || approval.state === 'accepted' || approval.state === 'refused')
  ) {
    return { approvalId, state: approval.state };
  }
  refuseUnlessDecidable(approval, decision);
  if (approval.kind === 'loan' && (await openerOf(trx, approval.subject_id)) === actor.id)
    throw new RefusalError('maker-is-checker', 'You opened this application from an email.');
  if (approval.kind === 'withdrawal' && (await askedBySamePerson(trx, approval.subject_id, actor.id)))
    throw new RefusalError('maker-is-checker', 'It is your own withdrawal, as a customer.');
  const again: unknown = await trx('approval_decision')
    .where({ approval_id: approvalId, actor_id: actor.id })
    .first('actor_id');
  if (again !== undefined) throw new RefusalError('already-decided', 'You have decided on this already.');
  await trx('approval_decision').insert({
    approval_id: approvalId,
    actor_id: actor.id,
    actor_role: actor.role,
    decision: decision.decision,
    reason: decision.reason,
  });
  const state = await standingOf(trx, approval);
  if (state !== 'waiting')
    await trx('approval').where({ id: approvalId }).update({ state, closed_at: trx.fn.now() });
  return { approvalId, state };
}

function refuseUnlessDecidable(approval: ApprovalRow, decision: DecisionInput): void {
  if (approval.state !== 'waiting')
    throw new RefusalError('already-decided', `This approval is ${approval.state}.`);
  if (approval.maker_id === decision.actor.id) throw new RefusalError('maker-is-checker');
  if (approval.subject_hash !== decision.subjectHash) throw new RefusalError('approval-changed');
  if (decision.reason.trim() === '') throw new RefusalError('reason-required');
}

async function standingOf(
  trx: Knex.Transaction,
  approval: ApprovalRow,
): Promise<'waiting' | 'accepted' | 'refused'> {
  const decisions = await trx<{ approval_id: string; decision: string }>('approval_decision')
    .where({ approval_id: approval.id })
    .select('decision');
  if (decisions.some(({ decision }) => decision === 'refuse')) return 'refused';
  return decisions.length >= approval.quorum ? 'accepted' : 'waiting';
}

/**
 * Closes an approval that still waits (expired, or cancelled with its workflow).
 * @returns its state afterwards: a decision that came first stands.
 */
export async function closeApproval(
  trx: Knex.Transaction,
  id: string,
  state: 'expired' | 'cancelled',
): Promise<ApprovalState> {
  await trx('approval').where({ id, state: 'waiting' }).update({ state, closed_at: trx.fn.now() });
  const row = await trx<ApprovalRow>('approval').where({ id }).first('state');
  if (!row) throw new RefusalError('not-found', `There is no approval ${id}.`);
  return row.state;
}

/** Marks that the checkers were reminded; at most once an interval is the workflow's business. */
export async function noteReminder(trx: Knex.Transaction, id: string): Promise<void> {
  await trx('approval').where({ id, state: 'waiting' }).update({ reminded_at: trx.fn.now() });
}

/** Whether what people accepted counts no more, so many seconds after; not where nobody was asked. */
export async function approvalLapsed(db: Knex, id: string | null, seconds: number): Promise<boolean> {
  if (id === null) return false;
  const lapsed: unknown = await db('approval')
    .where({ id })
    .whereRaw("closed_at + ? * interval '1 second' <= clock_timestamp()", [seconds])
    .first('id');
  return lapsed !== undefined;
}

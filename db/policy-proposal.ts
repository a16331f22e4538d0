/** New values of a policy: judged, then booked as two people agreed on them. */
import type { Knex } from 'knex';
import { POLICIES, POLICY_KINDS, type PolicyKind } from '../domain/policy';
import { judgePolicy, takesSubject, type PolicyContent } from '../domain/policy-bounds';
import { RefusalError } from '../domain/refusal';

export interface PolicyProposal {
  readonly kind: PolicyKind;
  /** Whom it is for: a pool's id, or ''. */
  readonly subject: string;
  readonly content: PolicyContent;
}

interface VersionRow {
  readonly version: number;
  readonly content: PolicyContent;
}

/** What an approval of a policy is about, in one word. */
export const policySubjectId = ({ kind, subject }: Omit<PolicyProposal, 'content'>): string =>
  subject === '' ? kind : `${kind}/${subject}`;

async function inForce(
  db: Knex,
  { kind, subject }: Omit<PolicyProposal, 'content'>,
): Promise<VersionRow | undefined> {
  return db('policy_version')
    .where({ kind, subject })
    .orderBy('version', 'desc')
    .first<VersionRow | undefined>('version', 'content');
}

/**
 * Could these values be proposed now? `workflowId`: whose own approval does not stand in its way.
 * @returns the version in force, which they would follow
 * @throws RefusalError not-found, policy-invalid, proposal-waiting
 */
export async function expectPolicyProposable(
  db: Knex,
  proposal: PolicyProposal,
  workflowId: string,
): Promise<VersionRow> {
  const { kind, subject, content } = proposal;
  const now = await inForce(db, proposal);
  if (!POLICY_KINDS.includes(kind) || now === undefined || takesSubject(kind) !== (subject !== ''))
    throw new RefusalError('not-found', `There is no policy ${policySubjectId(proposal)}.`);
  const refusal = judgePolicy(kind, content, now.content);
  if (refusal !== null) throw new RefusalError(refusal.refusal, refusal.detail);
  const waiting: unknown = await db('approval')
    .where({ kind: 'policy', subject_id: policySubjectId(proposal), state: 'waiting' })
    .whereNot({ workflow_id: workflowId })
    .first('id');
  if (waiting !== undefined) throw new RefusalError('proposal-waiting');
  return now;
}

interface ApprovalRow {
  readonly subject: Readonly<Record<string, unknown>>;
}

/**
 * Writes the version down that the approval was given for, and nothing else; again, it answers as before.
 * @throws RefusalError approval-changed where another version came between
 */
export async function bookPolicy(trx: Knex.Transaction, approvalId: string): Promise<{ version: number }> {
  const known = await trx('policy_version')
    .where({ approval_id: approvalId })
    .first<{ version: number } | undefined>('version');
  if (known !== undefined) return known;
  const approval = await trx('approval')
    .where({ id: approvalId, kind: 'policy' })
    .first<ApprovalRow | undefined>('subject');
  if (approval === undefined) throw new Error(`there is no approval ${approvalId} of a policy`);
  const { policy, of, follows, ...rest } = approval.subject;
  const kind = policy as PolicyKind;
  const names = Object.keys(POLICIES[kind]);
  const content = Object.fromEntries(Object.entries(rest).filter(([name]) => names.includes(name)));
  const now = await inForce(trx, { kind, subject: String(of) });
  if (now === undefined || now.version !== follows)
    throw new RefusalError('approval-changed', 'The policy changed after these values were proposed.');
  const version = now.version + 1;
  await trx('policy_version').insert({
    ...{ kind, subject: String(of), version, content: JSON.stringify(content) },
    approval_id: approvalId,
  });
  return { version };
}

/** Two people let go on what was stopped for a person: a frozen sender signs again, a finding is dealt with. */
import {
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { makeRemedyActivities } from '../activities/remedy';
import type { makeSignerActivities } from '../activities/signer';
import type { RemedyRequest } from '../domain/remedy';
import { awaitApproval } from './approval';
import { SA, standing } from './handles';
import { OPTIONS } from './options';
import { codeIn } from './refuse';

export interface RemedyOutcome {
  /** `impossible`: it was not stopped any more, or had been asked for already; nothing was done. */
  readonly outcome: 'done' | 'refused' | 'expired' | 'impossible';
  /** The refusal's code where it was impossible. */
  readonly code: string | null;
}

const ledger = proxyActivities<ReturnType<typeof makeRemedyActivities>>(OPTIONS.ledger);
const signer = proxyActivities<ReturnType<typeof makeSignerActivities>>(OPTIONS.signer);

const WAITING: Readonly<Record<string, string>> = {
  asked: 'a second person',
  agreed: 'what the key sent elsewhere to be final',
};

const SUMMARY = {
  unfreeze: 'Ask somebody else whether the sender may sign again',
  resolution: 'Ask somebody else whether the finding is dealt with',
} as const;

async function apply({ kind, subjectId }: RemedyRequest, approvalId: string): Promise<void> {
  if (kind === 'unfreeze') {
    const summary = 'Let the sender sign again, from the first nonce that nobody used';
    await signer.unfreezeSender.executeWithOptions({ summary }, [{ address: subjectId, approvalId }]);
  } else {
    const summary = 'Post the correction that was agreed to, if any; mark the finding as dealt with';
    const { workflowId } = workflowInfo();
    const resolution = { findingId: subjectId, approvalId, workflowId };
    await ledger.resolveFinding.executeWithOptions({ summary }, [resolution]);
  }
}

/** One asks, with a reason; another decides; then it is done, or nothing is. */
export async function remedy(request: RemedyRequest): Promise<RemedyOutcome> {
  const { kind, subjectId, reason, actor } = request;
  const { workflowId } = workflowInfo();
  let state = 'asked';
  setHandler(standing, () => ({ state, waitingFor: WAITING[state] ?? null, needsAction: null }));
  const move = (next: string): void => {
    state = next;
    upsertSearchAttributes([{ key: SA.state, value: next }]);
  };
  move('asked');
  const end = (outcome: RemedyOutcome['outcome'], code: string | null = null): RemedyOutcome => {
    move(outcome);
    return { outcome, code };
  };
  try {
    const described = { summary: `Asked by ${actor.role} ${actor.id}: look at what it is about` };
    const facts = await ledger.describeRemedy.executeWithOptions(described, [request]);
    const approvalId = uuid4();
    const decision = await awaitApproval({
      id: approvalId,
      kind,
      subjectKind: kind === 'unfreeze' ? 'sender' : 'finding',
      subjectId,
      workflowId,
      subject: { ...facts, reason },
      makerId: actor.id,
      summary: SUMMARY[kind],
    });
    if (decision !== 'accepted') return end(decision);
    move('agreed');
    await apply(request, approvalId);
    return end('done');
  } catch (error) {
    return end('impossible', codeIn(error));
  }
}

import {
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { makePolicyActivities } from '../activities/policy';
import type { PolicyKind } from '../domain/policy';
import type { PolicyContent } from '../domain/policy-bounds';
import { awaitApproval } from './approval';
import { SA, standing, type Actor } from './handles';
import { OPTIONS } from './options';
import { codeIn } from './refuse';

export interface PolicyInput {
  readonly id: string;
  readonly kind: PolicyKind;
  /** Whom it is for: a pool's id, or ''. */
  readonly subject: string;
  readonly content: PolicyContent;
  readonly reason: string;
  /** Who proposes; somebody else decides. */
  readonly actor: Actor;
}

export interface PolicyOutcome {
  /** `impossible`: no policy can be so, or another proposal came first; nothing was changed. */
  readonly outcome: 'accepted' | 'refused' | 'expired' | 'impossible';
  readonly version: number | null;
  /** The refusal's code where it was impossible. */
  readonly code: string | null;
}

const ledger = proxyActivities<ReturnType<typeof makePolicyActivities>>(OPTIONS.ledger);

/** New values of a policy: one proposes, another decides; accepted, they are in force. */
export async function policy(input: PolicyInput): Promise<PolicyOutcome> {
  const { kind, subject, content, reason, actor } = input;
  const { workflowId } = workflowInfo();
  let state = 'proposed';
  const waitingFor = (): string | null => (state === 'proposed' ? 'the approval of somebody else' : null);
  setHandler(standing, () => ({ state, waitingFor: waitingFor(), needsAction: null }));
  const end = (
    outcome: PolicyOutcome['outcome'],
    version: number | null = null,
    code: string | null = null,
  ): PolicyOutcome => {
    state = outcome;
    upsertSearchAttributes([{ key: SA.state, value: outcome }]);
    return { outcome, version, code };
  };
  upsertSearchAttributes([{ key: SA.state, value: state }]);
  try {
    const summary = `Proposed by ${actor.role} ${actor.id}`;
    const judged = await ledger.judgePolicy.executeWithOptions({ summary }, [
      { kind, subject, content, workflowId },
    ]);
    const approvalId = uuid4();
    const decision = await awaitApproval({
      id: approvalId,
      kind: 'policy',
      subjectKind: 'policy',
      subjectId: subject === '' ? kind : `${kind}/${subject}`,
      workflowId,
      subject: { ...content, policy: kind, of: subject, follows: judged.follows, reason },
      makerId: actor.id,
      summary: 'Ask somebody else to decide on the values',
    });
    if (decision !== 'accepted') return end(decision);
    const booked = await ledger.bookPolicy.executeWithOptions({ summary: 'In force from now on' }, [
      { approvalId },
    ]);
    return end('accepted', booked.version);
  } catch (error) {
    return end('impossible', null, codeIn(error));
  }
}

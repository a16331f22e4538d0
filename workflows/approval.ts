/** Waiting for a second pair of eyes, as part of any workflow: open, decide by Update, remind, expire. */
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { makeApprovalActivities } from '../activities/approval';
import type { makePostActivities } from '../activities/mail-post';
import { decidePermission, mayDo, type ApprovalKind } from '../domain/permission';
import type { RefusalCode } from '../domain/refusal';
import { decide, type Decision, type DecisionOutcome } from './handles';
import { OPTIONS } from './options';

const ledger = proxyActivities<
  ReturnType<typeof makeApprovalActivities> & ReturnType<typeof makePostActivities>
>(OPTIONS.ledger);

const DAY_MS = 86_400_000;

export interface ApprovalRequest {
  /** From `uuid4()` of the workflow. */
  readonly id: string;
  readonly kind: ApprovalKind;
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly workflowId: string;
  /** What the checker agrees to: ids and figures only (amounts as text), no personal data. */
  readonly subject: Readonly<Record<string, string | number | boolean | null>>;
  /** Who asked and so may not decide; null where no person of staff did. */
  readonly makerId: string | null;
  /** How many must accept; default 1 beside the maker. */
  readonly quorum?: number;
  /** The auditor's sentence, e.g. 'Asked for approval of the loan'. */
  readonly summary: string;
  /** Until the checkers are reminded, by default a day. */
  readonly remindAfterMs?: number;
  /** From the reminder until it expires, by default 30 days. */
  readonly expireAfterMs?: number;
}

export type ApprovalResult = 'accepted' | 'refused' | 'expired';

const refuseUpdate = (code: RefusalCode, message: string): never => {
  throw ApplicationFailure.nonRetryable(message, code);
};

function validate(request: ApprovalRequest, result: ApprovalResult | null, decision: Decision): void {
  if (decision.approvalId !== request.id)
    refuseUpdate('not-found', 'This workflow waits for no such approval.');
  if (result !== null) refuseUpdate('already-decided', `This approval is ${result}.`);
  if (decision.actor.id === request.makerId) refuseUpdate('maker-is-checker', 'Who asked may not approve.');
  if (!mayDo(decision.actor.role, decidePermission(request.kind))) {
    refuseUpdate('not-allowed', `The role ${decision.actor.role} does not decide on this.`);
  }
  if (decision.reason.trim() === '') refuseUpdate('reason-required', 'A reason is required.');
}

/** As `awaitApprovalUnless`, where nobody takes back what was asked for. */
export async function awaitApproval(request: ApprovalRequest): Promise<ApprovalResult> {
  const result = await awaitApprovalUnless(request, () => false);
  if (result === 'overtaken') throw new Error(`approval ${request.id} was overtaken by nothing`);
  return result;
}

/**
 * Opens an approval and waits until it is decided or expires, or what it is about was overtaken; whoever overtook it
 * closes it. Usable several times in one workflow, one after the other; each call registers the `decide` Update for its
 * own approval before anything is awaited.
 */
export async function awaitApprovalUnless(
  request: ApprovalRequest,
  overtaken: () => boolean,
): Promise<ApprovalResult | 'overtaken'> {
  const { id, remindAfterMs = DAY_MS, expireAfterMs = 30 * DAY_MS } = request;
  let result: ApprovalResult | null = null;
  setHandler(
    decide,
    async (decision: Decision): Promise<DecisionOutcome> => {
      const verb = decision.decision === 'accept' ? 'Accepted' : 'Refused';
      const summary = `${verb} by ${decision.actor.role} ${decision.actor.id}`;
      const outcome = await ledger.recordDecision.executeWithOptions({ summary }, [decision]);
      if (outcome.state !== 'waiting') result = outcome.state;
      return outcome;
    },
    {
      validator: (decision: Decision) => validate(request, result, decision),
      description: 'Accept or refuse what this workflow asks approval for',
    },
  );
  await ledger.requestApproval.executeWithOptions({ summary: request.summary }, [
    {
      id,
      kind: request.kind,
      subjectKind: request.subjectKind,
      subjectId: request.subjectId,
      workflowId: request.workflowId,
      subject: request.subject,
      makerId: request.makerId,
      quorum: request.quorum ?? 1,
    },
  ]);
  const decided = (): boolean => result !== null || overtaken();
  const early = { summary: 'Waiting for a decision; then the checkers are reminded' };
  if (!(await condition(decided, remindAfterMs, early))) {
    await ledger.noteApprovalReminder.executeWithOptions({ summary: 'Noted the reminder' }, [{ id }]);
    const key = `${request.workflowId}/approval-reminder-${id}`;
    await ledger.postMail.executeWithOptions({ summary: 'Reminded the checkers' }, [
      { to: 'deciders', approvalId: id, kind: request.kind, key },
    ]);
    const late = { summary: 'Waiting for a decision; then it expires' };
    if (!(await condition(decided, expireAfterMs, late))) result = await expire(id);
  }
  await condition(allHandlersFinished);
  if (overtaken()) return 'overtaken';
  return result ?? (await expire(id));
}

/** A decision that reached the database before the expiry stands. */
async function expire(id: string): Promise<ApprovalResult> {
  const input = { id, state: 'expired' } as const;
  const state = await ledger.expireApproval.executeWithOptions({ summary: 'Let the approval expire' }, [
    input,
  ]);
  return state === 'accepted' || state === 'refused' ? state : 'expired';
}

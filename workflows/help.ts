/**
 * What a person may ask of a workflow that cannot go on (design 7): try again, or cancel and release. Each with a
 * reason; where it moves money, one asks and another agrees, through an approval like any other.
 */
import { proxyActivities, setHandler, uuid4, workflowInfo } from '@temporalio/workflow';
import type { makeApprovalActivities } from '../activities/approval';
import { mayDo } from '../domain/permission';
import {
  cancelAndRelease,
  retryNow,
  type Decision,
  type DecisionOutcome,
  type HelpAnswer,
  type HelpRequest,
} from './handles';
import { OPTIONS } from './options';
import { passingRefusals, refuse } from './refuse';

const ledger = proxyActivities<ReturnType<typeof makeApprovalActivities>>(OPTIONS.ledger);

export type HelpVerb = 'retry' | 'cancel';

/** What was asked for and waits for a second person; part of what a run hands to the next. */
export interface HelpAsked {
  readonly approvalId: string;
  readonly verb: HelpVerb;
  readonly request: HelpRequest;
}

/** How one workflow takes help. */
export interface HelpDesk {
  /** Where the waiting request is kept. */
  readonly asked: { get: () => HelpAsked | null; set: (asked: HelpAsked | null) => void };
  readonly subjectKind: string;
  readonly subjectId: string;
  /** What the checker sees beside verb, sentence and reason: ids, and amounts as text. */
  readonly facts: () => Readonly<Record<string, string | null>>;
  readonly needs: () => string | null;
  readonly state: () => string;
  /** Refuses what is not possible now; asked again when the second person has agreed. */
  readonly expectPossible: (verb: HelpVerb) => void;
  readonly movesMoney: (verb: HelpVerb) => boolean;
  readonly act: (verb: HelpVerb, request: HelpRequest) => Promise<void> | void;
}

/** Registers both Updates; called before anything is awaited. */
export function listenForHelp(desk: HelpDesk): void {
  const register = (verb: HelpVerb, update: typeof retryNow, description: string): void => {
    setHandler(update, (request: HelpRequest) => take(desk, verb, request), {
      validator: (request: HelpRequest) => validate(desk, verb, request),
      description,
    });
  };
  register('retry', retryNow, 'Tries the stuck step again');
  register('cancel', cancelAndRelease, 'Cancels before anything is signed, and releases what was set aside');
}

function validate(desk: HelpDesk, verb: HelpVerb, request: HelpRequest): void {
  desk.expectPossible(verb);
  if (!mayDo(request.actor.role, 'workflow:help')) refuse('not-allowed');
  if (request.reason.trim() === '') refuse('reason-required');
  if (desk.asked.get() !== null) refuse('help-asked');
}

async function take(desk: HelpDesk, verb: HelpVerb, request: HelpRequest): Promise<HelpAnswer> {
  if (!desk.movesMoney(verb)) {
    await desk.act(verb, request);
    return { state: desk.state(), approvalId: null };
  }
  const { actor, reason } = request;
  const approvalId = uuid4();
  desk.asked.set({ approvalId, verb, request });
  const { workflowId } = workflowInfo();
  const summary = `${verb === 'retry' ? 'Retry' : 'Cancel and release'}: asked by ${actor.role} ${actor.id}; another person decides`;
  await ledger.requestApproval.executeWithOptions({ summary }, [
    {
      id: approvalId,
      kind: 'help',
      subjectKind: desk.subjectKind,
      subjectId: desk.subjectId,
      workflowId,
      subject: { ...desk.facts(), action: verb, workflow: workflowId, sentence: desk.needs(), reason },
      makerId: actor.id,
      quorum: 1,
    },
  ]);
  return { state: desk.state(), approvalId };
}

/** Is the decision about help that was asked for? Refuses it where this person may not decide. */
export function decidesHelp(desk: HelpDesk, decision: Decision): boolean {
  const asked = desk.asked.get();
  if (asked?.approvalId !== decision.approvalId) return false;
  if (decision.actor.id === asked.request.actor.id) refuse('maker-is-checker');
  if (!mayDo(decision.actor.role, 'approval:decide-help')) refuse('not-allowed');
  if (decision.reason.trim() === '') refuse('reason-required');
  return true;
}

/** The second person's decision; accepted, what was asked for is done. Refused where it has become impossible. */
export async function decideHelp(desk: HelpDesk, decision: Decision): Promise<DecisionOutcome> {
  const asked = desk.asked.get();
  const verb = decision.decision === 'accept' ? 'Agreed' : 'Disagreed';
  const summary = `${verb}: ${decision.actor.role} ${decision.actor.id}`;
  const outcome = await passingRefusals(ledger.recordDecision.executeWithOptions({ summary }, [decision]));
  if (outcome.state === 'waiting' || asked === null || desk.asked.get() !== asked) return outcome;
  desk.asked.set(null);
  // What was to be tried again went on by itself meanwhile.
  if (outcome.state === 'refused' || (asked.verb === 'retry' && desk.needs() === null)) return outcome;
  desk.expectPossible(asked.verb);
  await desk.act(asked.verb, asked.request);
  return outcome;
}

/** No help is needed any more: what still waits for a second person is closed. */
export async function withdrawHelp(kept: HelpDesk['asked']): Promise<void> {
  const asked = kept.get();
  if (asked === null) return;
  kept.set(null);
  const close = { id: asked.approvalId, state: 'cancelled' } as const;
  await ledger.expireApproval.executeWithOptions({ summary: 'The help asked for is not needed any more' }, [
    close,
  ]);
}

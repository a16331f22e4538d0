/** FIL that nobody claims is given to a customer: one finds whose it is, another agrees, it is booked once. */
import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { makeAssignmentActivities } from '../activities/assignment';
import type { makePostActivities } from '../activities/mail-post';
import type { AssignmentRequest } from '../domain/assignment';
import { awaitApproval } from './approval';
import { SA, standing, type Actor } from './handles';
import { OPTIONS } from './options';

const ledger = proxyActivities<
  ReturnType<typeof makeAssignmentActivities> & ReturnType<typeof makePostActivities>
>(OPTIONS.ledger);

export interface AssignmentInput extends AssignmentRequest {
  readonly actor: Actor;
}

export interface AssignmentOutcome {
  /** `impossible`: it was assigned or asked for before, or suspense does not hold it any more. */
  readonly outcome: 'assigned' | 'refused' | 'expired' | 'impossible';
  readonly code: string | null;
}

/** The code of an activity's refusal; anything else is thrown on. */
function codeIn(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (cause instanceof ApplicationFailure && cause.nonRetryable === true && typeof cause.type === 'string')
    return cause.type;
  throw error;
}

export async function assignment(input: AssignmentInput): Promise<AssignmentOutcome> {
  const { id, customerId } = input;
  let state = 'asked';
  setHandler(standing, () => ({
    state,
    waitingFor: state === 'asked' ? 'a second person' : null,
    needsAction: null,
  }));
  upsertSearchAttributes([
    { key: SA.state, value: state },
    { key: SA.customerRef, value: customerId },
  ]);
  const end = (outcome: AssignmentOutcome['outcome'], code: string | null = null): AssignmentOutcome => {
    state = outcome;
    upsertSearchAttributes([{ key: SA.state, value: state }]);
    return { outcome, code };
  };
  try {
    const decided = await ask(input);
    if (typeof decided === 'string') {
      const summary = `Nothing is assigned: ${decided}`;
      await ledger.endAssignment.executeWithOptions({ summary }, [{ id, state: decided }]);
      return end(decided);
    }
    const { amount } = await ledger.assignSuspense.executeWithOptions(
      { summary: 'From suspense to the customer' },
      [{ id, approvalId: decided.approvalId }],
    );
    const letter = { to: 'customer', customerId, key: `${workflowInfo().workflowId}/assigned` } as const;
    await ledger.postMail.executeWithOptions({ summary: 'Mailed the customer: FIL was put on the account' }, [
      { ...letter, template: 'fil-assigned', data: { amount } },
    ]);
    return end('assigned');
  } catch (error) {
    const code = codeIn(error);
    const summary = `It cannot be assigned: ${code}`;
    await ledger.endAssignment.executeWithOptions({ summary }, [{ id, state: 'impossible' }]);
    return end('impossible', code);
  }
}

/** One asked; another person decides. */
async function ask({
  actor,
  ...asked
}: AssignmentInput): Promise<'refused' | 'expired' | { readonly approvalId: string }> {
  const { workflowId } = workflowInfo();
  const facts = await ledger.askAssignment.executeWithOptions(
    { summary: `Asked by ${actor.role} ${actor.id}: look at the arrival` },
    [{ asked, actorId: actor.id, workflowId }],
  );
  const approvalId = uuid4();
  const decision = await awaitApproval({
    id: approvalId,
    kind: 'assignment',
    subjectKind: 'assignment',
    subjectId: asked.id,
    workflowId,
    subject: { ...facts, customerId: asked.customerId, reason: asked.reason },
    makerId: actor.id,
    summary: 'Ask somebody else whether it is the customer’s',
  });
  return decision === 'accepted' ? { approvalId } : decision;
}

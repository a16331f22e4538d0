/**
 * A freeze: in force with its first step, until two people lift it. Who froze may be one of the two: what matters is
 * that nobody lifts alone. Refused or left undecided, it stands, and lifting may be asked for again.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { makeFreezeActivities } from '../activities/freeze';
import { frozenWhat, type FreezeRequested } from '../domain/freeze';
import { mayDo } from '../domain/permission';
import { awaitApproval } from './approval';
import { SA, standing, type HelpRequest } from './handles';
import { liftFreeze } from './handles-freeze';
import { OPTIONS } from './options';
import { refuse } from './refuse';

const ledger = proxyActivities<ReturnType<typeof makeFreezeActivities>>({
  ...OPTIONS.ledger,
  // Ahead of whatever else waits for a worker.
  priority: { priorityKey: 1 },
});

export interface FreezeInput extends FreezeRequested {
  /** From the run before: it is in force already. */
  readonly frozen?: boolean;
}

export interface FreezeOutcome {
  /** `refused`: the same was frozen already; nothing was done. */
  readonly outcome: 'lifted' | 'refused';
  readonly code: string | null;
}

/** Checkers are reminded after an hour; a lift that nobody decides on for a day is asked for anew. */
const LIFT = { remindAfterMs: 3_600_000, expireAfterMs: 82_800_000 };

interface Asked extends HelpRequest {
  readonly approvalId: string;
}

function validate(state: string, asked: Asked | null, { actor, reason }: HelpRequest): void {
  if (state !== 'frozen') refuse('wrong-state', `The freeze is ${state}.`);
  if (asked !== null) refuse('lift-asked');
  if (!mayDo(actor.role, 'freeze:lift')) refuse('not-allowed');
  if (reason.trim() === '') refuse('reason-required');
}

export async function freeze(input: FreezeInput): Promise<FreezeOutcome> {
  const { scope, customerId } = input;
  const what = frozenWhat(scope, customerId);
  let state = 'asked';
  const lift: { asked: Asked | null } = { asked: null };
  const move = (next: string): void => {
    state = next;
    upsertSearchAttributes([{ key: SA.state, value: next }]);
  };
  const automatic = input.actor === null;
  setHandler(standing, () => ({
    state,
    waitingFor: lift.asked === null ? 'two people to lift it' : 'a second person',
    needsAction: automatic && state === 'frozen' ? `${what}: ${input.reason}` : null,
  }));
  setHandler(
    liftFreeze,
    (request: HelpRequest) => {
      const approvalId = uuid4();
      lift.asked = { ...request, approvalId };
      return { state, approvalId };
    },
    {
      validator: (request: HelpRequest) => validate(state, lift.asked, request),
      description: 'Asks that the freeze be lifted; another person decides',
    },
  );
  const refused = await set(input, what);
  if (refused !== null) {
    move('refused');
    return { outcome: 'refused', code: refused };
  }
  move('frozen');
  upsertSearchAttributes([{ key: SA.needsAction, value: automatic }]);
  for (;;) {
    await condition(() => lift.asked !== null);
    if (lift.asked !== null && (await decide(input, lift.asked, what))) break;
    lift.asked = null;
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof freeze>({ ...input, frozen: true });
    }
  }
  move('lifted');
  upsertSearchAttributes([{ key: SA.needsAction, value: false }]);
  await condition(allHandlersFinished);
  return { outcome: 'lifted', code: null };
}

/** @returns the refusal's code, or null where it is in force */
async function set({ frozen, ...asked }: FreezeInput, what: string): Promise<string | null> {
  if (frozen === true) return null;
  const { actor } = asked;
  const by = actor === null ? 'after a reconciliation' : `by ${actor.role} ${actor.id}`;
  const { workflowId } = workflowInfo();
  try {
    await ledger.setFreeze.executeWithOptions({ summary: `${what}, ${by}` }, [asked, workflowId]);
    return null;
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (cause instanceof ApplicationFailure && cause.nonRetryable === true) return cause.type ?? 'unknown';
    throw error;
  }
}

/** Asks the second person. @returns whether it was lifted */
async function decide(input: FreezeInput, asked: Asked, what: string): Promise<boolean> {
  const { id, scope, customerId, reason } = input;
  const { approvalId, actor } = asked;
  const decision = await awaitApproval({
    id: approvalId,
    kind: 'lift',
    subjectKind: 'freeze',
    subjectId: id,
    workflowId: workflowInfo().workflowId,
    subject: { freeze: id, scope, customer: customerId, frozenBecause: reason, reason: asked.reason },
    makerId: actor.id,
    summary: `${actor.role} ${actor.id} asks to lift it; another person decides`,
    ...LIFT,
  });
  if (decision !== 'accepted') return false;
  await ledger.liftFreeze.executeWithOptions({ summary: `Lifted: ${what.replace(' frozen', ' free')}` }, [
    { id, approvalId },
  ]);
  return true;
}

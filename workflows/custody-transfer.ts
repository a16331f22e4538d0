/** One transfer between hot and cold. To cold: proposed, approved, sent. A refill: asked for, until the FIL is there. */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { CustodyTransfer, makeCustodyActivities } from '../activities/custody';
import type { makePostActivities } from '../activities/mail-post';
import { attoFrom, formatCoins } from '../domain/money';
import { awaitApproval } from './approval';
import { look, SA, standing } from './handles';
import { OPTIONS } from './options';
import { ask, listenForRetry, sendFollowed, type Retried } from './retry';

const ledger = proxyActivities<
  ReturnType<typeof makeCustodyActivities> & ReturnType<typeof makePostActivities>
>(OPTIONS.ledger);

export interface CustodyTransferInput {
  readonly n: number;
  readonly direction: 'to-cold' | 'refill';
  /** From the run before: staff were told. */
  readonly told?: boolean;
}

export interface CustodyTransferOutcome {
  readonly outcome: 'sent' | 'failed' | 'refused' | 'expired' | 'outdated' | 'settled';
}

/** Checkers are reminded after four hours; what nobody decided on for a day is proposed anew. */
const PROPOSAL = { remindAfterMs: 14_400_000, expireAfterMs: 72_000_000 };
const LOOK_AGAIN = '1 minute';

interface Course extends Retried {
  state: string;
}

const WAITING: Readonly<Record<string, string>> = {
  proposed: 'somebody to approve it',
  approved: 'its message to be final',
  wanted: 'FIL from the cold address, final at the hot wallet',
};

export async function custodyTransfer(input: CustodyTransferInput): Promise<CustodyTransferOutcome> {
  const course: Course = { state: 'proposed', needsAction: null, rung: false };
  setHandler(look, () => {
    course.rung = true;
  });
  listenForRetry(course, { kind: 'custody', id: String(input.n), state: () => course.state });
  setHandler(standing, () => ({
    state: course.state,
    waitingFor: WAITING[course.state] ?? null,
    needsAction: course.needsAction,
  }));
  const outcome = input.direction === 'to-cold' ? await toCold(course, input.n) : await refill(course, input);
  move(course, outcome);
  await condition(allHandlersFinished);
  return { outcome };
}

function move(course: Course, state: string): void {
  course.state = state;
  upsertSearchAttributes([{ key: SA.state, value: state }]);
}

const fil = (amount: string): string => `${formatCoins(attoFrom(amount))} FIL`;

async function toCold(course: Course, n: number): Promise<CustodyTransferOutcome['outcome']> {
  move(course, 'proposed');
  const summary = 'Read what the marks proposed';
  const { amount, from, to, hot, owed, policyVersion }: CustodyTransfer =
    await ledger.readCustodyTransfer.executeWithOptions({ summary }, [n]);
  const approvalId = uuid4();
  const decision = await awaitApproval({
    id: approvalId,
    kind: 'to-cold',
    subjectKind: 'custody',
    subjectId: String(n),
    workflowId: workflowInfo().workflowId,
    subject: { transfer: n, amount, from, to, hotBalance: hot, owedAmount: owed, policyVersion },
    makerId: null,
    summary: `Ask for approval: ${fil(amount)} to the cold address`,
    ...PROPOSAL,
  });
  if (decision !== 'accepted') return close(n, decision);
  const granted = { summary: 'Approved: is it still spare, with all that is owed?' };
  const draft = await ledger.grantToCold.executeWithOptions(granted, [{ n, approvalId }]);
  if (draft === null) return 'outdated';
  move(course, 'approved');
  const sent = await sendFollowed(course, draft);
  return close(n, sent.outcome === 'final' ? 'sent' : 'failed', { messageId: draft.id, detail: sent.reason });
}

async function close<S extends 'sent' | 'failed' | 'refused' | 'expired' | 'settled'>(
  n: number,
  state: S,
  more: { readonly messageId?: string; readonly detail?: string | null } = {},
): Promise<S> {
  const summary = `Note how it ended: ${state}`;
  await ledger.closeCustodyTransfer.executeWithOptions({ summary }, [{ n, state, ...more }]);
  return state;
}

async function refill(course: Course, input: CustodyTransferInput): Promise<'settled'> {
  const { n } = input;
  move(course, 'wanted');
  const summary = 'Read what is missing';
  const { amount } = await ledger.readCustodyTransfer.executeWithOptions({ summary }, [n]);
  for (let told = input.told === true; ; told = true) {
    const level = await ledger.readHotLevel.executeWithOptions(
      { summary: 'Is the hot wallet above its low mark again?' },
      [],
    );
    if (level.enough) break;
    const lacking = `The hot wallet holds ${fil(level.hot)}, ${fil(level.owed)} of it owed; its low mark is ${fil(level.low)}: send ${fil(amount)} from the cold address.`;
    ask(course, lacking);
    if (!told) {
      const { hot, owed, low } = level;
      const key = `${workflowInfo().workflowId}/wanted`;
      const letter = { to: 'staff', notice: 'refill-wanted', data: { amount, hot, owed, low }, key } as const;
      await ledger.postMail.executeWithOptions({ summary: 'Mail the treasurers' }, [letter]);
    }
    await condition(() => course.rung, LOOK_AGAIN, { summary: 'Wait for FIL at the hot wallet' });
    course.rung = false;
    if (workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof custodyTransfer>({ ...input, told: true });
  }
  course.needsAction = null;
  // The run before may have set it.
  upsertSearchAttributes([{ key: SA.needsAction, value: false }]);
  return close(n, 'settled');
}

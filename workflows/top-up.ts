import {
  condition,
  proxyActivities,
  setHandler,
  sleep,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { makeTopUpActivities } from '../activities/top-up';
import { awaitApproval } from './approval';
import { SA, look, standing, type Actor } from './handles';
import { OPTIONS } from './options';

export interface TopUpInput {
  readonly id: string;
  /** attoFIL, canonical text. */
  readonly amount: string;
  /** The treasury's address that will send it. */
  readonly from: string;
  /** Who announces; somebody else approves. */
  readonly actor: Actor;
}

export interface TopUpOutcome {
  readonly outcome: 'arrived' | 'refused' | 'expired';
  /** The message that brought it. */
  readonly cid: string | null;
}

const chain = proxyActivities<ReturnType<typeof makeTopUpActivities>>(OPTIONS.chain);
const LOOK_AGAIN_MS = { first: 15_000, most: 600_000 };
const GIVE_UP = '30 days';

/**
 * The treasury sends its own FIL to the hot wallet, so that customers' FIL never pays gas: one announces amount and
 * sender, another approves, then the arrival is booked as equity. Anything else at the hot wallet goes to suspense.
 */
export async function topUp(input: TopUpInput): Promise<TopUpOutcome> {
  const { id, amount, actor } = input;
  const { workflowId } = workflowInfo();
  let state = 'announced';
  let rung = false;
  setHandler(look, () => void (rung = true));
  setHandler(standing, () => ({ state, waitingFor: WAITING[state] ?? null, needsAction: null }));
  const move = (next: string): void => {
    state = next;
    upsertSearchAttributes([{ key: SA.state, value: next }]);
  };
  move('announced');
  const announcement = { id, workflowId, amount, from: input.from, announcedBy: actor.id };
  const { from, to } = await chain.announceTopUp.executeWithOptions(
    { summary: `Announced by ${actor.role} ${actor.id}` },
    [announcement],
  );
  const approvalId = uuid4();
  const decision = await awaitApproval({
    id: approvalId,
    kind: 'top-up',
    subjectKind: 'top-up',
    subjectId: id,
    workflowId,
    subject: { topUp: id, amount, from, to },
    makerId: actor.id,
    summary: 'Ask somebody else to approve the top-up',
  });
  if (decision !== 'accepted') {
    await chain.decideTopUp.executeWithOptions({ summary: `Close the top-up: ${decision}` }, [
      { id, state: decision },
    ]);
    move(decision);
    return { outcome: decision, cid: null };
  }
  await chain.decideTopUp.executeWithOptions({ summary: 'Approved: wait for the FIL' }, [
    { id, state: 'open', approvalId },
  ]);
  move('open');
  const arrived = await arrival(
    id,
    () => rung,
    () => void (rung = false),
  );
  move(arrived.state);
  return { outcome: arrived.state === 'arrived' ? 'arrived' : 'expired', cid: arrived.cid };
}

const WAITING: Readonly<Record<string, string>> = {
  announced: 'the approval of somebody else',
  open: 'the FIL to arrive at the hot wallet and be final',
};

/** Waits until the arrival is booked, or 30 days have gone. */
async function arrival(
  id: string,
  isRung: () => boolean,
  hush: () => void,
): Promise<{ state: string; cid: string | null }> {
  const patience = { over: false };
  void sleep(GIVE_UP, { summary: 'The FIL is awaited for 30 days' }).then(() => (patience.over = true));
  for (let wait = LOOK_AGAIN_MS.first; ; wait = Math.min(wait * 2, LOOK_AGAIN_MS.most)) {
    const news = (): boolean => isRung() || patience.over;
    await condition(news, wait, { summary: 'Wait for the FIL at the hot wallet' });
    hush();
    if (patience.over)
      await chain.expireTopUp.executeWithOptions({ summary: 'The FIL did not come' }, [{ id }]);
    const seen = await chain.readTopUp.executeWithOptions({ summary: 'Has the FIL come?' }, [{ id }]);
    if (seen.state !== 'open') return seen;
  }
}

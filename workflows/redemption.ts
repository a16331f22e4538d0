/** Out of a pool: paid at once, or waiting in the queue until money returns. Nothing is refused for want of cash. */
import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { makePostActivities } from '../activities/mail-post';
import type { makeRedemptionActivities, RedemptionStanding } from '../activities/redemption';
import type { AttoText } from '../domain/money';
import { look, SA, standing, workflowIds, type HelpRequest } from './handles';
import { giveUpRedemption } from './handles-redemption';
import { OPTIONS } from './options';
import { passingRefusals } from './refuse';

const ledger = proxyActivities<
  ReturnType<typeof makeRedemptionActivities> & ReturnType<typeof makePostActivities>
>(OPTIONS.ledger);

export interface RedemptionInput {
  readonly redemptionId: string;
  readonly customerId: string;
  readonly tokenId: number;
  readonly amount: AttoText | null;
  readonly atLeast: AttoText | null;
  /** From the run before: it has its place already. */
  readonly placed?: boolean;
}

/** The accrual tells those it paid; who was not told looks by itself. */
const LOOK_AGAIN = '1 day';

export async function redemption(input: RedemptionInput): Promise<RedemptionStanding> {
  const { redemptionId, customerId, tokenId, amount, atLeast } = input;
  const { workflowId } = workflowInfo();
  let now: RedemptionStanding = { state: 'requested', code: null, paid: '0' as AttoText };
  let rung = false;
  const reached = (next: RedemptionStanding): void => {
    if (next.state !== now.state) upsertSearchAttributes([{ key: SA.state, value: next.state }]);
    now = next;
  };
  setHandler(look, () => {
    rung = true;
  });
  setHandler(standing, () => ({
    state: now.state,
    waitingFor: now.state === 'waiting' ? 'money to return to the pool' : null,
    needsAction: null,
  }));
  setHandler(
    giveUpRedemption,
    async ({ actor, reason }: HelpRequest) => {
      const summary = `Given up by ${actor.role} ${actor.id}`;
      const given = { redemptionId, actorId: actor.id, reason };
      reached(await passingRefusals(ledger.cancelRedemption.executeWithOptions({ summary }, [given])));
      rung = true;
      return { state: now.state };
    },
    {
      validator: ({ reason }: HelpRequest) => {
        if (reason.trim() === '')
          throw ApplicationFailure.nonRetryable('A reason is required.', 'reason-required');
        if (now.state !== 'waiting')
          throw ApplicationFailure.nonRetryable(`The redemption is ${now.state}.`, 'wrong-state');
      },
      description: 'Gives up what still waits; what was paid stays paid',
    },
  );
  upsertSearchAttributes([
    { key: SA.state, value: now.state },
    { key: SA.customerRef, value: customerId },
  ]);
  if (input.placed !== true) {
    await ledger.recordRedemption.executeWithOptions({ summary: 'Write down what the customer asked for' }, [
      { redemptionId, customerId, tokenId, amount, atLeast, workflowId },
    ]);
    const summary = 'Fix it in shares, give it its place, and pay what the pool can pay now';
    reached(await ledger.placeRedemption.executeWithOptions({ summary }, [redemptionId]));
  } else reached({ ...now, state: 'waiting' });
  const waiting = (): boolean => now.state === 'waiting';
  while (waiting()) {
    await condition(() => rung, LOOK_AGAIN, { summary: 'Waiting in the queue for money to return' });
    rung = false;
    const summary = 'Look what was paid meanwhile';
    reached(await ledger.readRedemption.executeWithOptions({ summary }, [redemptionId]));
    if (waiting() && workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof redemption>({ ...input, placed: true });
    }
  }
  if (now.state === 'paid') {
    const told = { to: 'customer', customerId, key: `${workflowIds.redemption(redemptionId)}/paid` } as const;
    const mail = { ...told, template: 'redemption-paid', data: { amount: now.paid } } as const;
    await ledger.postMail.executeWithOptions({ summary: 'Mailed the depositor: paid in full' }, [mail]);
  }
  await condition(allHandlersFinished);
  return now;
}

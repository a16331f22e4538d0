import { proxyActivities, setHandler, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { makePoolActivities, SubscriptionOutcome } from '../activities/pool';
import type { AttoText } from '../domain/money';
import { SA, standing } from './handles';
import { OPTIONS } from './options';

type Activities = ReturnType<typeof makePoolActivities>;

const { recordSubscription } = proxyActivities<Activities>({
  ...OPTIONS.ledger,
  summary: 'Write down what the customer asked for',
});
const { bookSubscription } = proxyActivities<Activities>({
  ...OPTIONS.ledger,
  summary: 'Move the money into the pool at its clock and mint the position, or note why not',
});

export interface SubscriptionInput {
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly poolId: string;
  readonly amount: AttoText;
  /** The least shares that it must buy. */
  readonly atLeast?: string | null;
}

/** Available FIL into a pool. A refusal is an outcome: the story is complete, nothing has moved. */
export async function subscription(input: SubscriptionInput): Promise<SubscriptionOutcome> {
  let state: 'requested' | SubscriptionOutcome['outcome'] = 'requested';
  setHandler(standing, () => ({
    state,
    waitingFor: state === 'requested' ? 'the books' : null,
    needsAction: null,
  }));
  upsertSearchAttributes([
    { key: SA.state, value: state },
    { key: SA.customerRef, value: input.customerId },
  ]);
  await recordSubscription({ ...input, workflowId: workflowInfo().workflowId });
  const result = await bookSubscription(input.subscriptionId);
  state = result.outcome;
  upsertSearchAttributes([{ key: SA.state, value: state }]);
  return result;
}

/** The hot wallet kept between its marks: looked at by a Schedule; each transfer and each refill is a workflow of its own. */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { makeColdActivities, makeCustodyActivities } from '../activities/custody';
import { custodyTransfer } from './custody-transfer';
import { SA, standing, workflowIds } from './handles';
import { OPTIONS } from './options';
import { PATIENCE, persistent } from './persist';
import { listenForRetry, patientOf, type Retried } from './retry';

type Chain = ReturnType<typeof makeColdActivities>;
type Ledger = ReturnType<typeof makeCustodyActivities>;

const round = { scheduleToCloseTimeout: PATIENCE } as const;

/**
 * One look: begins what the marks ask for, and starts what is open and does not run. While it cannot look, no other run of
 * the Schedule begins: it says so and goes on trying. `needs` comes from the run before.
 * @returns what is open
 */
export async function custody(needs: string | null = null): Promise<{ readonly open: readonly number[] }> {
  const course: Retried = { needsAction: needs, rung: false };
  listen(course);
  const anew = (): Promise<never> => continueAsNew<typeof custody>(course.needsAction);
  const patient = () => patientOf(course, 'Until the marks are looked at again', anew);
  const chain = persistent(proxyActivities<Chain>({ ...OPTIONS.chain, ...round }), patient);
  const ledger = persistent(proxyActivities<Ledger>({ ...OPTIONS.ledger, ...round }), patient);
  await chain.takeUpCold.executeWithOptions(
    { summary: 'Has the signer a cold address that is not in the books?' },
    [],
  );
  const open = await ledger.weighHot.executeWithOptions(
    { summary: 'Weigh the hot wallet, less what is owed, against its marks' },
    [],
  );
  for (const { n, direction } of open) await start(n, direction);
  await condition(allHandlersFinished);
  return { open: open.map(({ n }) => n) };
}

function listen(course: Retried): void {
  const state = (): string => (course.needsAction === null ? 'looking' : 'stuck');
  setHandler(standing, () => ({
    state: state(),
    waitingFor: 'the node and the books',
    needsAction: course.needsAction,
  }));
  listenForRetry(course, { kind: 'custody', id: workflowInfo().workflowId, state });
}

async function start(n: number, direction: 'to-cold' | 'refill'): Promise<void> {
  try {
    await startChild(custodyTransfer, {
      workflowId: workflowIds.custody(n),
      args: [{ n, direction }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary:
        direction === 'to-cold'
          ? 'The hot wallet is above its high mark: a transfer to the cold address is proposed'
          : 'The hot wallet is below its low mark: a refill is asked for',
      typedSearchAttributes: [{ key: SA.lifecycle, value: 'custody' }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

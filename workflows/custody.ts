/** The hot wallet kept between its marks: looked at by a Schedule; each transfer and each refill is a workflow of its own. */
import { ParentClosePolicy, proxyActivities, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { makeColdActivities, makeCustodyActivities } from '../activities/custody';
import { custodyTransfer } from './custody-transfer';
import { SA, workflowIds } from './handles';
import { OPTIONS } from './options';

const chain = proxyActivities<ReturnType<typeof makeColdActivities>>(OPTIONS.chain);
const ledger = proxyActivities<ReturnType<typeof makeCustodyActivities>>(OPTIONS.ledger);

/** One look: begins what the marks ask for, and starts what is open and does not run. @returns what is open */
export async function custody(): Promise<{ readonly open: readonly number[] }> {
  await chain.takeUpCold.executeWithOptions(
    { summary: 'Has the signer a cold address that is not in the books?' },
    [],
  );
  const open = await ledger.weighHot.executeWithOptions(
    { summary: 'Weigh the hot wallet, less what is owed, against its marks' },
    [],
  );
  for (const { n, direction } of open) await start(n, direction);
  return { open: open.map(({ n }) => n) };
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

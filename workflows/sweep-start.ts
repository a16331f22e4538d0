/** Starting sweeps: numbered in the database, so that an address has at most one running. */
import { ParentClosePolicy, WorkflowIdReusePolicy, proxyActivities, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { makeSweepActivities } from '../activities/sweep';
import { SA, workflowIds } from './handles';
import { OPTIONS } from './options';
import { sweep } from './sweep';

const ledger = proxyActivities<ReturnType<typeof makeSweepActivities>>(OPTIONS.ledger);

/**
 * Starts a sweep of the address where it is worth the gas and none runs. `openedBy` is `<workflowId>/<step>`; it names
 * the asker once, so that asking again starts nothing new.
 */
export async function startSweep(address: string, openedBy: string): Promise<void> {
  const opened = await ledger.openSweep.executeWithOptions({ summary: 'Is a sweep worth its gas?' }, [
    { address, openedBy },
  ]);
  if (opened === null) return;
  try {
    await startChild(sweep, {
      workflowId: workflowIds.sweep(address, opened.n),
      args: [{ address, n: opened.n }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      staticSummary: 'Sweep of one address to the hot wallet',
      typedSearchAttributes: [{ key: SA.lifecycle, value: 'sweep' }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

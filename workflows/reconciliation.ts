import { proxyActivities, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Reconciled, makeReconciliationActivities } from '../activities/reconciliation';
import { SA } from './handles';
import { OPTIONS } from './options';

const { reconcile } = proxyActivities<ReturnType<typeof makeReconciliationActivities>>({
  ...OPTIONS.chain,
  startToCloseTimeout: '5m',
});

export interface ReconciliationInput {
  /** Id of the run; the same id gives the same run. Absent where a schedule starts it. */
  readonly id?: string;
}

/** Compares books and chain once, address by address, and keeps the result; a break calls a person. */
export async function reconciliation(input: ReconciliationInput = {}): Promise<Reconciled> {
  const { workflowId, runId } = workflowInfo();
  upsertSearchAttributes([{ key: SA.state, value: 'comparing' }]);
  const compared = await reconcile.executeWithOptions(
    { summary: 'Compare the balance of every platform address with the books' },
    [{ id: input.id ?? runId, workflowId }],
  );
  upsertSearchAttributes([
    { key: SA.state, value: compared.outcome },
    { key: SA.needsAction, value: compared.outcome === 'broken' },
  ]);
  return compared;
}

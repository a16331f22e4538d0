import {
  allHandlersFinished,
  condition,
  continueAsNew,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { makePostActivities } from '../activities/mail-post';
import type { Reconciled, makeReconciliationActivities } from '../activities/reconciliation';
import { freeze } from './freeze';
import { SA, standing, workflowIds } from './handles';
import { OPTIONS } from './options';
import { PATIENCE, persistent } from './persist';
import { listenForRetry, patientOf, type Retried } from './retry';

const chain = proxyActivities<ReturnType<typeof makeReconciliationActivities>>({
  ...OPTIONS.chain,
  startToCloseTimeout: '5m',
  scheduleToCloseTimeout: PATIENCE,
});
const { postMail } = proxyActivities<ReturnType<typeof makePostActivities>>(OPTIONS.ledger);

export interface ReconciliationInput {
  /** Id of the run; the same id gives the same run. Absent where a schedule starts it. */
  readonly id?: string;
}

interface Course extends Retried {
  readonly id: string;
}

/**
 * Compares books and chain once, address by address, and keeps the result. A break calls a person; one that nothing
 * explains stops payouts, until two people lift that. While it cannot compare, no other run of the Schedule begins: it says
 * so and goes on trying. `needs` comes from the run before.
 */
export async function reconciliation(
  input: ReconciliationInput = {},
  needs: string | null = null,
): Promise<Reconciled> {
  const { workflowId, runId } = workflowInfo();
  const id = input.id ?? runId;
  const course: Course = { id, needsAction: needs, rung: false };
  listen(course);
  upsertSearchAttributes([{ key: SA.state, value: 'comparing' }]);
  const anew = (): Promise<never> => continueAsNew<typeof reconciliation>({ id }, course.needsAction);
  const { reconcile } = persistent(chain, () => patientOf(course, 'Until it is compared again', anew));
  const compared = await reconcile.executeWithOptions(
    { summary: 'Compare the balance of every platform address with the books' },
    [{ id, workflowId }],
  );
  if (compared.unexplained > 0 && !compared.frozen) await stopPayouts(id, compared);
  upsertSearchAttributes([
    { key: SA.state, value: compared.outcome },
    { key: SA.needsAction, value: compared.outcome === 'broken' },
  ]);
  await condition(allHandlersFinished);
  return compared;
}

function listen(course: Course): void {
  const state = (): string => (course.needsAction === null ? 'comparing' : 'stuck');
  setHandler(standing, () => ({
    state: state(),
    waitingFor: 'the node and the books',
    needsAction: course.needsAction,
  }));
  listenForRetry(course, { kind: 'reconciliation', id: course.id, state });
}

/** Freezes payouts, as a workflow of its own, and tells all who may see to its lifting. */
async function stopPayouts(id: string, { height, unexplained }: Reconciled): Promise<void> {
  const freezeId = `reconciliation-${id}`;
  const reason = `Reconciliation ${id} at epoch ${height} found ${unexplained} difference(s) that nothing explains`;
  try {
    await startChild(freeze, {
      workflowId: workflowIds.freeze(freezeId),
      args: [{ id: freezeId, scope: 'payouts', customerId: null, reason, actor: null }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: 'All payouts are frozen, after a reconciliation',
      typedSearchAttributes: [{ key: SA.lifecycle, value: 'freeze' }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const key = `${workflowIds.freeze(freezeId)}/told`;
  const letter = { to: 'staff', notice: 'payouts-frozen', data: { reason }, key } as const;
  await postMail.executeWithOptions({ summary: 'Tell staff that payouts are frozen' }, [letter]);
}

import { proxyActivities, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { makeAccrualActivities, PoolAccrual } from '../activities/pool';
import { SA } from './handles';
import { OPTIONS } from './options';

const { accruePools } = proxyActivities<ReturnType<typeof makeAccrualActivities>>({
  ...OPTIONS.batch,
  summary:
    'Count the interest of every epoch up to the pool clock, pool by pool, and pay the redemption queues',
});

/** One run of the Schedule `accrual`: every pool up to its clock. A run that was skipped is made up by the next. */
export async function accrual(): Promise<PoolAccrual[]> {
  upsertSearchAttributes([{ key: SA.state, value: 'counting' }]);
  const runs = await accruePools(workflowInfo().workflowId);
  upsertSearchAttributes([{ key: SA.state, value: 'counted' }]);
  return runs;
}

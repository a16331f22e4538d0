/** The reference workflow: so many activities one after the other, and nothing else. */
import { proxyActivities } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing: () => Promise<void> }>({ startToCloseTimeout: '5m' });

export async function empty(activities: number): Promise<void> {
  for (let n = 0; n < activities; n += 1) await nothing();
}

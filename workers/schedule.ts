/** Schedules that the platform runs by; made or brought up to date when workers start. */
import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleSpec,
} from '@temporalio/client';
import { SA, workflowIds } from '../workflows/handles';

export const ACCRUAL_SCHEDULE = 'accrual';

export interface ScheduleConfig {
  readonly accrualIntervalSeconds: number;
}

/**
 * Makes the Schedule `accrual`, or sets its interval anew where it exists; whether it is paused stays as it is.
 * Overlap is skipped: a run catches up with all that was missed. It is started by hand and paused like any Schedule.
 */
export async function ensureSchedules(
  client: Client,
  { accrualIntervalSeconds }: ScheduleConfig,
): Promise<void> {
  const spec: ScheduleSpec = { intervals: [{ every: accrualIntervalSeconds * 1000 }] };
  try {
    await client.schedule.create({
      scheduleId: ACCRUAL_SCHEDULE,
      spec,
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
      action: {
        type: 'startWorkflow',
        workflowType: 'accrual',
        workflowId: workflowIds.accrual(),
        taskQueue: 'core',
        args: [],
        staticSummary: 'Counts the interest of every epoch since the last run',
        typedSearchAttributes: [{ key: SA.lifecycle, value: 'accrual' }],
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(ACCRUAL_SCHEDULE).update((known) => ({ ...known, spec }));
  }
}

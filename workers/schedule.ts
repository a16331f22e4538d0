/** Schedules that the platform runs by; made or brought up to date when workers start. */
import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleSpec,
} from '@temporalio/client';
import { SA, workflowIds } from '../workflows/handles';

export const ACCRUAL_SCHEDULE = 'accrual';
export const HISTORY_EXPORT_SCHEDULE = 'history-export';

export const RECONCILIATION_SCHEDULE = 'reconciliation';

export const CUSTODY_SCHEDULE = 'custody';

export interface ScheduleConfig {
  readonly accrualIntervalSeconds: number;
  readonly historyExportIntervalSeconds: number;
  readonly reconciliationIntervalSeconds: number;
  readonly custodyIntervalSeconds: number;
}

interface Plan {
  /** Of the Schedule, and the lifecycle of what it starts. */
  readonly id: string;
  /** Exported name of the workflow function. */
  readonly type: string;
  readonly workflowId: string;
  readonly summary: string;
  readonly seconds: number;
}

const plansOf = (config: ScheduleConfig): readonly Plan[] => [
  {
    id: ACCRUAL_SCHEDULE,
    type: 'accrual',
    workflowId: workflowIds.accrual(),
    summary: 'Counts the interest of every epoch since the last run',
    seconds: config.accrualIntervalSeconds,
  },
  {
    id: HISTORY_EXPORT_SCHEDULE,
    type: 'historyExport',
    workflowId: workflowIds.historyExport(),
    summary: 'Copies the history of every run that closed into Postgres',
    seconds: config.historyExportIntervalSeconds,
  },
  {
    id: RECONCILIATION_SCHEDULE,
    type: 'reconciliation',
    workflowId: RECONCILIATION_SCHEDULE,
    summary: 'Compares books and chain, address by address',
    seconds: config.reconciliationIntervalSeconds,
  },
  {
    id: CUSTODY_SCHEDULE,
    type: 'custody',
    workflowId: CUSTODY_SCHEDULE,
    summary: 'Weighs the hot wallet against its marks',
    seconds: config.custodyIntervalSeconds,
  },
];

async function ensureSchedule(client: Client, plan: Plan): Promise<void> {
  const spec: ScheduleSpec = { intervals: [{ every: plan.seconds * 1000 }] };
  try {
    await client.schedule.create({
      scheduleId: plan.id,
      spec,
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1m' },
      action: {
        type: 'startWorkflow',
        workflowType: plan.type,
        workflowId: plan.workflowId,
        taskQueue: 'core',
        args: [],
        staticSummary: plan.summary,
        typedSearchAttributes: [{ key: SA.lifecycle, value: plan.id }],
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(plan.id).update((known) => ({ ...known, spec }));
  }
}

/**
 * Makes each Schedule, or sets its interval anew where it exists; whether it is paused stays as it is. Overlap is
 * skipped: a run catches up with all that was missed. It is started by hand and paused like any Schedule.
 */
export async function ensureSchedules(client: Client, config: ScheduleConfig): Promise<void> {
  for (const plan of plansOf(config)) await ensureSchedule(client, plan);
}

/** Temporal Schedules as /admin/v1/schedules gives them. */

export interface Schedule {
  readonly id: string;
  readonly paused: boolean;
  readonly note: string | null;
  readonly lastRunAt: string | null;
  readonly nextRunAt: string | null;
}

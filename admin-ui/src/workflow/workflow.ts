/** Workflows and their stories as /admin/v1/workflows gives them. */

export interface Workflow {
  /** The workflow id, `loan/…`. */
  readonly id: string;
  readonly runId?: string;
  readonly lifecycle: string;
  readonly state: string | null;
  readonly status: string;
  readonly needsAction: boolean;
  readonly summary?: string | null;
  readonly startedAt: string;
  readonly closedAt: string | null;
}

/** One sentence of a story. */
export interface StoryEvent {
  readonly eventId: number;
  readonly at: string;
  readonly kind: string;
  readonly sentence: string;
  readonly attempts?: number;
  readonly outcome?: string | null;
  readonly detail?: string | null;
}

/** Where a workflow is shown. */
export function workflowPath(id: string): string {
  return `/workflows/${encodeURIComponent(id)}/show`;
}

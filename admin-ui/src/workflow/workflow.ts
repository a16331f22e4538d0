/** Workflows and their stories as /admin/v1/workflows gives them. */

export interface PendingActivity {
  readonly activity: string;
  readonly attempt: number;
  readonly lastFailure: string | null;
}

export interface Workflow {
  /** The workflow id, `loan/…`. */
  readonly id: string;
  readonly runId: string;
  readonly lifecycle: string;
  readonly state: string | null;
  readonly status: string;
  readonly needsAction: boolean;
  readonly customerRef: string | null;
  readonly dueAt: string | null;
  readonly historyLength: number;
  readonly startedAt: string;
  readonly closedAt: string | null;
  // On the single record only:
  readonly summary?: string | null;
  readonly waitingFor?: string | null;
  readonly needsActionSentence?: string | null;
  readonly parentId?: string | null;
  readonly pending?: readonly PendingActivity[];
}

/** One sentence of a story. */
export interface StoryEvent {
  readonly eventId: number;
  readonly at: string;
  readonly kind: string;
  readonly sentence: string;
  /** null where all is well */
  readonly outcome: string | null;
  readonly detail: string | null;
  readonly actor?: { readonly id: string; readonly role: string };
  /** Records that the event names: journal, message, cid, approval, loan, customer. */
  readonly links: Readonly<Record<string, string | number>>;
  readonly durationMs?: number;
  readonly attempts?: number;
}

/** Where a workflow is shown. */
export function workflowPath(id: string): string {
  return `/workflows/${encodeURIComponent(id)}/show`;
}

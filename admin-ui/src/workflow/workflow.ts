/** Workflows and their stories as /admin/v1/workflows gives them. */

export interface PendingActivity {
  readonly activity: string;
  readonly attempt: number;
  readonly lastFailure: string | null;
}

/** The copy that history-export keeps of a closed run. */
export interface Copy {
  readonly seq: number;
  readonly sha256: string;
  readonly chain: string;
  readonly bytes: number;
  readonly exportedAt: string;
  /** Where it was read just now: whether what is stored still gives its SHA-256. */
  readonly intact?: boolean;
}

export interface Run {
  readonly runId: string;
  readonly status: string;
  readonly startedAt: string;
  readonly closedAt: string | null;
  readonly events: number;
  /** Whether Temporal still holds it. */
  readonly live: boolean;
  readonly copy: Copy | null;
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
  /** Of its copy; on rows of the list. */
  readonly sha256?: string | null;
  // On the single record only:
  readonly source?: 'temporal' | 'archive';
  readonly copy?: Copy | null;
  readonly summary?: string | null;
  readonly waitingFor?: string | null;
  readonly needsActionSentence?: string | null;
  /** Ended before its work was done; a retry sets it going again. */
  readonly stopped?: boolean;
  /** Its code fails, so that it takes no help; it goes on by itself once mended. */
  readonly failing?: boolean;
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
  /** What went wrong, the nearest first. */
  readonly causes?: readonly string[];
  readonly actor?: { readonly id: string; readonly role: string };
  /** Records that the event names: journal, message, cid, approval, loan, customer. */
  readonly links: Readonly<Record<string, string | number>>;
  readonly durationMs?: number;
  readonly attempts?: number;
  /** How many waits this one stands for. */
  readonly times?: number;
}

/** Where a workflow is shown; with a run id, that run's story. */
export function workflowPath(id: string, runId?: string): string {
  const path = `/workflows/${encodeURIComponent(id)}/show`;
  return runId === undefined ? path : `${path}?run=${encodeURIComponent(runId)}`;
}

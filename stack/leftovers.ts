import type { Progress } from './progress';
import { stillRuns, type ProcessMark } from './process-identity';
import { waitFor } from './wait';

function signal(pid: number, name: NodeJS.Signals, group: boolean): void {
  try {
    process.kill(group ? -pid : pid, name);
  } catch {
    // gone already
  }
}

/** Ends the parts of a start that was killed and could not stop them, found by number and moment of start. */
export async function endLeftovers(
  marks: readonly (ProcessMark & { readonly name: string })[],
  progress: Progress,
): Promise<void> {
  for (const mark of [...marks].reverse()) {
    if (!stillRuns(mark)) continue;
    progress.line(`ending ${mark.name} (process ${mark.pid}), left over from a start that was killed`);
    signal(mark.pid, mark.name === 'postgres' ? 'SIGINT' : 'SIGTERM', false);
    try {
      await waitFor(() => Promise.resolve(stillRuns(mark) ? undefined : true), {
        what: mark.name,
        timeoutMs: 15_000,
      });
    } catch {
      signal(mark.pid, 'SIGKILL', true);
    }
  }
}

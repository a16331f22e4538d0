import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * What tells a process from a later one with the same number: the moment it started. Undefined when no such process
 * runs (a zombie does not).
 */
export function processStart(pid: number): string | undefined {
  try {
    if (existsSync('/proc/self/stat')) {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
      return fields[0] === 'Z' ? undefined : fields[19];
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return undefined;
  }
}

/** A process as it is written to a file, to be found again by another. */
export interface ProcessMark {
  readonly pid: number;
  readonly started: string;
}

/** The mark of a running process. */
export function markProcess(pid: number): ProcessMark | undefined {
  const started = processStart(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether the very process that was marked still runs. */
export function stillRuns(mark: ProcessMark): boolean {
  return processStart(mark.pid) === mark.started;
}

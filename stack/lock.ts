import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { hasCode, readJson } from './private-file';
import { markProcess, stillRuns, type ProcessMark } from './process-identity';

const markSchema = z.object({ pid: z.number(), started: z.string() });

/** Another start holds this data folder. */
export class AlreadyRunning extends Error {
  readonly pid: number;
  constructor(folder: string, pid: number) {
    super(
      `Loanstone already runs on ${folder} (process ${pid}). Stop it first, or choose another folder with --data.`,
    );
    this.name = 'AlreadyRunning';
    this.pid = pid;
  }
}

function holder(file: string): ProcessMark | undefined {
  const parsed = markSchema.safeParse(readJson(file));
  return parsed.success ? parsed.data : undefined;
}

/**
 * Takes the data folder for this process; a lock left by a process that is gone is taken over.
 * @returns how to give it back
 * @throws AlreadyRunning
 */
export function lockFolder(folder: string): () => void {
  const file = join(folder, 'lock.json');
  const mine = markProcess(process.pid);
  if (mine === undefined) throw new Error('this process cannot find its own start time');
  for (let tries = 0; tries < 3; tries += 1) {
    try {
      writeFileSync(file, JSON.stringify(mine), { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
      const other = holder(file);
      if (other !== undefined && stillRuns(other)) throw new AlreadyRunning(folder, other.pid);
      rmSync(file, { force: true });
    }
  }
  throw new Error(`${file} comes back as often as it is removed`);
}

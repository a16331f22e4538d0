/** A stack of its own for a bench, in a folder that is removed at the end. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentProgress } from '../../stack/progress';
import { startStack, type Stack } from '../../stack/stack';

export interface BenchStack {
  readonly stack: Stack;
  /** Seconds until everything was ready. */
  readonly startSeconds: number;
  readonly close: () => Promise<void>;
}

/** Starts everything, an epoch a second, and ends it at SIGINT and SIGTERM too. */
export async function openBenchStack(): Promise<BenchStack> {
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-bench-'));
  chmodSync(folder, 0o711);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const since = performance.now();
  const stack = await startStack({
    dataFolder: join(folder, 'data'),
    progress: silentProgress,
    signal: stopping.signal,
  });
  return {
    stack,
    startSeconds: (performance.now() - since) / 1000,
    close: async () => {
      await stack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

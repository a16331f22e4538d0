import { setTimeout as delay } from 'node:timers/promises';

export interface WaitOptions {
  /** Named in the error. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly everyMs?: number;
  /** Ends the wait at once, e.g. because the process that should become ready has died. */
  readonly giveUp?: () => string | undefined;
}

/** Repeats the probe until it resolves to something other than undefined; a throw counts as "not yet". */
export async function waitFor<T>(probe: () => Promise<T | undefined>, options: WaitOptions): Promise<T> {
  const deadline = Date.now() + options.timeoutMs;
  let last = 'no answer';
  for (;;) {
    try {
      const result = await probe();
      if (result !== undefined) return result;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    const reason = options.giveUp?.();
    if (reason !== undefined) throw new Error(`${options.what}: ${reason}`);
    if (Date.now() > deadline) {
      throw new Error(`${options.what} was not ready within ${options.timeoutMs / 1000} s (${last})`);
    }
    await delay(options.everyMs ?? 50);
  }
}

/** Waiting in the demo is bounded by the chain, not by the clock: it gives up only when the head stands still. */

const POLL_MS = 500;
const HEAD_STILL_MS = 180_000;

export interface Waiter {
  /**
   * Asks `probe` again and again until it answers something other than null.
   * @throws when the chain's head has not moved for three minutes.
   */
  until<T>(what: string, probe: () => Promise<T | null>): Promise<T>;
}

/** Makes a waiter that reads the chain's head with `head` and shows what is waited for with `progress`. */
export function makeWaiter(
  signal: AbortSignal,
  head: () => Promise<number>,
  progress: (text: string) => void,
): Waiter {
  return {
    async until(what, probe) {
      let last = { height: -1, at: performance.now() };
      for (;;) {
        if (signal.aborted) throw new Error(`stopped while waiting for ${what}`);
        const found = await probe();
        if (found !== null) return found;
        const height = await head();
        if (height !== last.height) last = { height, at: performance.now() };
        else if (performance.now() - last.at > HEAD_STILL_MS)
          throw new Error(
            `the chain's head has stood at ${String(height)} for three minutes while waiting for ${what}`,
          );
        progress(`${what} (epoch ${String(height)})`);
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
  };
}

/**
 * Steps that do not succeed. An activity is tried for ten minutes; then the workflow says at which step it is stuck and
 * why, stays, and tries again by itself and whenever a person says so. It never fails for it.
 */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';

/** From the first try until a person is asked. The tries go on after that. */
export const PATIENCE = '10 minutes';

/** Between two rounds of tries while a person is asked. */
export const AGAIN_MS = 60_000;

export interface Patient {
  /** Asks a person; called once a round. */
  readonly stuck: (sentence: string) => Promise<void>;
  /** Until the next round, or a person's retry. */
  readonly wait: () => Promise<void>;
  /** It succeeded after all. */
  readonly relieved: () => Promise<void>;
  /** A failure that the caller deals with itself. */
  readonly passes?: (error: ActivityFailure) => boolean;
}

interface Options {
  readonly summary: string;
}

interface Activity {
  executeWithOptions(options: Options, args: unknown[]): Promise<unknown>;
}

/** The innermost words of a failure. */
export function wordsOf(error: unknown): string {
  let words = 'unknown';
  for (let cause = error; cause instanceof Error; cause = cause.cause) words = cause.message;
  return words;
}

async function persist(patient: Patient, options: Options, run: () => Promise<unknown>): Promise<unknown> {
  for (let failed = false; ; failed = true) {
    try {
      const result = await run();
      if (failed) await patient.relieved();
      return result;
    } catch (error) {
      if (!(error instanceof ActivityFailure) || isCancellation(error) || patient.passes?.(error) === true)
        throw error;
      await patient.stuck(`Stuck at “${options.summary}”: ${wordsOf(error)}`);
      await patient.wait();
    }
  }
}

/**
 * The same activities, each called by `executeWithOptions` with a summary and tried until it succeeds. Their proxy
 * bounds a round by `scheduleToCloseTimeout: PATIENCE`.
 */
export function persistent<P extends object>(proxy: P, patientOf: () => Patient): P {
  return new Proxy(proxy, {
    get: (target, name) => {
      const activity = Reflect.get(target, name) as Activity;
      const executeWithOptions = (options: Options, args: unknown[]): Promise<unknown> =>
        persist(patientOf(), options, () => activity.executeWithOptions(options, args));
      return { executeWithOptions };
    },
  });
}

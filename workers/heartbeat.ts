import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker';

const BEAT_MS = 1_000;

/**
 * Lets every activity say that it lives while it runs, so that the work of a killed process is missed within the
 * heartbeat time-out of workflows/options.ts and not after the longest time that the work may take.
 */
export const beating: ActivityInterceptorsFactory = (context) => ({
  inbound: {
    execute: async (input, next) => {
      const beat = setInterval(() => context.heartbeat(), BEAT_MS);
      try {
        return await next(input);
      } finally {
        clearInterval(beat);
      }
    },
  },
});

/** For `Worker.create`: heartbeats go out at least this often, or the time-out would come close to the next one. */
export const BEATING: Pick<WorkerOptions, 'interceptors' | 'maxHeartbeatThrottleInterval'> = {
  interceptors: { activity: [beating] },
  maxHeartbeatThrottleInterval: '2s',
};

/**
 * A workflow interceptor under which no timer is cancelled: who waits on one goes on, and the timer runs out unheard.
 * The time-skipping server refuses a completion that cancels a timer which fired while its task was under way, and such
 * a run never gets another task (temporalio/sdk-java#3088, #2606); a task that cancels nothing cannot meet it.
 */
import { CancellationScope, type WorkflowInterceptors } from '@temporalio/workflow';

export const interceptors = (): WorkflowInterceptors => ({
  inbound: [],
  outbound: [
    {
      startTimer: (input, next) => {
        const { cancellable, cancelRequested, consideredCancelled } = CancellationScope.current();
        if (!cancellable || consideredCancelled) return next(input);
        return Promise.race([
          CancellationScope.nonCancellable(() => next(input)),
          // Never fulfilled: it is rejected when the scope is cancelled.
          cancelRequested.then(() => undefined),
        ]);
      },
    },
  ],
});

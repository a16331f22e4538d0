/**
 * A workflow interceptor under which an activity's last moment is never a whole second: the time-skipping server takes
 * a deadline without nanoseconds for none at all, and tries such an activity for ever (one of a thousand; mended in
 * temporalio/sdk-java's TestServiceRetryState after 1.40.0). The server counts in milliseconds, so that half of one
 * more is never a whole second.
 */
import { msToNumber } from '@temporalio/common/lib/time';
import type { WorkflowInterceptors } from '@temporalio/workflow';

export const interceptors = (): WorkflowInterceptors => ({
  inbound: [],
  outbound: [
    {
      scheduleActivity: (input, next) => {
        const limit = input.options.scheduleToCloseTimeout as string | number | undefined;
        if (limit === undefined) return next(input);
        return next({
          ...input,
          options: { ...input.options, scheduleToCloseTimeout: msToNumber(limit) + 0.5 },
        });
      },
    },
  ],
});

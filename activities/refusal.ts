import { ApplicationFailure } from '@temporalio/common';
import { RefusalError } from '../domain/refusal';

/**
 * Wraps an activity so that a refusal reaches the workflow as a failure that is not retried, its type the refusal's
 * code; every other error stays what it is and is retried.
 */
export function refusing<Args extends unknown[], Result>(
  activity: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await activity(...args);
    } catch (error) {
      if (error instanceof RefusalError) throw ApplicationFailure.nonRetryable(error.message, error.code);
      throw error;
    }
  };
}

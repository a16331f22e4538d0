/** Refusals as Updates meet them: an ApplicationFailure whose type is the refusal's code. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import { REFUSALS, type RefusalCode } from '../domain/refusal';

/** Refuses an Update by its code. Throws always. */
export function refuse(code: RefusalCode, message: string = REFUSALS[code].title): never {
  throw ApplicationFailure.nonRetryable(message, code);
}

/** Hands an activity's refusal on as the Update's own, so that the caller meets its code. */
export async function passingRefusals<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) throw error.cause;
    throw error;
  }
}

/** The code of an activity's refusal, for a workflow that ends with it; anything else is thrown on. */
export function codeIn(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (cause instanceof ApplicationFailure && cause.nonRetryable === true && typeof cause.type === 'string')
    return cause.type;
  throw error;
}

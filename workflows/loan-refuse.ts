/** How a loan's Updates refuse: by the codes of the catalogue, before or after an activity was asked. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { LoanState } from '../domain/loan';
import { REFUSALS, type RefusalCode } from '../domain/refusal';
import type { LoanRun } from './loan-run';

/** Refuses an Update by its code. */
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

/** Refuses what comes without a reason. */
export function requireReason(request: { readonly reason: string }): void {
  if (request.reason.trim() === '') refuse('reason-required');
}

/** The state as a loan's own; before the application is taken there is none. */
export function stateOf(run: LoanRun): LoanState {
  if (run.state === 'new' || run.state === 'refused')
    return refuse('wrong-state', 'No application was taken.');
  return run.state;
}

/** What a loan's Updates refuse alike. */
import type { LoanState } from '../domain/loan';
import type { LoanRun } from './loan-run';
import { refuse } from './refuse';

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

/** Refuses what would lead a loan on that is being ended: its end may be on the way to the database already. */
export function requireOpen(run: LoanRun): void {
  if (run.cancel !== null || run.ending) refuse('wrong-state', 'The loan is being ended.');
}

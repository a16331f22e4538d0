/**
 * One loan, from the application to the owner role's way home. Each state has one stage, which does one bounded piece
 * of work; between two the workflow may go on as a new run, as all it knows is in its one argument.
 */
import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import { isOver, type LoanState } from '../domain/loan';
import { collect } from './loan-active';
import { awaitProposal, checkEscrow, confirmOwner, disburse, prepareEscrow } from './loan-escrow';
import { listen } from './loan-listen';
import { bringHome, finishReturn, startReturn } from './loan-return';
import { awaitPeople, judgeApplication } from './loan-review';
import { dropStaleHelp, Released, serveSteps } from './loan-help';
import { cancelled, newRun, type Bell, type LoanRun } from './loan-run';

export interface LoanInput {
  readonly loanId: string;
  /** From the run before. */
  readonly run?: LoanRun;
}

type Stage = (run: LoanRun, bell: Bell) => Promise<void>;

const over: Stage = () => Promise.resolve();

const STAGES: Readonly<Record<LoanState, Stage>> = {
  applied: judgeApplication,
  preflight: awaitPeople,
  in_approval: awaitPeople,
  approved: prepareEscrow,
  escrow_offered: awaitProposal,
  escrow_proposed: confirmOwner,
  escrow_confirmed: checkEscrow,
  disbursing: disburse,
  active: collect,
  overdue: collect,
  settled: startReturn,
  returning: finishReturn,
  closed: over,
  rejected: over,
  expired: over,
  cancelled: over,
};

/** One piece of work; or the end of the loan, where a person asked for that while the work waited for help. */
async function advance(run: LoanRun, state: LoanState, bell: Bell): Promise<void> {
  const late = ['escrow_proposed', 'escrow_confirmed', 'disbursing'].includes(state);
  try {
    // Asked for while the loan went on: nothing is lent yet, so it still holds.
    if (run.cancel !== null && !run.ending && late) await cancelled(run, run.cancel);
    else await STAGES[state](run, bell);
  } catch (error) {
    if (!(error instanceof Released) || run.cancel === null) throw error;
    await cancelled(run, run.cancel);
  }
}

/** Starts with the Update `applyForLoan`; answers how the loan ended. */
export async function loan(input: LoanInput): Promise<{ state: string; outcome: string | null }> {
  const run = input.run ?? newRun(input.loanId);
  const bell: Bell = { rung: 0 };
  serveSteps(run);
  listen(run, bell);
  const asked = await condition(() => run.state !== 'new', '10 minutes', {
    summary: 'Waiting for the application',
  });
  // Asked for, but not taken yet: a node or a database that is down takes its time, and what is taken then must be led on.
  if (!asked) await condition(allHandlersFinished);
  while (run.state !== 'new' && run.state !== 'refused' && !isOver(run.state)) {
    await advance(run, run.state, bell);
    await dropStaleHelp(run);
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof loan>({ loanId: input.loanId, run });
    }
  }
  // An escrow that was funded and never used still holds its gas.
  if ((run.state === 'expired' || run.state === 'cancelled') && run.sent['fund'] !== undefined)
    await bringHome(run);
  await condition(allHandlersFinished);
  return { state: run.state, outcome: run.outcome };
}

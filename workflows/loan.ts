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
import { newRun, type Bell, type LoanRun } from './loan-run';

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

/** Starts with the Update `applyForLoan`; answers how the loan ended. */
export async function loan(input: LoanInput): Promise<{ state: string; outcome: string | null }> {
  const run = input.run ?? newRun(input.loanId);
  const bell: Bell = { rung: 0 };
  listen(run, bell);
  const asked = await condition(() => run.state !== 'new', '10 minutes', {
    summary: 'Waiting for the application',
  });
  while (asked && run.state !== 'new' && run.state !== 'refused' && !isOver(run.state)) {
    await STAGES[run.state](run, bell);
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

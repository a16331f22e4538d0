/** A loan that cannot go on: what it says, what a person may then do, and what needs a second person. */
import { condition, proxyActivities, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { makeLoanActivities } from '../activities/loan';
import { mayCancel } from '../domain/loan';
import { SA, type HelpRequest } from './handles';
import { withdrawHelp, type HelpDesk, type HelpVerb } from './help';
import type { Bell, LoanRun } from './loan-run';
import { OPTIONS } from './options';
import { AGAIN_MS, type Patient } from './persist';
import { refuse } from './refuse';

const ledger = proxyActivities<ReturnType<typeof makeLoanActivities>>(OPTIONS.ledger);

/** A person had the loan cancelled while a step of it waited for help. */
export class Released extends Error {}

/** What help with a need would do. */
export interface NeedOptions {
  /** Trying again sends FIL: two people. */
  readonly movesMoney?: boolean;
  /** The loan may be ended here although its state alone does not allow it. */
  readonly mayRelease?: boolean;
}

/** Whether the loan stands first on the home screen: it waits for help, or its collateral is threatened. */
export function showNeed(run: LoanRun): void {
  const value = run.needsAction !== null || run.threat !== null;
  upsertSearchAttributes([{ key: SA.needsAction, value }]);
}

/** Says what is wrong, for the home screen, and goes on; the same sentence again is nothing new. */
export async function noteNeed(run: LoanRun, sentence: string, options: NeedOptions = {}): Promise<void> {
  if (run.needsAction === sentence) return;
  run.helps += 1;
  run.needsAction = sentence;
  run.retryMovesMoney = options.movesMoney ?? false;
  run.mayRelease = options.mayRelease ?? false;
  showNeed(run);
  const ask = { loanId: run.loanId, sentence, step: { step: `help-${run.helps}`, sentence } };
  await ledger.noteLoanHelp.executeWithOptions({ summary: sentence }, [ask]);
}

/** What was wrong is so no more. */
export async function clearNeed(run: LoanRun): Promise<void> {
  if (run.needsAction === null) return;
  run.needsAction = null;
  run.mayRelease = false;
  showNeed(run);
  const sentence = 'It went on by itself; no help is needed any more';
  const step = { step: `eased-${run.helps}`, sentence };
  await ledger.noteLoanHelp.executeWithOptions({ summary: sentence }, [
    { loanId: run.loanId, sentence: null, step },
  ]);
}

/**
 * Stands first on the home screen with a sentence until a person says: try again.
 * @throws Released where the person had the loan cancelled instead
 */
export async function askForHelp(run: LoanRun, sentence: string, options: NeedOptions = {}): Promise<void> {
  await noteNeed(run, sentence, options);
  await condition(() => run.needsAction === null || run.cancel !== null);
  expectNotReleased(run);
}

function expectNotReleased(run: LoanRun): void {
  const { cancel, ending, state, mayRelease } = run;
  if (cancel === null || ending || state === 'new' || state === 'refused') return;
  if (mayCancel(state) || mayRelease) throw new Released();
}

/** Why a verb is not possible now; null where it is. */
function impossible(run: LoanRun, verb: HelpVerb): string | null {
  if (verb === 'retry') return run.needsAction === null ? 'The loan asks for no help.' : null;
  const { state } = run;
  if (state === 'new' || state === 'refused') return 'No application was taken.';
  return run.cancel === null && !run.ending && (mayCancel(state) || run.mayRelease)
    ? null
    : `The loan is ${state}.`;
}

/** Closes a waiting request that the loan has overtaken. */
export async function dropStaleHelp(run: LoanRun): Promise<void> {
  if (run.helpAsked !== null && impossible(run, run.helpAsked.verb) !== null)
    await withdrawHelp(askedOf(run));
}

const askedOf = (run: LoanRun): HelpDesk['asked'] => ({
  get: () => run.helpAsked,
  set: (asked) => {
    run.helpAsked = asked;
  },
});

async function helped(run: LoanRun, { actor, reason }: HelpRequest): Promise<void> {
  const sentence = `Tried again by ${actor.role}: ${reason}`;
  const step = { step: `helped-${run.helps}`, sentence, actor };
  await ledger.noteLoanHelp.executeWithOptions({ summary: sentence }, [
    { loanId: run.loanId, sentence: null, step },
  ]);
  run.needsAction = null;
  run.mayRelease = false;
  showNeed(run);
}

/** How a loan takes help. Before its approval nothing is set aside for it; after it, ending it gives money back. */
export function deskOf(run: LoanRun, bell: Bell): HelpDesk {
  return {
    asked: askedOf(run),
    subjectKind: 'loan',
    subjectId: run.loanId,
    facts: () => ({
      loan: run.loanId,
      miner: run.taken?.miner ?? null,
      amount: run.taken?.amount ?? null,
      state: run.state,
    }),
    needs: () => run.needsAction,
    state: () => run.state,
    expectPossible: (verb) => {
      const why = impossible(run, verb);
      if (why !== null) refuse('wrong-state', why);
    },
    movesMoney: (verb) =>
      verb === 'retry' ? run.retryMovesMoney : run.state !== 'preflight' && run.state !== 'in_approval',
    act: async (verb, request) => {
      if (verb === 'cancel') run.cancel = request;
      else await helped(run, request);
      bell.rung += 1;
    },
  };
}

let steps: Patient | null = null;

/** Makes the loan's steps ask for help of this run; a workflow has its own copy of this module. */
export function serveSteps(run: LoanRun): void {
  steps = {
    stuck: (sentence) => noteNeed(run, sentence),
    wait: async () => {
      const summary = 'Until the step is tried again, or a person decides';
      await condition(() => run.needsAction === null || run.cancel !== null, AGAIN_MS, { summary });
      expectNotReleased(run);
    },
    relieved: () => clearNeed(run),
  };
}

/** @throws Error before `serveSteps`: a bug of ours */
export function patientOf(): Patient {
  if (steps === null) throw new Error(`nobody serves the steps of ${workflowInfo().workflowId}`);
  return steps;
}

/** From the application to the approval: pre-flight, the maker, the checker. Nothing is on chain yet. */
import { allHandlersFinished, condition } from '@temporalio/workflow';
import type { PreflightStage } from '../domain/preflight';
import { cancelled, chain, end, move, takenOf, tell, type LoanRun } from './loan-run';

type Verdict = Awaited<ReturnType<typeof chain.judgeMiner>>;

/** The whole pre-flight at one finalised tipset, which sees what our last message did. */
export async function judge(run: LoanRun, stage: PreflightStage): Promise<Verdict> {
  const summary = `Read the miner at a finalised tipset and judge it (${stage})`;
  return chain.judgeMiner.executeWithOptions({ summary }, [
    { loanId: run.loanId, stage, notBefore: run.notBefore },
  ]);
}

/** 'applied': the miner is judged; what fails rejects the application, the report is kept either way. */
export async function judgeApplication(run: LoanRun): Promise<void> {
  const verdict = await judge(run, 'application');
  if (verdict.passed) {
    run.owner = verdict.owner;
    run.reportHash = verdict.reportHash;
    const sentence = `Pre-flight passed at epoch ${verdict.height}; waits for a maker`;
    const step = { step: 'preflight', sentence, epoch: verdict.height };
    await move(run, 'preflight', step, { owner_before: verdict.owner });
    const { miner, amount } = takenOf(run);
    return tell(run, 'received', { template: 'loan-received', data: { miner, amount } });
  }
  const step = { step: 'preflight', sentence: `Pre-flight failed: ${verdict.detail}`, epoch: verdict.height };
  await end(run, { to: 'rejected', step, code: verdict.code ?? 'owner-changed', detail: verdict.detail });
  const { miner } = takenOf(run);
  await tell(run, 'rejected', { template: 'loan-rejected', data: { miner, reason: verdict.detail } });
}

/**
 * 'preflight' and 'in_approval': people decide, by Updates; the loan waits so long that a forgotten one does not stay
 * open for ever.
 */
export async function awaitPeople(run: LoanRun): Promise<void> {
  const { state } = run;
  const decided = (): boolean => run.state !== state || run.cancel !== null;
  const summary = state === 'preflight' ? 'Waiting for a maker to forward it' : 'Waiting for a checker';
  const inTime = await condition(decided, `${run.decisionDays} days`, { summary });
  // A decision under way goes first: what it does to the loan decides what may follow.
  await condition(allHandlersFinished);
  if (run.state === 'rejected') {
    const { miner } = takenOf(run);
    const reason = 'Our review decided against it.';
    await tell(run, 'rejected', { template: 'loan-rejected', data: { miner, reason } });
  }
  if (run.state !== state) return;
  if (run.cancel !== null) return cancelled(run, run.cancel);
  if (inTime) return;
  run.ending = true;
  const step = { step: 'expired', sentence: `Nobody decided within ${run.decisionDays} days` };
  await end(run, { to: 'expired', step, code: 'decision-expired', detail: step.sentence });
  await tell(run, 'expired', { template: 'loan-expired', data: { miner: takenOf(run).miner } });
}

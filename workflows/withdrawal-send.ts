/** Sending an approved withdrawal: it waits for the hot wallet, then one message pays it, followed to its end. */
import { ActivityFailure, condition, isCancellation } from '@temporalio/workflow';
import type { MessageInput, MessageOutcome } from '../activities/message';
import type { WithdrawalPlan } from '../activities/withdrawal-chain';
import { giveUp } from './handles';
import { wordsOf } from './persist';
import { gaveNoOutcome, startSending } from './send';
import { ask, chain, clear, goesOn, ledger, pause, reached, type WithdrawalRun } from './withdrawal-run';

/** Between two looks while it cannot be sent. */
const LOOK_AGAIN_MS = { first: 15_000, most: 600_000 };

/** Looks before its caller may begin a new run. */
const LOOKS = 200;

/** From approved to its end; or back to `held`, where the policy changed meanwhile. */
export async function payOut(run: WithdrawalRun): Promise<void> {
  let wait = LOOK_AGAIN_MS.first;
  for (let looks = 0; looks < LOOKS && goesOn(run); looks += 1) {
    const plan = await look(run);
    if (!goesOn(run)) return;
    if (plan.kind === 'again') return judgeAgain(run);
    if (plan.kind === 'stop') return giveBack(run, 'cancelled', plan.reason);
    if (plan.kind === 'ready') return sendIt(run, plan.message);
    await ask(run, plan.sentence);
    await pause(run, wait, 'Until it can be sent, or a person decides');
    wait = Math.min(wait * 2, LOOK_AGAIN_MS.most);
  }
}

/** A look that does not succeed is one thing more to wait for, and says so. */
async function look(run: WithdrawalRun): Promise<WithdrawalPlan> {
  const summary = 'Look at the address, the policy and the hot wallet';
  const { withdrawalId } = run.input;
  try {
    return await chain.planWithdrawal.executeWithOptions({ summary }, [{ withdrawalId, n: run.sent + 1 }]);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return { kind: 'wait', sentence: `Stuck at “${summary}”: ${wordsOf(error)}` };
  }
}

async function judgeAgain(run: WithdrawalRun): Promise<void> {
  await clear(run, 'Judge it by the policy that is in force now', run.now?.approvalId ?? null);
}

async function giveBack(run: WithdrawalRun, state: 'failed' | 'cancelled', reason: string): Promise<void> {
  const by = state === 'cancelled' ? { by: 'platform' } : {};
  const released = { withdrawalId: run.input.withdrawalId, state, reason, ...by };
  const summary = `${reason} The money goes back`;
  reached(run, await ledger.releaseWithdrawal.executeWithOptions({ summary }, [released]));
}

async function sendIt(run: WithdrawalRun, message: MessageInput): Promise<void> {
  await ask(run, null);
  if (!goesOn(run)) return;
  run.sent += 1;
  const judgedBy = run.now?.policyVersion;
  const sent = await outcomeOf(run, message);
  run.child = null;
  if (sent === null || !goesOn(run)) return;
  if (sent.outcome === 'final') {
    const { withdrawalId } = run.input;
    const summary = 'It is final and booked';
    reached(run, await ledger.readWithdrawal.executeWithOptions({ summary }, [withdrawalId]));
    return;
  }
  if (sent.outcome === 'failed')
    return giveBack(
      run,
      'failed',
      `The message failed on chain with exit code ${sent.exitCode ?? 'unknown'}.`,
    );
  await judgeAgain(run);
  // Given up as the policy changed, or the approval lapsed: it is judged anew. Given up by a person: that is the end.
  if (run.now?.state === 'approved' && run.now.policyVersion === judgedBy)
    await giveBack(run, 'cancelled', sent.reason ?? 'The message was given up before it was signed.');
}

/**
 * How the message ended; null where the withdrawal was cancelled and its message's workflow is gone. A message always
 * answers; where somebody terminated it, a person has it followed again: the same message in the same nonce slot.
 */
async function outcomeOf(run: WithdrawalRun, message: MessageInput): Promise<MessageOutcome | null> {
  while (goesOn(run)) {
    try {
      run.child = await startSending(message);
      if (!goesOn(run)) await run.child.signal(giveUp, 'The withdrawal was cancelled.');
      return await run.child.result();
    } catch (error) {
      if (!gaveNoOutcome(error)) throw error;
      run.child = null;
      await ask(run, `The workflow of message ${message.id} gave no outcome: ${wordsOf(error)}`);
      await condition(() => run.needsAction === null || !goesOn(run));
    }
  }
  return null;
}

/** The way back: the owner role to the borrower, what is left on the loan's addresses to the hot wallet. */
import { clearNeed, noteNeed } from './loan-help';
import {
  chain,
  ledger,
  move,
  reached,
  takenOf,
  tell,
  waitForNews,
  type Bell,
  type LoanRun,
} from './loan-run';
import { deliver, sendUntilLanded } from './loan-send';

/** 'settled': we propose the borrower's owner again, once nothing of ours is under way. */
export async function startReturn(run: LoanRun, bell: Bell): Promise<void> {
  if (!(await atRest(run, bell, null))) return;
  const sent = await sendUntilLanded(run, 'owner-propose');
  const step = {
    step: 'owner-proposed',
    sentence: "We proposed the borrower's owner again",
    messageId: sent.landed.messageId,
    epoch: sent.landed.includedEpoch,
  };
  await move(run, 'returning', step);
  await tell(run, 'owner-proposed', { template: 'loan-settled', data: { miner: takenOf(run).miner } });
}

/** 'returning': one look whether the borrower owns the miner again; then everything is brought home. */
export async function finishReturn(run: LoanRun, bell: Bell): Promise<void> {
  if (run.sent['owner-propose'] === undefined) await proposeAfterTurningBack(run);
  const { loanId, notBefore } = run;
  const summary = 'Read owner and pending owner at a finalised tipset';
  const seen = await chain.readOwnership.executeWithOptions({ summary }, [{ loanId, notBefore }]);
  if (seen.owner !== run.owner) {
    run.remindAt ??= seen.height + seen.reminderEpochs;
    if (seen.height >= run.remindAt) await remind(run, seen.height + seen.reminderEpochs);
    return waitForNews(bell, run.pollMs, 'Waiting for the borrower to confirm');
  }
  await clearNeed(run);
  if (!(await atRest(run, bell, seen.height))) return;
  await bringHome(run);
  const to = run.outcome === null ? 'closed' : 'cancelled';
  const sentence = `The borrower owns the miner again; the loan is ${to}`;
  const close = { loanId, to, step: { step: to, sentence, epoch: seen.height } } as const;
  await ledger.closeLoan.executeWithOptions({ summary: sentence }, [close]);
  reached(run, to);
  const template = to === 'closed' ? 'loan-closed' : 'loan-owner-returned';
  await tell(run, to === 'closed' ? to : 'owner-returned', { template, data: { miner: takenOf(run).miner } });
}

/** The borrower is mailed again, and staff see it; the owner role stays ours for as long as it takes. */
async function remind(run: LoanRun, nextEpoch: number): Promise<void> {
  run.reminders += 1;
  run.remindAt = nextEpoch;
  const { miner } = takenOf(run);
  await tell(run, `return-reminder-${run.reminders}`, { template: 'loan-return-reminder', data: { miner } });
  await noteNeed(
    run,
    `The borrower has not confirmed the owner role of ${miner}; it stays ours (reminder ${run.reminders} is sent).`,
  );
}

/** Nothing was lent, but the escrow owns the miner: the same proposal as after a repaid loan. */
async function proposeAfterTurningBack(run: LoanRun): Promise<void> {
  const sent = await sendUntilLanded(run, 'owner-propose');
  const sentence = "We proposed the borrower's owner again";
  const step = {
    step: 'owner-proposed',
    sentence,
    messageId: sent.landed.messageId,
    epoch: sent.landed.includedEpoch,
  };
  await ledger.noteLoanStep.executeWithOptions({ summary: sentence }, [{ loanId: run.loanId, step }]);
  await tell(run, 'owner-proposed', { template: 'loan-owner-return', data: { miner: takenOf(run).miner } });
}

/**
 * No message of the loan, and no arrival at its addresses that was included at epoch `upTo` or before (null: whatever
 * arrives), is under way; otherwise waits once.
 */
async function atRest(run: LoanRun, bell: Bell, upTo: number | null): Promise<boolean> {
  const summary = 'Look whether anything is still under way';
  const { underWay } = await ledger.readLoanUnderWay.executeWithOptions({ summary }, [
    { loanId: run.loanId, upTo },
  ]);
  if (underWay > 0) await waitForNews(bell, run.pollMs, 'Waiting for what is under way to be final');
  return underWay === 0;
}

/** Sends what is left on the loan's own addresses to the hot wallet; dust stays where it is, in plain sight. */
export async function bringHome(run: LoanRun): Promise<void> {
  if (run.home) return;
  run.home = true;
  const summary = "Look what is left on the loan's addresses";
  const drafts = await chain.planLoanReturns.executeWithOptions({ summary }, [{ loanId: run.loanId }]);
  for (const draft of drafts) {
    const sent = await deliver(run, draft, 1);
    const landed = sent.ok ? 'is back on the hot wallet' : `did not move (${sent.why})`;
    const sentence = `What was left on ${draft.from} ${landed}`;
    const epoch = sent.ok ? sent.landed.includedEpoch : undefined;
    const step = { step: draft.id, sentence, messageId: draft.id, epoch };
    await ledger.noteLoanStep.executeWithOptions({ summary: sentence }, [{ loanId: run.loanId, step }]);
  }
}

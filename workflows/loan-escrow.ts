/** From the approval to the FIL in the miner: the owner role comes first, in the order of design 6. */
import { proxyActivities } from '@temporalio/workflow';
import type { makeSignerActivities } from '../activities/signer';
import { OPTIONS } from './options';
import { PATIENCE, persistent } from './persist';
import { askForHelp, clearNeed, noteNeed, patientOf } from './loan-help';
import { judge } from './loan-review';
import {
  cancelled,
  chain,
  end,
  move,
  reached,
  takenOf,
  tell,
  tellOnce,
  waitForNews,
  type Bell,
  type LoanRun,
} from './loan-run';
import { recordLanded, sendOne, sendUntilLanded } from './loan-send';

const signer = persistent(
  proxyActivities<ReturnType<typeof makeSignerActivities>>({
    ...OPTIONS.signer,
    scheduleToCloseTimeout: PATIENCE,
  }),
  patientOf,
);

/** 'approved': addresses of the loan's own, gas on the escrow, and its ID shown only when it is final. */
export async function prepareEscrow(run: LoanRun, bell: Bell): Promise<void> {
  const { loanId } = run;
  if (run.sent['fund'] === undefined) {
    const { miner, amount } = takenOf(run);
    await tell(run, 'approved', { template: 'loan-approved', data: { miner, amount } });
    const escrow = await signer.deriveAddress.executeWithOptions({ summary: 'Derive the escrow address' }, [
      { kind: 'escrow', ownerKind: 'loan', ownerId: loanId },
    ]);
    const repayment = await signer.deriveAddress.executeWithOptions(
      { summary: 'Derive the repayment address' },
      [{ kind: 'repayment', ownerKind: 'loan', ownerId: loanId }],
    );
    await chain.noteLoanAddresses.executeWithOptions({ summary: 'Keep both addresses' }, [
      { loanId, escrow: escrow.address, repayment: repayment.address },
    ]);
    await sendUntilLanded(run, 'fund');
  }
  await offer(run, bell);
}

async function offer(run: LoanRun, bell: Bell): Promise<void> {
  run.offers += 1;
  const input = { loanId: run.loanId, n: run.offers };
  const summary = "Show the escrow's final ID to the borrower";
  let offered = await chain.offerEscrow.executeWithOptions({ summary }, [input]);
  while (offered === null) {
    if (run.cancel !== null) return cancelled(run, run.cancel);
    await waitForNews(bell, run.pollMs, "Waiting for the escrow's ID to be final");
    offered = await chain.offerEscrow.executeWithOptions({ summary }, [input]);
  }
  const { miner, amount } = takenOf(run);
  const data = { miner, amount, escrow: offered.escrow };
  await tell(run, `escrow-offered-${run.offers}`, { template: 'loan-escrow-offered', data });
  reached(run, 'escrow_offered', offered.dueAt);
}

/** 'escrow_offered': one look for the borrower's proposal, which must be final; then the whole pre-flight again. */
export async function awaitProposal(run: LoanRun, bell: Bell): Promise<void> {
  if (run.cancel !== null) return cancelled(run, run.cancel);
  const { loanId, notBefore } = run;
  const summary = 'Read owner and pending owner at a finalised tipset';
  const seen = await chain.readOwnership.executeWithOptions({ summary }, [{ loanId, notBefore }]);
  if (seen.pending === null || seen.pending === seen.escrow) await clearNeed(run);
  // Final, and not taken back since: a confirm that cannot take effect would only make the offer anew.
  if (seen.escrow !== null && seen.pending === seen.escrow && seen.pendingNow === seen.escrow) {
    // Whatever was proposed before it.
    await clearNeed(run);
    return judgeProposal(run, bell, { height: seen.height, escrow: seen.escrow });
  }
  if (seen.offerOver) {
    await clearNeed(run);
    const step = {
      step: 'expired',
      sentence: 'The escrow was not proposed as owner in time',
      epoch: seen.height,
    };
    await end(run, { to: 'expired', step, code: 'offer-expired', detail: step.sentence });
    return tell(run, 'expired', { template: 'loan-expired', data: { miner: takenOf(run).miner } });
  }
  if (seen.pending !== null && seen.pending !== seen.escrow)
    await tellOfWrongProposal(run, seen.pending, seen.escrow ?? '');
  else if (seen.offerEndsSoon && seen.pending === null)
    await tellOnce(run, `offer-reminder-${run.offers}`, {
      template: 'loan-offer-reminder',
      data: { miner: takenOf(run).miner },
    });
  await waitForNews(bell, run.pollMs, "Waiting for the borrower's proposal to be final");
}

/** Another address than our escrow is proposed: it is never confirmed; staff see it, and the borrower is told once. */
async function tellOfWrongProposal(run: LoanRun, proposed: string, escrow: string): Promise<void> {
  const { miner } = takenOf(run);
  const sentence = `The owner of ${miner} proposed ${proposed} and not our escrow ${escrow}; nothing is confirmed.`;
  if (run.needsAction === sentence) return;
  await noteNeed(run, sentence);
  const data = { miner, proposed, escrow };
  await tell(run, `proposal-wrong-${proposed}`, { template: 'loan-proposal-wrong', data });
}

async function judgeProposal(
  run: LoanRun,
  bell: Bell,
  { height, escrow }: { readonly height: number; readonly escrow: string },
): Promise<void> {
  const verdict = await judge(run, 'proposed');
  // Judged at a later tipset, at which the borrower has taken it back: the next look says what stands.
  if (verdict.code === 'owner-pending-foreign')
    return waitForNews(bell, run.pollMs, "Waiting for the borrower's proposal to be final");
  if (!verdict.passed) {
    const step = {
      step: 'proposal-judged',
      sentence: `Not confirmed: ${verdict.detail}`,
      epoch: verdict.height,
    };
    await end(run, { to: 'cancelled', step, code: verdict.code ?? 'owner-changed', detail: verdict.detail });
    const { miner } = takenOf(run);
    return tell(run, 'cancelled', { template: 'loan-rejected', data: { miner, reason: verdict.detail } });
  }
  const sentence = `The borrower's proposal is final at epoch ${height}`;
  await move(run, 'escrow_proposed', { step: `escrow-proposed-${run.offers}`, sentence, epoch: height });
  const data = { miner: takenOf(run).miner, escrow };
  await tell(run, `proposal-final-${run.offers}`, { template: 'loan-proposal-final', data });
}

/** 'escrow_proposed': we confirm. Where the borrower took the proposal back first, the offer stands again. */
export async function confirmOwner(run: LoanRun, bell: Bell): Promise<void> {
  const sent = await sendOne(run, { kind: 'owner-confirm' });
  if (!sent.ok) return offer(run, bell);
  const step = {
    step: 'escrow-confirmed',
    sentence: 'We confirmed: the miner is owned by the escrow',
    messageId: sent.landed.messageId,
    epoch: sent.landed.includedEpoch,
  };
  await move(run, 'escrow_confirmed', step);
  await tell(run, 'owner-held', { template: 'loan-owner-held', data: { miner: takenOf(run).miner } });
}

/** A look at what we hold; what is wrong with it turns the loan back. @returns whether it passed */
async function stillGood(run: LoanRun, stage: 'confirmed' | 'signing'): Promise<boolean> {
  const verdict = await judge(run, stage);
  if (verdict.passed) return true;
  const sentence = `Not lent, the owner role goes back: ${verdict.detail}`;
  const step = { step: 'turned-back', sentence, epoch: verdict.height };
  await end(run, { to: 'returning', step, code: verdict.code ?? 'owner-changed', detail: verdict.detail });
  const data = { miner: takenOf(run).miner, reason: verdict.detail };
  await tell(run, 'turned-back', { template: 'loan-turned-back', data });
  return false;
}

/** 'escrow_confirmed': the whole pre-flight at finality, beneficiary included. */
export async function checkEscrow(run: LoanRun): Promise<void> {
  if (!(await stillGood(run, 'confirmed'))) return;
  const sentence = 'The miner passed the pre-flight under our ownership';
  await move(run, 'disbursing', { step: 'escrow-checked', sentence });
}

/**
 * 'disbursing': once more right before signing, then the FIL goes into the miner. A message that could not be signed for
 * a while is given up for a new one, and the miner judged anew before that: it may have changed meanwhile.
 */
export async function disburse(run: LoanRun): Promise<void> {
  while (await stillGood(run, 'signing')) {
    const sent = await sendOne(run, { kind: 'disburse' });
    if (sent.ok) {
      const { dueAt, amount } = await recordLanded(run, sent.landed);
      reached(run, 'active', dueAt);
      const { miner } = takenOf(run);
      return tell(run, 'disbursed', { template: 'loan-disbursed', data: { miner, amount } });
    }
    if (sent.outOfTries) return;
    const options = { movesMoney: true, mayRelease: true };
    await askForHelp(run, `The disbursement did not take effect: ${sent.why}.`, options);
  }
}

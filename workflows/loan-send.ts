/** Sending a loan's messages: each has a number of its own, and a failed one is no reason to fail the loan. */
import { askForHelp } from './loan-help';
import { chain, type LoanRun } from './loan-run';
import { wordsOf } from './persist';
import { gaveNoOutcome, send } from './send';

type Draft = Awaited<ReturnType<typeof chain.planLoanMessage>>;
type PlanInput = Parameters<typeof chain.planLoanMessage>[0];

/** What came of a message: in effect on chain and booked, or not in effect and why. */
export type Sent =
  | {
      readonly ok: true;
      readonly n: number;
      readonly landed: {
        readonly messageId: string;
        readonly cid: string;
        readonly includedEpoch: number;
        readonly executedEpoch: number;
      };
    }
  | { readonly ok: false; readonly why: string; readonly outOfTries: boolean };

/** Sends one message of the loan and waits until it is final and booked. */
export async function sendOne(
  run: LoanRun,
  message: Pick<PlanInput, 'kind' | 'amount' | 'approvalId'>,
): Promise<Sent> {
  const n = (run.sent[message.kind] ?? 0) + 1;
  run.sent[message.kind] = n;
  const summary = `Draft the message: ${message.kind}`;
  const plan = { loanId: run.loanId, n, ...message };
  const draft = await chain.planLoanMessage.executeWithOptions({ summary }, [plan]);
  return deliver(run, draft, n);
}

/** Keeps what the chain shows right after a disbursement; answers what was lent and when the loan is due. */
export async function recordLanded(
  { loanId }: LoanRun,
  landed: Extract<Sent, { ok: true }>['landed'],
): Promise<Awaited<ReturnType<typeof chain.recordDisbursement>>> {
  const summary = 'Keep the balance and pledge right after the disbursement';
  return chain.recordDisbursement.executeWithOptions({ summary }, [{ loanId, landed }]);
}

/** Sends a drafted message; the chain is read from its executing epoch on. */
export async function deliver(run: LoanRun, draft: Draft, n: number): Promise<Sent> {
  const { outcome, cid, includedEpoch, executedEpoch, exitCode, reason, outOfTries } = await outcomeOf(
    run,
    draft,
  );
  if (executedEpoch !== null) run.notBefore = Math.max(run.notBefore, executedEpoch);
  if (outcome !== 'final' || cid === null || includedEpoch === null || executedEpoch === null)
    return {
      ok: false,
      why: reason ?? `exit code ${exitCode ?? 'unknown'}`,
      outOfTries: outOfTries === true,
    };
  return { ok: true, n, landed: { messageId: draft.id, cid, includedEpoch, executedEpoch } };
}

/**
 * How the message ended. Its workflow always answers; where somebody terminated it, a person has it followed again,
 * which is the same message in the same nonce slot and never a second payment.
 */
async function outcomeOf(run: LoanRun, draft: Draft): Promise<Awaited<ReturnType<typeof send>>> {
  for (;;) {
    try {
      return await send(draft);
    } catch (error) {
      if (!gaveNoOutcome(error)) throw error;
      await askForHelp(run, `The workflow of message ${draft.id} gave no outcome: ${wordsOf(error)}`);
    }
  }
}

/** Sends until it lands with exit code 0; between two tries a person looks at why it did not. */
export async function sendUntilLanded(
  run: LoanRun,
  kind: PlanInput['kind'],
): Promise<Extract<Sent, { ok: true }>> {
  for (;;) {
    const sent = await sendOne(run, { kind });
    if (sent.ok) return sent;
    const movesMoney = kind === 'fund' || kind === 'disburse';
    await askForHelp(run, `The message ${kind} did not take effect: ${sent.why}.`, { movesMoney });
  }
}

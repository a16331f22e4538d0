/** Disbursements after the first: sent once two people agreed, or given back to the pool with the reason. */
import { noteNeed } from './loan-help';
import { judge } from './loan-review';
import { ledger, takenOf, tell, type LoanRun } from './loan-run';
import { recordLanded, sendOne } from './loan-send';

type Granted = NonNullable<LoanRun['toDisburse']>;

/**
 * Sends a disbursement that two people agreed to, judged once more right before signing. What speaks against it, or a
 * message that does not take effect, gives its money back to the pool: staff may ask for it again.
 */
export async function disburseGranted(
  run: LoanRun,
  granted: Granted,
  owed: { readonly mature: boolean; readonly debt: string },
): Promise<void> {
  const why = await sendGranted(run, granted, owed);
  if (why !== null) {
    const { loanId } = run;
    const { approvalId, n } = granted;
    const input = { loanId, approvalId, why };
    await ledger.dropDisbursement.executeWithOptions({ summary: `Disbursement ${n} is not lent` }, [input]);
    await noteNeed(run, `Disbursement ${n} was not lent: ${why}. Ask for it again once that is put right.`);
  }
  run.toDisburse = null;
}

/** @returns why it was not lent, or null */
async function sendGranted(
  run: LoanRun,
  { approvalId, n, amount }: Granted,
  owed: { readonly mature: boolean; readonly debt: string },
): Promise<string | null> {
  if (owed.mature) return 'the loan is due';
  if (owed.debt === '0') return 'the loan was repaid meanwhile';
  if (run.threat !== null) return `the collateral is threatened (${run.threat})`;
  const verdict = await judge(run, 'signing');
  if (!verdict.passed) return verdict.detail;
  const sent = await sendOne(run, { kind: 'disburse', amount, approvalId });
  if (!sent.ok) return sent.why;
  await recordLanded(run, sent.landed);
  const { miner } = takenOf(run);
  await tell(run, `disbursed-${n}`, { template: 'loan-disbursed', data: { miner, amount } });
  return null;
}

/** While FIL is lent: income is swept, payments come in, the maturity passes. */
import { attoFrom, formatCoins, type AttoText } from '../domain/money';
import { disburseGranted } from './loan-disburse';
import { clearNeed, noteNeed } from './loan-help';
import {
  chain,
  ledger,
  move,
  noteDue,
  takenOf,
  tell,
  tellOnce,
  waitForNews,
  type Bell,
  type LoanRun,
} from './loan-run';
import { sendOne } from './loan-send';

/**
 * 'active' and 'overdue': one round. The booking of payments is chain-watch's; here the debt is read, and a sweep is
 * sent where the miner's income is worth one. From maturity, or when the borrower asked, nothing is kept back.
 */
export async function collect(run: LoanRun, bell: Bell): Promise<void> {
  const { loanId } = run;
  if (run.moved !== null) await noteMoved(run, run.moved);
  const stock = { summary: "Note what was paid and read the debt at the pool's clock" };
  const owed = await ledger.takeStock.executeWithOptions(stock, [{ loanId, told: run.paymentTold }]);
  if (owed.more) return tellOfPayments(run, owed.payments);
  if (run.toDisburse !== null) return disburseGranted(run, run.toDisburse, owed);
  if (owed.debt === '0') {
    const step = { step: 'settled', sentence: 'The debt is zero to the atto', epoch: owed.clock };
    await move(run, 'settled', step);
    // Granted since the debt was read: the move gave it back.
    run.toDisburse = null;
    return tellOfPayments(run, owed.payments);
  }
  await tellOfPayments(run, owed.payments);
  await heedMaturity(run, owed);
  const released = owed.mature || run.repayAsked;
  const summary = released ? 'Measure the balance of the miner' : 'Measure the income of the miner';
  const input = { loanId, released, notBefore: run.notBefore };
  const income = await chain.measureIncome.executeWithOptions({ summary }, [input]);
  if (income.request === '0') {
    if (income.feeDebt === '0') await easeSweep(run);
    else await noteFeeDebt(run, income.feeDebt);
    return waitForNews(bell, run.pollMs, 'Waiting for income or a payment');
  }
  const sent = await sendOne(run, { kind: 'withdraw-balance', amount: income.request });
  if (sent.ok) return easeSweep(run);
  const { miner } = takenOf(run);
  await noteSweep(run, `No income of miner ${miner} came (${sent.why}); the sweep is tried again by itself.`);
  await waitForNews(bell, run.pollMs, `No income came (${sent.why}); waiting to try again`);
}

/** Says why no income comes; what else waits for a person stays on the home screen. */
async function noteSweep(run: LoanRun, sentence: string): Promise<void> {
  const free = run.needsAction === null || run.needsAction === run.unswept;
  run.unswept = sentence;
  if (free) await noteNeed(run, sentence);
}

async function easeSweep(run: LoanRun): Promise<void> {
  if (run.needsAction !== null && run.needsAction === run.unswept) await clearNeed(run);
  run.unswept = null;
}

type Payments = Awaited<ReturnType<typeof ledger.takeStock>>['payments'];

async function tellOfPayments(run: LoanRun, payments: Payments): Promise<void> {
  const { miner } = takenOf(run);
  for (const { id, amount, excess, debt } of payments) {
    run.paymentTold = id;
    const data = { miner, amount, excess, debt };
    await tell(run, `payment-${id}`, { template: 'loan-payment', data });
  }
}

/** Staff see the debt as it is; the borrower is mailed about it when it begins. */
async function noteFeeDebt(run: LoanRun, feeDebt: AttoText): Promise<void> {
  const { miner } = takenOf(run);
  const fil = formatCoins(attoFrom(feeDebt));
  const isNew = run.unswept === null;
  const sentence = `Miner ${miner} has a fee debt of ${fil} FIL: no income can be swept until it is paid; it is tried again by itself.`;
  await noteSweep(run, sentence);
  if (!isNew) return;
  const data = { miner, amount: feeDebt };
  await tell(run, `fee-debt-${run.helps}`, { template: 'loan-fee-debt', data });
}

async function heedMaturity(run: LoanRun, owed: Awaited<ReturnType<typeof ledger.takeStock>>): Promise<void> {
  if (owed.mature && run.state === 'active') await becomeOverdue(run, owed.clock);
  if (!owed.mature && run.state === 'overdue') await becomeCurrent(run, owed.clock);
  if (!owed.matureSoon || owed.maturity === null) return;
  const data = { miner: takenOf(run).miner, epoch: owed.maturity };
  const step = `maturity-reminder-${owed.maturity}`;
  await tellOnce(run, step, { template: 'loan-maturity-reminder', data });
}

async function becomeOverdue(run: LoanRun, clock: number): Promise<void> {
  const sentence = 'The maturity has passed and the loan is not repaid; interest goes on';
  run.overdues += 1;
  const step = run.overdues === 1 ? 'overdue' : `overdue-${run.overdues}`;
  await move(run, 'overdue', { step, sentence, epoch: clock });
  await tell(run, step, { template: 'loan-overdue', data: { miner: takenOf(run).miner } });
}

/** An extension was granted to an overdue loan. */
async function becomeCurrent(run: LoanRun, clock: number): Promise<void> {
  const step = { step: `extended-${run.overdues}`, sentence: 'Extended: no longer overdue', epoch: clock };
  await move(run, 'active', step, {}, run.dueAt);
}

/** The maturity moved: the lists show when the loan is due now, and the borrower is told. */
async function noteMoved(run: LoanRun, moved: NonNullable<LoanRun['moved']>): Promise<void> {
  run.moved = null;
  const { fromEpoch, toEpoch, approvalId } = moved;
  const summary = 'When the loan is due now';
  const { dueAt } = await chain.dueTime.executeWithOptions({ summary }, [{ loanId: run.loanId }]);
  noteDue(run, dueAt);
  const data = { miner: takenOf(run).miner, fromEpoch, toEpoch };
  await tell(run, `extended-${approvalId}`, { template: 'loan-extended', data });
}

/** Scenes: interest accrues, the miner earns, the debt is repaid three ways, the owner role goes back. */
import { addressFrom } from '../../domain/address';
import { coins, formatCoins } from '../../domain/money';
import { changeOwnerParams, METHOD, withdrawBalanceParams } from '../../chain/method';
import { asOwner, loanIn, type Borrower } from './borrower';
import { amountOf, listOf, objectOf, textOf, type Json } from './http';
import { checkOracle } from './oracle';
import type { Play } from './play';
import type { Purse } from './purse';

const INCOME = coins(500n);
/** What the borrower pays straight to the repayment address. */
export const DIRECT = coins(10_000n);
const PAUSED_EPOCHS = 12;
/** A working miner is charged by the network itself: daily fees and penalties are taken before any income. */
const NETWORK_FEES = coins(1n);

const lastEpochOf = async (play: Play): Promise<number> =>
  Number((await play.staff.auditor.get('/admin/v1/pools/flexible'))['lastEpoch']);

async function epochsPass(play: Play, count: number, what: string): Promise<void> {
  const from = (await play.lotus.chainHead()).height;
  await play.waiter.until(what, async () =>
    (await play.lotus.chainHead()).height >= from + count ? true : null,
  );
}

/** Accrual is paused for a while and catches up: the pool is where it would have been anyway. */
export async function accrualPaused(play: Play): Promise<void> {
  const { staff, report, waiter } = play;
  await staff.admin.post('/admin/v1/schedules/accrual/pause', {
    reason: 'To show that lateness changes nothing',
  });
  const before = await lastEpochOf(play);
  await epochsPass(play, PAUSED_EPOCHS, 'epochs to pass without accrual');
  await staff.admin.post('/admin/v1/schedules/accrual/resume', { reason: 'Shown' });
  const after = await waiter.until('the accrual to catch up', async () => {
    const epoch = await lastEpochOf(play);
    return epoch >= before + PAUSED_EPOCHS ? epoch : null;
  });
  report.say(`Paused at epoch ${String(before)}, resumed, and caught up to epoch ${String(after)}`);
  await checkOracle(play, 'after the pause');
}

/** The loan's repayments as booked, oldest first. */
async function repayments(borrower: Borrower): Promise<readonly Json[]> {
  const loan = await borrower.customer.session.get(`/v1/loans/${borrower.loanId}`);
  return listOf(loan['repayments']);
}

const amountsOf = (row: Json) => ({
  amount: amountOf(row['amount']),
  interest: amountOf(row['interest']),
  principal: amountOf(row['principal']),
  excess: amountOf(row['excess']),
});

/** Waits until repayments of one source come to at least `total`, and shows their split. */
async function repaid(
  play: Play,
  borrower: Borrower,
  source: string,
  total: bigint,
): Promise<readonly Json[]> {
  const rows = await play.waiter.until(`repayments by ${source}`, async () => {
    const some = (await repayments(borrower)).filter((row) => row['source'] === source);
    return some.reduce((sum, row) => sum + amountOf(row['amount']), 0n) >= total ? some : null;
  });
  for (const { amount, interest, principal, excess } of rows.map(amountsOf)) {
    play.report.check(
      `Repayment by ${source}: interest + principal + excess`,
      interest + principal + excess,
      amount,
    );
    play.report.say(
      `${formatCoins(amount)} FIL booked: interest ${formatCoins(interest)}, principal ${formatCoins(principal)}`,
    );
  }
  return rows;
}

/** Available or pledged, attoFIL, at one tipset. */
async function heldBy({ lotus }: Play, miner: Borrower['miner']): Promise<bigint> {
  const { key } = await lotus.chainHead();
  const { initialPledge, preCommitDeposits } = await lotus.minerState(miner, key);
  return (await lotus.minerAvailable(miner, key)) + initialPledge + preCommitDeposits;
}

/** The miner earns; the platform sweeps the income and leaves the loan itself in the miner. */
export async function income(play: Play, purse: Purse, borrower: Borrower): Promise<void> {
  await purse.send(borrower.miner, INCOME);
  play.report.say(`The miner earns ${formatCoins(INCOME)} FIL`);
  const rows = await repaid(play, borrower, 'sweep', INCOME - NETWORK_FEES);
  const [disbursed] = await play.query(
    'select (available_after + pledge_after)::text as held from loan_disbursement where loan_id = $1',
    [borrower.loanId],
  );
  play.report.check(
    'Sweeps took income only: what the miner held right after the loan is still there, or pledged',
    (await heldBy(play, borrower.miner)) + NETWORK_FEES >= amountOf(disbursed?.['held']),
    true,
  );
  play.report.check(
    'Interest is repaid first',
    rows.every((row) => amountOf(row['interest']) > 0n),
    true,
  );
}

/** The borrower pays a part straight to the loan's repayment address. */
export async function direct(play: Play, purse: Purse, borrower: Borrower): Promise<void> {
  const loan = await borrower.customer.session.get(`/v1/loans/${borrower.loanId}`);
  await purse.send(addressFrom(textOf(loan['repaymentAddress'])), DIRECT);
  const [row] = await repaid(play, borrower, 'direct', DIRECT);
  play.report.check('The direct repayment is booked in full', amountOf(row?.['amount']), DIRECT);
}

/** The rest is repaid from the miner's balance; then the debt is zero to the atto. */
export async function repayRest(play: Play, borrower: Borrower): Promise<void> {
  await borrower.customer.session.post(`/v1/loans/${borrower.loanId}/repay-from-miner`, {});
  const loan = await loanIn(play, borrower, 'returning', 'closed');
  play.report.check('The debt is zero to the atto', amountOf(objectOf(loan['debt'])['debt']), 0n);
}

/** The platform proposes the borrower as owner again; the borrower confirms; the loan is closed. */
export async function ownerReturns(play: Play, borrower: Borrower): Promise<void> {
  const { lotus, report, waiter } = play;
  const ownerId = await lotus.lookupId(borrower.owner.address, []);
  if (ownerId === null) throw new Error("the borrower's owner has no ID address");
  await waiter.until('the owner role to be proposed back', async () => {
    const { pending } = await lotus.minerPendingOwner(borrower.miner, []);
    return pending === ownerId ? true : null;
  });
  const confirmed = await asOwner(play, borrower, METHOD.changeOwner, changeOwnerParams(ownerId));
  report.check('The borrower confirms', confirmed.exitCode, 0);
  await loanIn(play, borrower, 'closed');
  const info = await lotus.minerInfo(borrower.miner, []);
  report.check(
    'The borrower owns the miner again',
    `${info.owner} ${info.beneficiary}`,
    `${ownerId} ${ownerId}`,
  );
  const left = await lotus.minerAvailable(borrower.miner, []);
  const withdrawn = await asOwner(play, borrower, METHOD.withdrawBalance, withdrawBalanceParams(left));
  report.check(
    'What remains in the miner is the borrower’s: WithdrawBalance succeeds',
    withdrawn.exitCode,
    0,
  );
  report.say(`${formatCoins(left)} FIL were left in the miner`);
}

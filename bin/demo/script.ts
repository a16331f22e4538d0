/** The order of the scenes. Figures are checked, not merely printed. */
import { coins, formatCoins } from '../../domain/money';
import type { StackInfo } from '../../stack/info';
import { checkBooks } from './book-checks';
import * as borrower from './borrower';
import * as deposits from './deposits';
import { amountOf, textOf } from './http';
import { onboard } from './people';
import type { Customer, Play } from './play';
import { openPurse } from './purse';
import * as queue from './queue';
import * as repayment from './repayment';
import { withdraw } from './withdrawal';

const DEPOSITORS = [
  { name: 'ada', profile: { fullName: 'Ada Byron', country: 'GB' }, amount: coins(60_000n) },
  { name: 'bo', profile: { fullName: 'Bo Li', country: 'SG' }, amount: coins(30_000n) },
  { name: 'cem', profile: { fullName: 'Cem Kaya', country: 'TR' }, amount: coins(10_000n) },
] as const;

const DEPOSITED = coins(100_000n);
/** 59.35 %, 8.9025 % and 4.75527 % (in full 4.7552703750 %), in ray (10⁻²⁷). */
const GOLDEN = {
  utilisation: 593_500_000_000n * 10n ** 15n,
  borrowApr: 89_025_000_000n * 10n ** 15n,
  depositApr: 47_552_703_750n * 10n ** 15n,
} as const;

/** Plays all scenes in order. */
export async function perform(play: Play, info: StackInfo): Promise<void> {
  const { report } = play;
  const purse = await openPurse(play.chain, play.lotus, report);

  report.step('The treasury tops up the hot wallet: announced, four eyes');
  const [hot] = await play.query(`select address from chain.address where kind = 'hot'`);
  await deposits.topUp(play, purse, textOf(hot?.['address']));

  report.step('Three depositors register by emailed code and are let in');
  const customers: Customer[] = [];
  for (const { name, profile } of DEPOSITORS) customers.push(await onboard(play, name, profile));

  report.step('They pay in on chain; each deposit is credited once, at finality, and swept');
  for (const [i, customer] of customers.entries())
    await deposits.deposit(play, purse, customer, amountFor(i));
  for (const [i, customer] of customers.entries()) await deposits.credited(play, customer, amountFor(i));
  await deposits.swept(play, customers);
  report.check(
    'Deposits known to the platform',
    (await deposits.knownDeposits(play)).length,
    customers.length,
  );

  report.step('Each moves everything into the flexible pool');
  for (const [i, customer] of customers.entries()) await deposits.subscribe(play, customer, amountFor(i));
  const { atto } = await deposits.pool(play);
  report.check('The pool holds', formatCoins(atto('cash')), formatCoins(DEPOSITED));

  report.step('A borrower with a miner applies for 59,350 FIL');
  const customer = await onboard(play, 'dora', { fullName: 'Dora Miner', country: 'DE' });
  const prepared = await borrower.prepareMiner(play, purse);
  const loan = await borrower.apply(play, customer, prepared);

  report.step('Pre-flight, a maker forwards, a different checker approves');
  await borrower.approve(play, loan);

  report.step('Owner escrow; only then is the FIL sent into the miner');
  await borrower.handOver(play, loan);
  await checkGolden(play);
  await borrower.tryDuringEscrow(play, loan);

  report.step('Interest accrues every epoch, also after the accrual was paused');
  await repayment.accrualPaused(play);

  report.step('The miner earns; income is swept and repays interest first');
  await repayment.income(play, purse, loan);

  report.step('A run on the pool: redemptions beyond the cash wait in line, while the money is lent');
  const run = await queue.begin(play, customers);

  report.step('The borrower pays a part to the repayment address; it goes to the head of the line');
  await repayment.direct(play, purse, loan);
  await queue.headPaid(play, run, repayment.DIRECT);

  report.step(
    'The rest is repaid from the miner’s balance; the line is paid, the last gets all that is left',
  );
  await repayment.repayRest(play, loan);
  await queue.drained(play, run, DEPOSITED);

  report.step('The owner role goes back');
  await repayment.ownerReturns(play, loan);

  report.step('A depositor withdraws more than goes out unasked: an approval, then the chain');
  const [first] = customers;
  if (first !== undefined) await withdraw(play, first);

  report.step('The books');
  await checkBooks(play, DEPOSITED);
  report.say(
    `Back office: ${info.urls.admin}  ·  Temporal: ${info.urls.temporalUi ?? '-'}  ·  API: ${info.urls.docs}`,
  );
}

function amountFor(index: number): bigint {
  const depositor = DEPOSITORS[index];
  if (depositor === undefined) throw new Error(`there is no depositor ${String(index)}`);
  return depositor.amount;
}

/** Utilisation and rates at the epoch in which the loan was included. */
async function checkGolden(play: Play): Promise<void> {
  const [point] = await play.query(
    `select p.* from pool_point p join loan_disbursement d on d.included_epoch = p.epoch where p.pool_id = 'flexible'`,
  );
  const ray = (field: string) => amountOf(textOf(point?.[field]));
  const { report } = play;
  report.check('Utilisation at that epoch is 59.35 % exactly (ray)', ray('utilisation'), GOLDEN.utilisation);
  report.check('Borrow APR is 8.9025 % (ray)', ray('borrow_apr'), GOLDEN.borrowApr);
  report.check('Deposit APR is 4.75527 % (ray)', ray('deposit_apr'), GOLDEN.depositApr);
  report.say(`At epoch ${textOf(point?.['epoch'])}: 59.35 % of ${formatCoins(DEPOSITED)} FIL is lent`);
}

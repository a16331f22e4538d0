/** Scenes: the treasury tops up the hot wallet; depositors pay in on chain and move into the pool. */
import { addressFrom } from '../../domain/address';
import { coins, formatCoins } from '../../domain/money';
import { amountOf, listQuery, textOf } from './http';
import { available, waitingApproval } from './people';
import type { Customer, Play } from './play';
import type { Purse } from './purse';

const TOP_UP = coins(20n);

/** Announces the treasury's own FIL, has another person approve it, sends it, and waits until it is equity. */
export async function topUp(play: Play, purse: Purse, hotAddress: string): Promise<void> {
  const { report, staff, waiter } = play;
  const announced = await staff.treasurer.post('/admin/v1/top-ups', {
    amount: TOP_UP.toString(),
    from: purse.address,
  });
  const id = textOf(announced['id']);
  const approval = await waitingApproval(play, id);
  const decision = { reason: 'Gas money for the month', subjectHash: approval['subjectHash'] };
  const path = `/admin/v1/approvals/${textOf(approval['id'])}/accept`;
  report.check(
    'The treasurer cannot approve the own top-up',
    await staff.treasurer.refusalOf(path, decision),
    'maker-is-checker',
  );
  await staff.checker.post(path, decision);
  const sent = await purse.send(hotAddress, TOP_UP);
  report.say(`${formatCoins(TOP_UP)} FIL sent to the hot wallet ${hotAddress} in ${sent.cid}`);
  await waiter.until('the top-up to be final', async () => {
    const row = await staff.auditor.get(`/admin/v1/top-ups/${encodeURIComponent(id)}`);
    return row['state'] === 'arrived' ? row : null;
  });
  report.say('Booked: debit custody.hot, credit equity');
}

/** Pays a deposit on chain and waits until it is credited, once, at finality. */
export async function deposit(play: Play, purse: Purse, customer: Customer, amount: bigint): Promise<void> {
  const sent = await purse.send(customer.depositAddress, amount);
  play.report.note(`deposits.${customer.name}`, { cid: sent.cid, amount: amount.toString() });
  play.report.say(`${customer.name} sends ${formatCoins(amount)} FIL to ${customer.depositAddress}`);
}

/** Waits until a customer's account shows the amount. */
export async function credited(play: Play, customer: Customer, amount: bigint): Promise<void> {
  await play.waiter.until(`the deposit of ${customer.name} to be final`, async () =>
    (await available(customer)) > 0n ? true : null,
  );
  play.report.check(`${customer.name} is credited`, await available(customer), amount);
}

/** Waits until the deposit addresses are swept to the hot wallet; what stays is below the worth of the gas. */
export async function swept(play: Play, customers: readonly Customer[]): Promise<void> {
  for (const { name, depositAddress } of customers) {
    const left = await play.waiter.until(`the sweep of ${name}'s deposit address`, async () => {
      const balance = await play.lotus.walletBalance(addressFrom(depositAddress));
      return balance < coins(1n) ? balance : null;
    });
    play.report.say(`${depositAddress} is swept; ${formatCoins(left)} FIL stay as headroom for the gas`);
  }
}

/** Moves everything a customer has into the flexible pool and shows the position. */
export async function subscribe(play: Play, customer: Customer, amount: bigint): Promise<void> {
  const { session, name } = customer;
  const tooMuch = await session.refusalOf('/v1/subscriptions', {
    poolId: 'flexible',
    amount: (amount + 1n).toString(),
  });
  const started = tooMuch === 'accepted' ? 'accepted at first, refused by the workflow' : tooMuch;
  play.report.say(`One atto above the balance: ${started}`);
  const answer = await session.post('/v1/subscriptions', { poolId: 'flexible', amount: amount.toString() });
  await play.waiter.until(`the subscription of ${name}`, async () => {
    const row = await session.get(`/v1/subscriptions/${textOf(answer['id'])}`);
    return row['state'] === 'booked' ? row : null;
  });
  const positions = await session.list('/v1/positions');
  play.report.check(`${name} has one position`, positions.length, 1);
  play.report.check(`${name} has nothing left outside it`, await available(customer), 0n);
}

/** The pool as staff see it. */
export async function pool(play: Play) {
  const row = await play.staff.auditor.get('/admin/v1/pools/flexible');
  const atto = (field: string) => amountOf(row[field]);
  return { row, atto };
}

/** All deposits of customers that the platform has booked. */
export async function knownDeposits(play: Play) {
  return play.staff.auditor.list(`/admin/v1/deposits${listQuery({ bookedAs: 'deposit' })}`);
}

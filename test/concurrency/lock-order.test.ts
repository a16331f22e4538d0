/** A tipset is booked while a customer subscribes: both touch the pool and the customer's account. */
import { makePoolActivities } from '../../activities/pool';
import { bookTipset } from '../../activities/booking';
import type { Step } from '../../activities/booking-event';
import { lockPool } from '../../db/pool';
import { liveUpTo, walkedHeight } from '../../db/tipset';
import { readCursor } from '../../db/clock';
import { walk } from '../../activities/watch-walk';
import { atto, attoText, coins } from '../../domain/money';
import { commitToLoan } from '../../ledger/pool';
import { comparePool, queryOf } from '../support/oracle-compare';
import { makeWorld, type World } from '../watch/world';
import { deadlocks, untilWaiting } from './waiting';

const LENT = coins(40n);
const POOL = 'flexible';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  for (const id of ['depositor', 'borrower']) {
    const email = `${id}@example.com`;
    await world.admin('registration').insert({ email, customer_id: id });
    await world.admin('customer').insert({ id, email, state: 'open' });
  }
});
afterAll(() => world.close());

/** Asks for a subscription and books it; gives how it ended. */
async function subscribe(id: string, amount: bigint): Promise<string> {
  const activities = makePoolActivities({ knex: world.knex });
  await activities.recordSubscription({
    subscriptionId: id,
    customerId: 'depositor',
    poolId: POOL,
    amount: attoText(amount),
    workflowId: `subscription/${id}`,
  });
  return (await activities.bookSubscription(id)).outcome;
}

/** A loan whose FIL was sent from the hot wallet into its miner, final and booked; gives its repayment address. */
async function lend(loanId: string): Promise<string> {
  const { admin, knex, hot, devnet } = world;
  const [repayment, escrow] = [await world.derive('repayment', loanId), await world.derive('escrow', loanId)];
  const owned = { Owner: escrow, Available: attoText(coins(1n)) };
  const miner = String(await devnet.control('Devnet.CreateMiner', owned));
  const of = { loan_id: loanId, customer_id: 'borrower', miner };
  await admin('owner_challenge').insert({ ...of, nonce: loanId, text: loanId, expiry_epoch: 1 });
  await admin('loan').insert({
    id: loanId,
    borrower_id: 'borrower',
    miner,
    amount: attoText(LENT),
    term_epochs: 1_000,
    pool_id: POOL,
    bucket: 'standard',
    state: 'disbursing',
    proof_address: 'f01',
    proof_signature: '01',
    owner_before: 'f01',
    escrow_address: escrow,
    escrow_id_address: 'f02',
    repayment_address: repayment,
  });
  await admin('approval').insert({
    id: `of-${loanId}`,
    kind: 'loan',
    subject_kind: 'loan',
    subject_id: loanId,
    workflow_id: `loan/${loanId}`,
    subject: { loan: loanId, miner, amount: attoText(LENT) },
    subject_hash: '0'.repeat(64),
    quorum: 1,
    state: 'accepted',
    closed_at: new Date(),
  });
  await knex.transaction((trx) => commitToLoan(trx, { poolId: POOL, loanId, amount: atto(LENT) }));
  await world.sendOwn({
    id: `${loanId}-disburse`,
    kind: 'disburse',
    from: hot,
    to: miner,
    value: attoText(LENT),
    subjectKind: 'loan',
    subjectId: loanId,
    approvalId: `of-${loanId}`,
  });
  await world.settle();
  return repayment;
}

/** The next tipset to book that shows so many arrivals; those before it are booked. */
async function tipsetWith(arrivals: number): Promise<Step> {
  const { knex, deps, lotus } = world;
  const cursor = await readCursor(knex);
  if (cursor === null) throw new Error('no cursor');
  const head = await lotus.chainHead();
  await walk(deps, cursor, head);
  for (const tipset of await liveUpTo(knex, head.height, 100)) {
    const step = { tipset, includedEpoch: (await walkedHeight(knex, tipset.parentKey)) ?? 0 };
    const seen: unknown[] = await knex('watch.transfer').where({ executed_key: tipset.key, state: 'seen' });
    if (seen.length === arrivals) return step;
    await bookTipset(deps, step);
  }
  throw new Error(`no tipset shows ${arrivals} arrivals`);
}

test('a tipset with a deposit and a repayment, beside a subscription of the same customer: nobody is turned away', async () => {
  const { knex, admin, deps } = world;
  const address = await world.depositAddress('depositor');
  const [payer, repayer] = [await world.outsider(), await world.outsider()];
  await payer.send(address, coins(200n));
  await world.settle();
  await world.sendOwn({ id: 'to-hot', from: address, to: world.hot });
  await world.settle();
  expect(await subscribe('first', coins(100n))).toBe('booked');
  const repayment = await lend('loan-1');

  // One tipset: FIL for the customer, then FIL for the loan.
  await payer.send(address, coins(1n), { premium: 900_000n });
  await repayer.send(repayment, coins(5n), { premium: 100_000n });
  await world.mine(3);
  const step = await tipsetWith(2);

  // The subscription stands first in line for the pool, the booking second.
  const line = await knex.transaction();
  await lockPool(line, POOL);
  const subscribed = subscribe('second', coins(50n));
  await untilWaiting(admin, 1);
  const booked = bookTipset(deps, step);
  await untilWaiting(admin, 2);
  await line.commit();

  expect(await Promise.all([subscribed, booked])).toEqual(['booked', { kind: 'booked' }]);
  expect(await deadlocks(admin)).toBe(0);
  expect(await comparePool(queryOf(knex), POOL)).toEqual([]);
}, 180_000);

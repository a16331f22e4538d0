/**
 * The counterparty misbehaves: every row of the table in docs/runbook.md, on a devnet whose actors behave as the chain's
 * do, through the platform's own worker. The rows run side by side; what needs epochs to pass in thousands comes last.
 */
import { readPool } from '../../db/pool';
import { identity, trialBalance } from '../../ledger/read';
import { workflowIds } from '../../workflows/handles';
import { forgets, hasLessThanAsked, owesThePenalty, payOff, paysFromInside, paysTooMuch } from './after';
import { givesAwayFirst, givesAwayLate, proposesAnother, runsOut, withdraws } from './before';
import { aCounterparty, type Borrower, type Counterparty } from './world';

jest.setTimeout(600_000);

type Row = (world: Counterparty, who: Borrower) => Promise<unknown>;

const ROWS: Readonly<Record<string, Row>> = {
  'proposes another address, sends FIL to the escrow': proposesAnother,
  'takes the proposal back before our confirm': withdraws,
  'names a beneficiary before the proposal': givesAwayFirst,
  'names a beneficiary right before our confirm': givesAwayLate,
  'pays too much, and after closing': paysTooMuch,
  'owes a penalty': owesThePenalty,
  'has less than was asked': hasLessThanAsked,
  'is paid for from inside another miner': paysFromInside,
  'never proposes': (world, who) => world.offered(who),
  'repays and forgets': async (world, who) => {
    await world.offered(who);
    await world.lent(who);
    await payOff(world, who);
    await world.inState(who, 'returning');
  },
};

let world: Counterparty;
const people = new Map<string, Borrower>();
const running = new Map<string, Promise<unknown>>();

const of = (name: string): Borrower => {
  const who = people.get(name);
  if (who === undefined) throw new Error(`nobody ${name}`);
  return who;
};

beforeAll(async () => {
  world = await aCounterparty();
  for (const [n, name] of Object.keys(ROWS).entries()) people.set(name, await world.borrower(`row-${n}`));
  await world.start();
  for (const [name, row] of Object.entries(ROWS)) {
    const done = row(world, of(name));
    // Its own test says so.
    done.catch(() => undefined);
    running.set(name, done);
  }
});
afterAll(() => world.close());

test.each(Object.keys(ROWS))('a counterparty that %s', async (name) => {
  await running.get(name);
});

test('a return that is never confirmed: reminders, in plain sight, the role stays ours', () =>
  forgets(world, of('repays and forgets')));

test('an offer that runs out: the pool has its money back', async () => {
  const late = ['never proposes', 'takes the proposal back before our confirm'].map(of);
  for (const who of late) expect(await world.read(who)).toMatchObject({ committed: true });
  const before = (await readPool(world.platform.knex, 'flexible'))?.pool;
  await world.pass(87_000);
  for (const who of late) await runsOut(world, who);
  const after = (await readPool(world.platform.knex, 'flexible'))?.pool;
  expect(before?.committed).toBe(200n * 10n ** 18n);
  expect(after).toMatchObject({ committed: 0n, cash: (before?.cash ?? 0n) + (before?.committed ?? 0n) });
});

test('after all of it the books balance and equal the chain, address by address', async () => {
  const { client, knex } = world.platform;
  await world.settle();
  const kept: unknown = await client.workflow.execute('reconciliation', {
    taskQueue: 'core',
    workflowId: workflowIds.reconciliation('counterparty'),
    args: [{ id: 'counterparty' }],
  });
  expect(kept).toMatchObject({ outcome: 'matched', breaks: 0 });
  expect(await trialBalance(knex)).toMatchObject({ balanced: true });
  expect(await identity(knex)).toMatchObject({ holds: true });
});

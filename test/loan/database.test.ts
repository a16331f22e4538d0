/** What the database itself refuses of a loan, whoever writes. */
import type { Knex } from 'knex';
import { makeKnex } from '../../db/knex';
import { amendLoan, findLoan, insertLoan, keepChallenge, moveLoan, openLoanOf } from '../../db/loan';
import { LOAN_TRANSITIONS } from '../../domain/loan';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let knex: Knex;

beforeAll(async () => {
  database = await freshDatabase();
  knex = makeKnex(database.appUrl);
  await knex('registration').insert({ email: 'b@example.test', customer_id: 'borrower' });
  await knex('customer').insert({ id: 'borrower', email: 'b@example.test', state: 'open' });
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

async function aLoan(id: string, miner: string): Promise<void> {
  await keepChallenge(knex, {
    loan_id: id,
    customer_id: 'borrower',
    miner,
    nonce: id,
    text: `text ${id}`,
    expiry_epoch: 9,
  });
  await knex.transaction((trx) =>
    insertLoan(trx, {
      id,
      borrowerId: 'borrower',
      miner,
      amount: '59350000000000000000000',
      termEpochs: 1000,
      poolId: 'flexible',
      bucket: 'standard',
      proof: { address: 'f1a', signature: '01aa' },
    }),
  );
}

const to = (id: string, state: Parameters<typeof moveLoan>[2], step: string, patch = {}) =>
  knex.transaction((trx) => moveLoan(trx, id, state, { step, sentence: step }, patch));

test('knows the same transitions as the domain', async () => {
  const rows = await knex<{ from_state: string; to_state: string }>('loan_transition').select('*');
  const known = Object.entries(LOAN_TRANSITIONS).flatMap(([from, next]) =>
    next.map((state) => `${from}>${state}`),
  );
  expect(rows.map((row) => `${row.from_state}>${row.to_state}`).sort()).toEqual(known.sort());
});

test('a challenge asked for twice is the first one', async () => {
  const challenge = {
    loan_id: 'c',
    customer_id: 'borrower',
    miner: 'f01',
    nonce: 'n1',
    text: 't1',
    expiry_epoch: 9,
  };
  await keepChallenge(knex, challenge);
  expect(await keepChallenge(knex, { ...challenge, nonce: 'n2', text: 't2' })).toMatchObject({ nonce: 'n1' });
});

test('a loan takes the steps of its life once and in order', async () => {
  await aLoan('steps', 'f0500');
  await to('steps', 'preflight', 'preflight');
  await to('steps', 'preflight', 'preflight');
  await expect(to('steps', 'active', 'jump')).rejects.toMatchObject({ code: 'wrong-state' });
  await knex.transaction((trx) =>
    amendLoan(trx, 'steps', { step: 'note', sentence: 'noted' }, { needs_action: 'look' }),
  );
  const steps = await knex('loan_step')
    .where({ loan_id: 'steps' })
    .orderBy('seq')
    .select<{ seq: number; step: string }[]>('seq', 'step');
  expect(steps).toEqual([
    { seq: 1, step: 'preflight' },
    { seq: 2, step: 'note' },
  ]);
  expect(await findLoan(knex, 'steps')).toMatchObject({ state: 'preflight', needs_action: 'look' });
});

test('a state that does not follow is refused by the trigger too', async () => {
  await aLoan('trigger', 'f0501');
  await expect(knex('loan').where({ id: 'trigger' }).update({ state: 'active' })).rejects.toThrow(
    /does not go from applied to active/,
  );
});

test('the terms never change', async () => {
  await aLoan('terms', 'f0502');
  await expect(knex('loan').where({ id: 'terms' }).update({ amount: '1' })).rejects.toThrow(
    /terms of a loan are fixed/,
  );
});

test('one miner secures one open loan; a closed one frees it', async () => {
  await aLoan('first', 'f0503');
  await expect(aLoan('second', 'f0503')).rejects.toMatchObject({ constraint: 'loan_one_open_a_miner' });
  expect(await openLoanOf(knex, 'f0503', 'second')).toBe('first');
  await to('first', 'rejected', 'rejected', { closed_at: new Date() });
  expect(await openLoanOf(knex, 'f0503', 'second')).toBeNull();
  await aLoan('second', 'f0503');
});

test('a loan with money set aside cannot end', async () => {
  await aLoan('held', 'f0504');
  await knex('loan').where({ id: 'held' }).update({ committed: true });
  await expect(to('held', 'rejected', 'rejected')).rejects.toMatchObject({ constraint: 'commitment_ends' });
});

test('no escrow is offered before its ID and the owner are known', async () => {
  await aLoan('early', 'f0505');
  for (const state of ['preflight', 'in_approval', 'approved'] as const) await to('early', state, state);
  await expect(to('early', 'escrow_offered', 'offer')).rejects.toMatchObject({
    constraint: 'escrow_before_offer',
  });
});

test.each(['loan_step', 'owner_challenge', 'loan'])('%s loses no row', async (table) => {
  await aLoan(`kept-${table}`, `f06${table.length}`);
  const owner = makeKnex(database.ownerUrl, { poolMax: 1 });
  await knex.transaction((trx) => amendLoan(trx, `kept-${table}`, { step: 's', sentence: 's' }, {}));
  await expect(owner(table).del()).rejects.toThrow(/append-only|violates foreign key/);
  await expect(knex(table).del()).rejects.toThrow(/permission denied/);
  await owner.destroy();
});

test('what was measured is never rewritten', async () => {
  const owner = makeKnex(database.ownerUrl, { poolMax: 1 });
  await owner('miner_snapshot').insert({
    miner: 'f0700',
    height: 1,
    tipset_key: '[]',
    raw_power: '1',
    quality_power: '1',
    initial_pledge: '1',
    precommit_deposits: '0',
    locked: '0',
    fee_debt: '0',
    available: '-4',
  });
  await expect(owner('miner_snapshot').update({ available: '4' })).rejects.toThrow(/append-only/);
  await owner.destroy();
});

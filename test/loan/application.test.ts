/** The way into a loan: each thing that is wrong with an application is refused by its own code, and nothing stays. */
import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import { makeLoanApplicationActivities } from '../../activities/loan-application';
import { makePreflightActivities } from '../../activities/preflight';
import { keyOf, signText } from '../../bin/wallet-actions';
import { makeKnex } from '../../db/knex';
import { findLoan } from '../../db/loan';
import { reportsOf } from '../../db/loan-facts';
import { addressFrom, printAddress } from '../../domain/address';
import { attoText, coins } from '../../domain/money';
import type { LoanApplication } from '../../workflows/handles-loan';
import { freshDatabase, type TestDatabase } from '../support/database';
import { aMinersNode, GOOD } from './node';

const OWNER = keyOf('11'.repeat(32), 'f');
const STRANGER = keyOf('22'.repeat(32), 'f');
/** An f4 address: namespace 10, twenty bytes. */
const CONTRACT = printAddress(Uint8Array.of(4, 10, ...new Uint8Array(20).fill(7)), 'f');
const MINER = addressFrom('f01000');

const node = aMinersNode({ ownerKey: OWNER.address, miners: ['f01000', 'f01001'] });

let database: TestDatabase;
let knex: Knex;
let loans = 0;

beforeAll(async () => {
  database = await freshDatabase();
  knex = makeKnex(database.appUrl);
  for (const [id, state] of [
    ['borrower', 'open'],
    ['other', 'open'],
    ['new', 'verified'],
  ] as const) {
    await knex('registration').insert({ email: `${id}@example.test`, customer_id: id });
    await knex('customer').insert({ id, email: `${id}@example.test`, state });
  }
});

afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

beforeEach(() => node.change(GOOD));

afterEach(async () => {
  await knex('loan')
    .whereIn('state', ['applied', 'preflight'])
    .update({ state: 'rejected', closed_at: new Date() });
});

const deps = () => ({
  knex,
  lotus: node.lotus,
  config: { lotus: { finalityEpochs: 10, maxFee: coins(1n) }, waitCapSeconds: 1, escrowGas: coins(5n) },
});
const into = () => makeLoanApplicationActivities(deps());

async function challenge(customerId = 'borrower', miner: string = MINER) {
  loans += 1;
  return into().issueOwnerChallenge({ loanId: `loan-${loans}`, customerId, miner });
}

async function anApplication(changes: Partial<LoanApplication> = {}, key = OWNER) {
  const { loanId, text } = await challenge();
  const application: LoanApplication = {
    borrowerId: 'borrower',
    miner: MINER,
    amount: attoText(coins(59_350n)),
    termEpochs: 1000,
    poolId: 'flexible',
    proof: { address: key.address, signature: signText(key, text) },
    ...changes,
  };
  return { loanId, application };
}

async function codeOf(work: Promise<unknown>): Promise<string | null | undefined> {
  const error: unknown = await work.then(
    () => new Error('it was taken'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ApplicationFailure) return error.type;
  throw error;
}

test('a good application becomes a loan with its first step', async () => {
  const { loanId, application } = await anApplication();
  const taken = await into().takeApplication({ loanId, application });
  expect(taken).toMatchObject({ miner: 'f01000', pollMs: 1000, borrowerId: 'borrower' });
  expect(await findLoan(knex, loanId)).toMatchObject({
    state: 'applied',
    amount: coins(59_350n).toString(),
    bucket: 'standard',
  });
  await into().takeApplication({ loanId, application });
  const steps = await knex('loan_step').where({ loan_id: loanId }).select<{ sentence: string }[]>('sentence');
  expect(steps).toEqual([{ sentence: 'Applied for 59,350 FIL over 1000 epochs, secured by miner f01000' }]);
});

test('the challenge names network, loan, miner and its last epoch', async () => {
  const { loanId, text, nonce, expiryEpoch } = await challenge();
  expect(text).toBe(`loanstone owner proof testnet ${loanId} f01000 ${nonce} ${expiryEpoch}`);
  expect(expiryEpoch).toBe(100 + 2_880);
});

test.each([
  ['address-malformed', 'nonsense'],
  ['address-other-network', 't01000'],
  ['address-not-canonical', 'f0001000'],
  ['address-checksum', 'f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr4i'],
  ['miner-not-id', 'f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3i'],
])('a challenge is refused: %s', async (code, miner) => {
  expect(await codeOf(challenge('borrower', miner))).toBe(code);
});

test('a challenge is for open accounts', async () => {
  expect(await codeOf(challenge('new'))).toBe('customer-not-open');
});

test.each<[string, Partial<LoanApplication>]>([
  ['miner-not-id', { miner: 'f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3i' }],
  ['miner-unknown', { miner: 'f0999' }],
  ['miner-unknown', { miner: 'f0100' }],
  ['amount-zero', { amount: '0' as never }],
  ['amount-not-canonical', { amount: '1e21' as never }],
  ['term-out-of-range', { termEpochs: 9 }],
  ['term-out-of-range', { termEpochs: 10.5 }],
  ['not-found', { poolId: 'none' }],
  ['not-found', { borrowerId: 'other' }],
  ['customer-not-open', { borrowerId: 'new' }],
  ['owner-proof-invalid', { miner: 'f01001' }],
  ['owner-proof-invalid', { proof: { address: 'f0100', signature: '01' } }],
  ['owner-proof-invalid', { proof: { address: OWNER.address, signature: '0102' } }],
  [
    'owner-kind-multisig',
    { proof: { address: 'f24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i', signature: '01' } },
  ],
  ['owner-kind-contract', { proof: { address: CONTRACT, signature: '01' } }],
])('an application is refused: %s', async (code, changes) => {
  const { loanId, application } = await anApplication(changes);
  expect(await codeOf(into().takeApplication({ loanId, application }))).toBe(code);
  expect(await findLoan(knex, loanId)).toBeNull();
});

test('a proof of somebody else is none for this text', async () => {
  const { loanId, application } = await anApplication({}, STRANGER);
  const proof = { ...application.proof, address: OWNER.address };
  expect(await codeOf(into().takeApplication({ loanId, application: { ...application, proof } }))).toBe(
    'owner-proof-invalid',
  );
});

test('a proof that is too old is refused', async () => {
  const { loanId, application } = await anApplication();
  node.change({ head: 100 + 2_881 });
  expect(await codeOf(into().takeApplication({ loanId, application }))).toBe('owner-proof-expired');
});

test('a second open loan on the miner is refused', async () => {
  const first = await anApplication();
  await into().takeApplication(first);
  const second = await anApplication();
  expect(await codeOf(into().takeApplication(second))).toBe('miner-has-open-loan');
  expect(await findLoan(knex, second.loanId)).toBeNull();
});

test('two applications at once for one miner: one is taken', async () => {
  const both = [await anApplication(), await anApplication()];
  const outcomes = await Promise.allSettled(both.map((each) => into().takeApplication(each)));
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('a challenge is good for one loan', async () => {
  const { loanId, application } = await anApplication();
  await into().takeApplication({ loanId, application });
  const other = { ...application, amount: attoText(1n) };
  expect(await codeOf(into().takeApplication({ loanId, application: other }))).toBe('owner-proof-used');
});

describe('the pre-flight of a taken application', () => {
  const judged = async (key = OWNER) => {
    const taken = await anApplication({}, key);
    await into().takeApplication(taken);
    const verdict = await makePreflightActivities(deps()).judgeMiner({
      loanId: taken.loanId,
      stage: 'application',
      notBefore: 0,
    });
    return { ...verdict, reports: await reportsOf(knex, taken.loanId) };
  };

  test('passes for its owner, and keeps its report and a snapshot', async () => {
    const { passed, owner, reports } = await judged();
    expect({ passed, owner }).toEqual({ passed: true, owner: 'f0100' });
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({
      stage: 'application',
      passed: true,
      height: 90,
      tipset_key: ['bafy2bzace'],
    });
    expect(await knex('miner_snapshot').where({ miner: 'f01000' }).select('quality_power')).toEqual([
      { quality_power: '320' },
    ]);
  });

  test('refuses whoever is not the owner on chain', async () => {
    expect(await judged(STRANGER)).toMatchObject({ passed: false, code: 'owner-proof-invalid' });
  });

  test.each([
    ['owner-kind-multisig', { ownerKind: 'multisig' }],
    ['owner-kind-contract', { ownerKind: 'evm' }],
    ['owner-pending-foreign', { pending: addressFrom('f0666') }],
    ['fee-debt', { feeDebt: 1n }],
  ])('refuses with %s and says what it saw', async (code, changes) => {
    node.change(changes);
    const verdict = await judged();
    expect(verdict).toMatchObject({ passed: false, code });
    expect(verdict.detail).toMatch(/wanted/);
  });

  test('waits for a tipset that shows what our message did', async () => {
    const taken = await anApplication();
    await into().takeApplication(taken);
    const early = { loanId: taken.loanId, stage: 'application', notBefore: 91 } as const;
    await expect(makePreflightActivities(deps()).judgeMiner(early)).rejects.toThrow(
      /final is epoch 90, wanted is 91/,
    );
  });
});

/** A loan in parts on a chain: each part with its own approval, cash set aside, signed, booked, kept; real signer and books. */
import { makeLoanActivities } from '../../activities/loan';
import { makeLoanChainActivities } from '../../activities/loan-chain';
import type { LoanDeps } from '../../activities/loan-deps';
import { openApproval, recordDecision, subjectHashOf, type Json } from '../../db/approval';
import { requestsOf } from '../../db/disbursement-request';
import { disbursementsOf } from '../../db/loan-facts';
import { latestTerms } from '../../db/loan-terms';
import { readPool } from '../../db/pool';
import { planText } from '../../domain/disbursement';
import { STANDARD_TERMS } from '../../domain/loan-terms';
import { attoText, coins } from '../../domain/money';
import { subscribe } from '../../ledger/pool';
import { refusalOf } from '../chain/a-chain';
import { balanceOf, makeWorld, type World } from './world';

const LOAN = 'parts';
const PLAN = [
  { amount: attoText(coins(20n)), condition: null },
  { amount: attoText(coins(30n)), condition: 'half of the sectors are sealed' },
  { amount: attoText(coins(70n)), condition: 'all sectors are sealed' },
];
const MAKER = { id: 'maker', role: 'operator' };
const CHECKER = { id: 'checker', role: 'checker' };

let world: World;
let ledger: ReturnType<typeof makeLoanActivities>;
let chain: ReturnType<typeof makeLoanChainActivities>;
let miner: string;
beforeAll(async () => {
  world = await makeWorld();
  const config: LoanDeps['config'] = {
    lotus: { maxFee: coins(1n) },
    waitCapSeconds: 1,
    escrowGas: coins(5n),
  };
  const deps: LoanDeps = { knex: world.knex, lotus: world.lotus, config };
  ledger = makeLoanActivities(deps);
  chain = makeLoanChainActivities(deps);
  await fillPool();
  await openLoan();
}, 60_000);
afterAll(() => world.close());

/** 100 FIL in the pool: enough for the first two parts, not for the third. */
async function fillPool(): Promise<void> {
  const { admin, knex, hot } = world;
  for (const id of ['depositor', 'borrower']) {
    await admin('registration').insert({ email: `${id}@example.com`, customer_id: id });
    await admin('customer').insert({ id, email: `${id}@example.com`, state: 'open' });
  }
  const deposit = await world.depositAddress('depositor');
  await (await world.outsider()).send(deposit, coins(110n));
  await world.settle();
  await world.sendOwn({ id: 's1', from: deposit, to: hot });
  await world.settle();
  const workflowId = 'subscription/sub-1';
  const request = { customerId: 'depositor', poolId: 'flexible', amount: coins(100n), workflowId };
  await admin('subscription').insert({
    id: 'sub-1',
    workflow_id: workflowId,
    customer_id: 'depositor',
    pool_id: 'flexible',
    amount: attoText(coins(100n)),
    state: 'requested',
  });
  await knex.transaction((trx) => subscribe(trx, { ...request, subscriptionId: 'sub-1' }));
}

/** The loan as forwarded with its plan; approved by another person. */
async function openLoan(): Promise<void> {
  const { admin } = world;
  const escrow = await world.derive('escrow', LOAN);
  miner = String(
    await world.devnet.control('Devnet.CreateMiner', { Owner: escrow, Available: attoText(coins(50n)) }),
  );
  const amount = attoText(coins(120n));
  await admin('owner_challenge').insert({
    loan_id: LOAN,
    customer_id: 'borrower',
    miner,
    nonce: LOAN,
    text: LOAN,
    expiry_epoch: 1,
  });
  await admin('loan').insert({
    id: LOAN,
    borrower_id: 'borrower',
    miner,
    amount,
    term_epochs: 1_000,
    pool_id: 'flexible',
    bucket: 'standard',
    state: 'preflight',
    proof_address: 'f01',
    proof_signature: '01',
    owner_before: 'f01',
    escrow_address: escrow,
    escrow_id_address: 'f0900',
    repayment_address: await world.derive('repayment', LOAN),
  });
  const subject = { loan: LOAN, miner, amount, firstDisbursement: PLAN[0]?.amount ?? null };
  const approval = {
    id: 'a1',
    kind: 'loan' as const,
    subjectKind: 'loan',
    subjectId: LOAN,
    workflowId: `loan/${LOAN}`,
    subject: { ...subject, disbursements: planText(PLAN) },
    makerId: MAKER.id,
    quorum: 1,
  };
  const step = { step: 'forwarded', sentence: 'Forwarded', actor: MAKER };
  await ledger.openLoanApproval({ loanId: LOAN, step, approval, terms: { ...STANDARD_TERMS, plan: PLAN } });
  await ledger.decideLoan({ loanId: LOAN, decision: decisionOf('a1', approval.subject) });
  await admin.raw('ALTER TABLE loan DISABLE TRIGGER loan_guard');
  await admin('loan').where({ id: LOAN }).update({ state: 'disbursing' });
  await admin.raw('ALTER TABLE loan ENABLE TRIGGER loan_guard');
}

const decisionOf = (approvalId: string, subject: Json, decision: 'accept' | 'refuse' = 'accept') => ({
  approvalId,
  actor: CHECKER,
  decision,
  reason: 'seen',
  subjectHash: subjectHashOf(subject),
});

const subjectOf = async (id: string): Promise<Json> =>
  (await world.admin<{ id: string; subject: Json }>('approval').where({ id }).first())?.subject ?? null;

const ask = (approvalId: string) =>
  ledger.askDisbursement({ loanId: LOAN, approvalId, actor: MAKER, reason: 'See the report' });
const decide = async (approvalId: string, verb: 'accept' | 'refuse' = 'accept') =>
  ledger.decideDisbursement({
    loanId: LOAN,
    decision: decisionOf(approvalId, await subjectOf(approvalId), verb),
  });

/** Plans, signs, pushes and books the n-th message; records what landed. */
async function lend(
  n: number,
  part?: { readonly amount: (typeof PLAN)[number]['amount']; approvalId: string },
) {
  const draft = await chain.planLoanMessage({ loanId: LOAN, kind: 'disburse', n, ...part });
  const cid = await world.sendOwn(draft);
  await world.settle();
  const row = await world
    .admin<{ id: string; included_epoch: number; executed_epoch: number }>('chain.message')
    .where({ id: draft.id })
    .first();
  const landed = {
    messageId: draft.id,
    cid,
    includedEpoch: row?.included_epoch ?? 0,
    executedEpoch: row?.executed_epoch ?? 0,
  };
  await chain.recordDisbursement({ loanId: LOAN, landed });
  return chain.recordDisbursement({ loanId: LOAN, landed });
}

/** What a refusal must leave as it was. */
async function standing() {
  const pool = (await readPool(world.knex, 'flexible'))?.pool;
  return {
    lent: await balanceOf(world.knex, 'loan.principal', LOAN),
    cash: pool?.cash,
    committed: pool?.committed,
    requests: await requestsOf(world.knex, LOAN),
  };
}

test('the approval of the loan lends the first part, and no atto more', async () => {
  expect((await standing()).committed).toBe(coins(20n));
  const whole = await chain.planLoanMessage({
    loanId: LOAN,
    kind: 'disburse',
    n: 9,
    amount: attoText(coins(21n)),
  });
  expect(await refusalOf(world.sendOwn(whole))).toBe('approval-missing');
  expect(await lend(1)).toMatchObject({ n: 1, amount: attoText(coins(20n)) });
  const again = await chain.planLoanMessage({ loanId: LOAN, kind: 'disburse', n: 8 });
  expect(await refusalOf(world.sendOwn({ ...again, value: attoText(1n) }))).toBe('approval-missing');
  expect(await standing()).toMatchObject({ lent: coins(20n), cash: coins(80n), committed: 0n });
  expect((await latestTerms(world.knex, LOAN)).plan).toEqual(PLAN);
});

test('the second: asked for once, refused, asked for again, decided by another, lent', async () => {
  await ask('b1');
  expect(await refusalOf(ask('b2'))).toBe('disbursement-pending');
  const maker = { ...decisionOf('b1', await subjectOf('b1')), actor: { ...MAKER, role: 'checker' } };
  expect(await refusalOf(ledger.decideDisbursement({ loanId: LOAN, decision: maker }))).toBe(
    'maker-is-checker',
  );
  const part = { amount: attoText(coins(30n)), approvalId: 'b1' };
  const early = await chain.planLoanMessage({ loanId: LOAN, kind: 'disburse', n: 7, ...part });
  expect(early.tries).toBe(6);
  expect(await refusalOf(world.sendOwn(early))).toBe('approval-missing');
  expect((await standing()).committed).toBe(0n);
  expect((await decide('b1', 'refuse')).state).toBe('refused');
  await ask('b2');
  expect(await decide('b2')).toEqual({
    approvalId: 'b2',
    state: 'accepted',
    n: 2,
    amount: attoText(coins(30n)),
  });
  expect((await standing()).committed).toBe(coins(30n));
  expect(await lend(2, { ...part, approvalId: 'b2' })).toMatchObject({ n: 2, amount: attoText(coins(30n)) });
  const { lent, committed, requests } = await standing();
  expect([lent, committed]).toEqual([coins(50n), 0n]);
  expect(requests.map(({ n, state }) => [n, state])).toEqual([
    [2, 'refused'],
    [2, 'disbursed'],
  ]);
  const rows = await disbursementsOf(world.knex, LOAN);
  expect(rows.map(({ n, amount }) => [n, amount])).toEqual([
    [1, attoText(coins(20n))],
    [2, attoText(coins(30n))],
  ]);
  // One maturity, set by the first part.
  const loan = await world.admin<{ id: string; maturity_epoch: number }>('loan').where({ id: LOAN }).first();
  expect(loan?.maturity_epoch).toBe((rows[0]?.included_epoch ?? 0) + 1_000);
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});

test('the third: the pool has not the cash, so nothing is granted; with it, dropped, the pool has it back', async () => {
  await ask('c1');
  const before = await standing();
  expect(await refusalOf(decide('c1'))).toBe('pool-cash-short');
  expect(await standing()).toEqual(before);
  const request = { customerId: 'depositor', poolId: 'flexible', workflowId: 'subscription/sub-2' };
  await (await world.outsider()).send(await world.depositAddress('depositor'), coins(40n));
  await world.settle();
  await world.admin('subscription').insert({
    id: 'sub-2',
    workflow_id: request.workflowId,
    customer_id: 'depositor',
    pool_id: 'flexible',
    amount: attoText(coins(40n)),
    state: 'requested',
  });
  await world.knex.transaction((trx) =>
    subscribe(trx, { ...request, amount: coins(40n), subscriptionId: 'sub-2' }),
  );
  await decide('c1');
  expect((await standing()).committed).toBe(coins(70n));
  const drop = { loanId: LOAN, approvalId: 'c1', why: 'the loan is due' };
  await ledger.dropDisbursement(drop);
  await ledger.dropDisbursement(drop);
  const { committed, lent, requests } = await standing();
  expect([committed, lent]).toEqual([0n, coins(50n)]);
  expect(requests.at(-1)).toMatchObject({ n: 3, state: 'failed', detail: 'the loan is due' });
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});

test('under another loan’s approval, or one that was dropped, nothing is signed; the whole stays the limit', async () => {
  const { knex } = world;
  // Enough to send it, were it allowed.
  await world.devnet.control('Devnet.Fund', world.hot, attoText(coins(100n)));
  const subject = { loan: LOAN, miner, amount: attoText(coins(71n)) };
  await knex.transaction(async (trx) => {
    await openApproval(trx, {
      id: 'forged',
      kind: 'loan-disbursement',
      subjectKind: 'loan',
      subjectId: LOAN,
      workflowId: `loan/${LOAN}`,
      subject,
      makerId: MAKER.id,
      quorum: 1,
    });
    await recordDecision(trx, decisionOf('forged', subject));
  });
  const part = { amount: attoText(coins(71n)), approvalId: 'forged' };
  const draft = await chain.planLoanMessage({ loanId: LOAN, kind: 'disburse', n: 6, ...part });
  expect(await refusalOf(world.sendOwn(draft))).toBe('approval-missing');
  expect(await refusalOf(world.sendOwn({ ...draft, id: 'other', subjectId: 'other' }))).toBe(
    'approval-missing',
  );
});

test('the database takes no plan that does not add up, no grant without its approval, no change of what was asked', async () => {
  const { admin, knex } = world;
  const short = { loan_id: LOAN, version: 1, n: 4, amount: '1', condition: 'more' };
  await expect(knex('loan_plan').insert(short)).rejects.toThrow(/fixed once it was forwarded/);
  await admin.raw('ALTER TABLE loan_plan DISABLE TRIGGER loan_plan_guard');
  await expect(admin('loan_plan').insert(short)).rejects.toThrow(/are its amount/);
  await admin.raw('ALTER TABLE loan_plan ENABLE TRIGGER loan_plan_guard');
  await ask('d1');
  const row = () => knex('disbursement_request').where({ approval_id: 'd1' });
  await expect(row().update({ state: 'granted', checker_id: 'checker' })).rejects.toThrow(
    /needs its approval/,
  );
  await expect(row().update({ amount: '1' })).rejects.toThrow(/permission denied/);
  await expect(
    admin('disbursement_request').where({ approval_id: 'd1' }).update({ amount: '1' }),
  ).rejects.toThrow(/does not change/);
});

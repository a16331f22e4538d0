import { METHOD, withdrawBalanceParams } from '../../chain/method';
import { unswept } from '../../db/sweep';
import { findTransfer } from '../../db/transfer';
import { attoText, coins } from '../../domain/money';
import { debtAt } from '../../ledger/loan';
import { commitToLoan, subscribe } from '../../ledger/pool';
import { available, balanceOf, makeWorld, type World } from './world';

const LENT = coins(5_935n) / 100n;

let world: World;
let miner: string;
beforeAll(async () => {
  world = await makeWorld();
  for (const id of ['depositor', 'borrower']) {
    const email = `${id}@example.com`;
    await world.admin('registration').insert({ email, customer_id: id });
    await world.admin('customer').insert({ id, email, state: 'open' });
  }
});
afterAll(() => world.close());

/** A loan as its own workflow would have left it, in the state given. */
async function loanRow(id: string, state: string, of: string): Promise<void> {
  const challenge = { loan_id: id, customer_id: 'borrower', miner: of, nonce: id, text: id, expiry_epoch: 1 };
  await world.admin('owner_challenge').insert(challenge);
  await world.admin('loan').insert({
    id,
    borrower_id: 'borrower',
    miner: of,
    amount: attoText(LENT),
    term_epochs: 1_000,
    pool_id: 'flexible',
    bucket: 'standard',
    state,
    proof_address: 'f01',
    proof_signature: '01',
    owner_before: 'f01',
    escrow_address: await world.derive('escrow', id),
    escrow_id_address: `f0${id}`,
    repayment_address: await world.derive('repayment', id),
  });
}

test('a disbursement lends from its inclusion on; what reaches the loan’s addresses repays it', async () => {
  const { knex, admin, hot, settle, devnet } = world;
  const deposit = await world.depositAddress('depositor');
  const sender = await world.outsider();
  await sender.send(deposit, coins(110n));
  await settle();
  await world.sendOwn({ id: 's1', from: deposit, to: hot });
  await settle();
  const escrow = await world.derive('escrow', 'loan-1');
  miner = String(
    await devnet.control('Devnet.CreateMiner', { Owner: escrow, Available: attoText(coins(50n)) }),
  );
  await loanRow('loan-1', 'disbursing', miner);
  await admin('subscription').insert({
    id: 'sub-1',
    workflow_id: 'subscription/sub-1',
    customer_id: 'depositor',
    pool_id: 'flexible',
    amount: attoText(coins(100n)),
    state: 'requested',
  });
  await knex.transaction(async (trx) => {
    const request = { customerId: 'depositor', poolId: 'flexible', amount: coins(100n) };
    await subscribe(trx, { ...request, subscriptionId: 'sub-1', workflowId: 'subscription/sub-1' });
    await commitToLoan(trx, { poolId: 'flexible', loanId: 'loan-1', amount: LENT as never });
  });
  await admin('approval').insert({
    id: 'a1',
    kind: 'loan',
    subject_kind: 'loan',
    subject_id: 'loan-1',
    workflow_id: 'loan/loan-1',
    subject: { loan: 'loan-1', miner, amount: attoText(LENT) },
    subject_hash: '0'.repeat(64),
    quorum: 1,
    state: 'accepted',
    closed_at: new Date(),
  });
  const cid = await world.sendOwn({
    id: 'd1',
    kind: 'disburse',
    from: hot,
    to: miner,
    value: attoText(LENT),
    subjectKind: 'loan',
    subjectId: 'loan-1',
    approvalId: 'a1',
  });
  await settle();
  expect(await balanceOf(knex, 'loan.principal', 'loan-1')).toBe(LENT);
  const journal = await knex<{ kind: string; effective_epoch: number; message_cid: string }>('ledger.journal')
    .where({ kind: 'disbursement' })
    .first();
  const landed = await knex<{ id: string; included_epoch: number }>('chain.message')
    .where({ id: 'd1' })
    .first();
  expect(journal).toMatchObject({ message_cid: cid, effective_epoch: landed?.included_epoch });
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });

  const repayment = await world.derive('repayment', 'loan-1');
  const direct = await sender.send(repayment, coins(9n));
  await settle();
  expect(await findTransfer(knex, { cid: direct, index: 0 })).toMatchObject({ bookedAs: 'repayment' });
  const paid: readonly { source: string; amount: string; interest: string }[] =
    await knex('repayment').select('*');
  expect(paid).toMatchObject([{ source: 'direct', amount: attoText(coins(9n)) }]);
  expect(BigInt(paid[0]?.interest ?? '0')).toBeGreaterThan(0n);
  expect(await unswept(knex, 10)).toContainEqual({
    address: repayment,
    openedBy: `chain-watch/sweep-${direct}-0`,
  });
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});

test('what our own message draws out of the miner repays the loan by what was paid, not by what was asked', async () => {
  const { knex, lotus, settle } = world;
  const escrow = await world.derive('escrow', 'loan-1');
  const sender = await world.outsider();
  await sender.send(escrow, coins(3n));
  await settle();
  const before = await debtAt(knex, 'loan-1', (await lotus.chainHead()).height);
  await world.sendOwn({
    id: 'w1',
    kind: 'withdraw-balance',
    from: escrow,
    to: miner,
    value: attoText(0n),
    method: METHOD.withdrawBalance,
    params: Buffer.from(withdrawBalanceParams(coins(100_000n))).toString('base64'),
    subjectKind: 'loan',
    subjectId: 'loan-1',
  });
  await settle();
  const paid = await knex<{ source: string; amount: string; excess: string }>('repayment')
    .where({ source: 'sweep' })
    .first();
  // 50 FIL of the miner's own and the 59.35 lent: more than the debt
  expect(BigInt(paid?.amount ?? '0')).toBe(coins(50n) + LENT);
  expect(await balanceOf(knex, 'loan.principal', 'loan-1')).toBe(0n);
  expect((await debtAt(knex, 'loan-1', (await lotus.chainHead()).height)).debt).toBe(0n);
  expect(before.debt).toBeGreaterThan(0n);
  expect(await available(knex, 'borrower')).toBe(BigInt(paid?.excess ?? '0'));
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});

test('a live loan without debt: the borrower’s; a loan that is over: suspense', async () => {
  const { knex, settle } = world;
  await loanRow('loan-2', 'escrow_offered', 'f02');
  await loanRow('loan-3', 'closed', 'f03');
  const before = await available(knex, 'borrower');
  const suspense = await balanceOf(knex, 'suspense.unidentified', '');
  const sender = await world.outsider();
  const live = await sender.send(await world.derive('repayment', 'loan-2'), coins(2n));
  const over = await sender.send(await world.derive('repayment', 'loan-3'), coins(4n));
  await settle();
  expect(await findTransfer(knex, { cid: live, index: 0 })).toMatchObject({ bookedAs: 'excess' });
  expect(await available(knex, 'borrower')).toBe(before + coins(2n));
  expect(await findTransfer(knex, { cid: over, index: 0 })).toMatchObject({ bookedAs: 'suspense' });
  expect(await balanceOf(knex, 'suspense.unidentified', '')).toBe(suspense + coins(4n));
  expect(await world.reconcile()).toMatchObject({ outcome: 'matched' });
});

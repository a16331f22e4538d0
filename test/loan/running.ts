/** A loan that runs, as its own workflow and booking would have left it: in the books, active, its workflow alive. */
import { credit, debit } from '../../domain/posting';
import { attoText, coins, type Atto } from '../../domain/money';
import { bookDisbursement } from '../../ledger/loan';
import { commitToLoan, subscribe } from '../../ledger/pool';
import { post } from '../../ledger/post';
import { newRun } from '../../workflows/loan-run';
import { workflowIds } from '../../workflows/handles';
import type { World } from '../api/world';

export const LENT = coins(593n);
export const LENT_EPOCH = 80;
export const TERM = 1_000;
const HOT = { code: 'custody.hot', owner: 'f1hot' } as const;

/** Moves what the database knows of the chain. */
export async function setClock(world: World, epoch: number): Promise<void> {
  await world
    .knex('watch.cursor')
    .insert({
      clock: epoch,
      executed: epoch + 1,
      executed_key: 'a',
      head: epoch + 1,
      head_key: 'a',
      began: 0,
    })
    .onConflict('id')
    .merge();
}

/** Puts FIL into the pool from a depositor of its own, and as much of ours on the hot wallet to lend it from. */
export async function fillPool(world: World, amount: Atto = coins(1_000n)): Promise<void> {
  const { id } = await world.aCustomer(amount);
  const workflowId = `subscription/sub-${id}`;
  await world.knex('subscription').insert({
    id: `sub-${id}`,
    customer_id: id,
    pool_id: 'flexible',
    amount: attoText(amount),
    state: 'requested',
    workflow_id: workflowId,
  });
  const request = { subscriptionId: `sub-${id}`, customerId: id, poolId: 'flexible', amount, workflowId };
  await world.knex.transaction(async (trx) => {
    await subscribe(trx, request);
    await post(trx, {
      key: `top-up/${id}`,
      kind: 'top-up',
      asset: 'FIL',
      effectiveEpoch: 1,
      workflowId: `top-up/${id}`,
      postings: [debit(HOT.code, HOT.owner, amount), credit('equity', '', amount)],
    });
  });
}

/** Lends to a customer's miner and starts the loan's workflow as a run that goes on from 'active'. */
export async function aRunningLoan(world: World, id: string, miner: string) {
  const borrower = await world.aCustomer();
  const { knex } = world;
  await knex('owner_challenge').insert({
    loan_id: id,
    customer_id: borrower.id,
    miner,
    nonce: id,
    text: id,
    expiry_epoch: 1,
  });
  await knex('loan').insert({
    id,
    borrower_id: borrower.id,
    miner,
    amount: attoText(LENT),
    term_epochs: TERM,
    pool_id: 'flexible',
    bucket: 'standard',
    state: 'active',
    proof_address: 'f01',
    proof_signature: '01',
    owner_before: 'f0100',
    escrow_address: `f1escrow-${id}`,
    escrow_id_address: `f09${miner.slice(2)}`,
    repayment_address: `f1repayment-${id}`,
    maturity_epoch: LENT_EPOCH + TERM,
  });
  await knex.transaction(async (trx) => {
    await commitToLoan(trx, { poolId: 'flexible', loanId: id, amount: LENT });
    await bookDisbursement(trx, {
      loanId: id,
      amount: LENT,
      includedEpoch: LENT_EPOCH,
      executedEpoch: LENT_EPOCH + 1,
      messageCid: `bafy-${id}`,
      custody: HOT,
      key: `message/${id}-disburse-1/disbursement`,
      workflowId: `message/${id}-disburse-1`,
    });
  });
  await knex('loan_disbursement').insert({
    loan_id: id,
    n: 1,
    amount: attoText(LENT),
    message_id: `${id}-disburse-1`,
    cid: `bafy-${id}`,
    included_epoch: LENT_EPOCH,
    executed_epoch: LENT_EPOCH + 1,
    available_after: '5',
    pledge_after: '1',
  });
  const taken = {
    borrowerId: borrower.id,
    miner,
    amount: attoText(LENT),
    termEpochs: TERM,
    poolId: 'flexible',
  };
  const run = { ...newRun(id), state: 'active', taken, pollMs: 200, owner: 'f0100', sent: { fund: 1 } };
  await world.client.workflow.start('loan', {
    workflowId: workflowIds.loan(id),
    taskQueue: 'core',
    args: [{ loanId: id, run }],
  });
  return borrower;
}

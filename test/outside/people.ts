/** People outside, each with a key of their own: depositors, and borrowers with a miner. */
import { randomBytes } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { keyOf, newKey, signText, type Key } from '../../bin/wallet-actions';
import { makeAddressActivities } from '../../activities/address';
import { signMessage, toLotusSigned } from '../../chain/message';
import { changeOwnerParams, METHOD } from '../../chain/method';
import { findLoan, type LoanRow } from '../../db/loan';
import { findTransfer } from '../../db/transfer';
import { addressFrom, type Address } from '../../domain/address';
import { attoText, coins, type Atto } from '../../domain/money';
import { decide, standing, workflowIds } from '../../workflows/handles';
import { applyForLoan, challengeWorkflowId, forwardLoan, type Challenge } from '../../workflows/handles-loan';
import type { subscription } from '../../workflows/subscription';
import { freshDatabase } from '../support/database';
import { services } from '../support/services';
import { makeHouse, type House } from './house';

const GAS = { gasLimit: 20_000_000, gasFeeCap: 2_000_000_000n, gasPremium: 200_000n };
export const LENT = coins(100n);

interface Call {
  readonly value?: bigint;
  readonly method?: number;
  readonly params?: Uint8Array;
}

/** A message of somebody outside. */
export interface Sent {
  /** The signed CID. */
  readonly cid: string;
  /** Their wallet pushes the same bytes again. */
  readonly again: () => Promise<string>;
  /** They use its nonce for something that concerns nobody. */
  readonly instead: () => Promise<string>;
}

async function send({ lotus }: House, key: Key, to: Address, call: Call): Promise<Sent> {
  const nonce = await lotus.mpoolNonce(key.address);
  const sign = (target: Address, { value = 0n, method = METHOD.send, params = new Uint8Array() }: Call) => {
    const message = { from: key.address, to: target, value, method, params, nonce, ...GAS };
    return toLotusSigned(signMessage(message, Buffer.from(key.privateKeyHex, 'hex')));
  };
  const again = (): Promise<string> => lotus.mpoolPush(sign(to, call));
  return { cid: await again(), again, instead: () => lotus.mpoolPush(sign(key.address, {})) };
}

async function funded({ devnet }: House, fil: bigint): Promise<Key> {
  const key = newKey('f');
  await devnet.control('Devnet.Fund', key.address, coins(fil).toString());
  return keyOf(key.privateKeyHex, 'f');
}

async function customer({ knex }: House, name: string): Promise<string> {
  const id = `${name}-${randomBytes(4).toString('hex')}`;
  const email = `${id}@example.com`;
  await knex('registration').insert({ email, customer_id: id });
  await knex('customer').insert({ id, email, state: 'open' });
  return id;
}

export interface Deposit extends Sent {
  readonly customerId: string;
  readonly amount: Atto;
}

/** A new customer pays in; nothing is mined for it. */
export async function payIn(house: House, amount: Atto = coins(20n)): Promise<Deposit> {
  const customerId = await customer(house, 'depositor');
  const { address } = await makeAddressActivities(house).assignDepositAddress({ customerId });
  const sent = await send(house, await funded(house, 2_000n), address, { value: amount });
  return { customerId, amount, ...sent };
}

/** Mines until the deposit is in the books. */
export async function credited(house: House, { cid }: Deposit): Promise<void> {
  await house.until('the credit', async () => {
    const transfer = await findTransfer(house.knex, { cid, index: 0 });
    return transfer?.state === 'final' ? true : undefined;
  });
}

/** Puts cash for loans into the pool: a deposit and a subscription. */
export async function fillPool(house: House): Promise<void> {
  const deposit = await payIn(house, coins(1_900n));
  await credited(house, deposit);
  const input = { subscriptionId: deposit.customerId, customerId: deposit.customerId, poolId: 'flexible' };
  const outcome = await house.client.workflow.execute<typeof subscription>('subscription', {
    workflowId: workflowIds.subscription(deposit.customerId),
    taskQueue: 'core',
    args: [{ ...input, amount: attoText(deposit.amount) }],
  });
  if (outcome.outcome !== 'booked') throw new Error(`the pool did not take it: ${outcome.code}`);
}

/** A house on a database of its own, with cash in the pool; `leave` takes both down. */
export async function moveIn(): Promise<{ readonly house: House; readonly leave: () => Promise<void> }> {
  const database = await freshDatabase();
  const house = await makeHouse({ database, temporalAddress: services().temporalAddress });
  const leave = async (): Promise<void> => {
    await house.close();
    await database.drop();
  };
  try {
    await fillPool(house);
  } catch (error) {
    await leave();
    throw error;
  }
  return { house, leave };
}

export interface Borrower {
  readonly loanId: string;
  readonly email: string;
  readonly miner: Address;
  readonly row: () => Promise<LoanRow>;
  /** Mines until the loan has come to the state. */
  readonly until: (state: string) => Promise<LoanRow>;
  /** Proposes our escrow, or confirms themselves, as the miner's owner. */
  readonly propose: () => Promise<Sent>;
  readonly confirm: () => Promise<Sent>;
  readonly repay: (amount: bigint) => Promise<Sent>;
}

/** A new borrower with a new miner applies; a maker forwards, a checker approves. */
export async function approvedLoan(house: House): Promise<Borrower> {
  const { client, devnet, knex, lotus } = house;
  const borrowerId = await customer(house, 'borrower');
  const owner = await funded(house, 500n);
  const { key: head } = await lotus.chainHead();
  const ownerId = (await lotus.lookupId(owner.address, head)) ?? '';
  const made = {
    Owner: ownerId,
    Worker: ownerId,
    Available: coins(5n).toString(),
    Power: '1000',
    Sectors: 100,
  };
  const miner = addressFrom(String(await devnet.control('Devnet.CreateMiner', made)));
  await house.mine(FINAL);
  const loanId = borrowerId;
  const challenge = await client.workflow.execute<(input: object) => Promise<Challenge>>('ownerChallenge', {
    workflowId: challengeWorkflowId(loanId),
    taskQueue: 'core',
    args: [{ loanId, customerId: borrowerId, miner }],
  });
  const proof = { address: owner.address, signature: signText(owner, challenge.text) };
  const terms = { borrowerId, miner, amount: attoText(LENT), termEpochs: 100_000, poolId: 'flexible', proof };
  const startWorkflowOperation = new WithStartWorkflowOperation('loan', {
    workflowId: workflowIds.loan(loanId),
    taskQueue: 'core',
    args: [{ loanId }],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  await client.workflow.executeUpdateWithStart(applyForLoan, { args: [terms], startWorkflowOperation });
  const row = async (): Promise<LoanRow> => {
    const loan = await findLoan(knex, loanId);
    if (loan === null) throw new Error(`no loan ${loanId}`);
    return loan;
  };
  const until = (state: string): Promise<LoanRow> =>
    house.until(`the loan to be ${state}`, async () => {
      const loan = await row();
      return loan.state === state ? loan : undefined;
    });
  await until('preflight');
  await approve(house, loanId);
  const ask = (params: Address): Promise<Sent> =>
    send(house, owner, miner, { method: METHOD.changeOwner, params: changeOwnerParams(params) });
  return {
    loanId,
    email: `${borrowerId}@example.com`,
    miner,
    row,
    until,
    propose: async () => ask(addressFrom((await row()).escrow_id_address ?? '')),
    confirm: () => ask(addressFrom(ownerId)),
    repay: async (value) => {
      const payer = await funded(house, 500n);
      return send(house, payer, addressFrom((await row()).repayment_address ?? ''), { value });
    },
  };
}

/** Enough epochs that what was sent before is final. */
const FINAL = 9;

async function approve({ client, knex, untilStill }: House, loanId: string): Promise<void> {
  const loan = client.workflow.getHandle(workflowIds.loan(loanId));
  const maker = { id: `maker-${loanId}`, role: 'operator' };
  // the workflow hears of the state a moment after the database has it
  await untilStill('the loan to wait for a maker', async () =>
    (await loan.query(standing)).state === 'preflight' ? true : undefined,
  );
  await loan.executeUpdate(forwardLoan, { args: [{ actor: maker, reason: 'looks good' }] });
  const approval = await knex<{ id: string; subject_id: string; subject_hash: string }>('approval')
    .where({ subject_id: loanId })
    .first();
  if (approval === undefined) throw new Error('nobody is asked to approve');
  const decision = {
    approvalId: approval.id,
    subjectHash: approval.subject_hash,
    decision: 'accept' as const,
  };
  const actor = { id: `checker-${loanId}`, role: 'checker' };
  await loan.executeUpdate(decide, { args: [{ ...decision, actor, reason: 'checked' }] });
}

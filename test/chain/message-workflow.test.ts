/** A message's workflow ends only when booking says how it ended, and asks a person where it cannot go on. */
import { randomUUID } from 'node:crypto';
import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { makeApprovalActivities } from '../../activities/approval';
import { liftFreeze, setFreeze } from '../../db/freeze';
import { agreed } from '../freeze/desk';
import { followOnce } from '../../activities/watch';
import type { MessageInput, MessageOutcome } from '../../activities/message';
import { changeOwnerParams, METHOD, withdrawBalanceParams } from '../../chain/method';
import { addressFrom } from '../../domain/address';
import { attoText, coins } from '../../domain/money';
import { cancelAndRelease, decide, look, retryNow, SA, standing, workflowIds } from '../../workflows/handles';
import { connectTemporal, startTestServer, type TemporalForTest, type TestServer } from '../support/temporal';
import { timeSkippingBundle } from '../support/time-skipping';
import { waitFor } from '../../stack/wait';
import { type Chain, FINALITY, type Rows, rowsOf, startChain, STUCK_EPOCHS } from './a-chain';
import { heldMiner } from './held-miner';

const KEYWORD = 2;
const TYPES = { KEYWORD, BOOL: 5, DATETIME: 6 } as const;

let chain: Chain;
let rows: Rows;
let server: TestServer;
let temporal: TemporalForTest;
let client: Client;
let workers: Worker[];
let running: Promise<unknown>;

jest.setTimeout(120_000);

beforeAll(async () => {
  [chain, server] = await Promise.all([startChain({ hotFil: 0n }), startTestServer()]);
  rows = rowsOf(chain);
  temporal = await connectTemporal(server.address);
  client = temporal.client;
  await client.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(Object.values(SA).map(({ name, type }) => [name, TYPES[type]])),
  });
  const workflowBundle = await timeSkippingBundle();
  const connection = temporal.nativeConnection;
  workers = [
    await Worker.create({ connection, taskQueue: 'core', workflowBundle }),
    await Worker.create({ connection, taskQueue: 'chain', activities: chain.messages }),
    await Worker.create({
      connection,
      taskQueue: 'ledger',
      activities: makeApprovalActivities({ knex: chain.app }),
    }),
    await Worker.create({ connection, taskQueue: 'signer', activities: chain.signer }),
  ];
  running = Promise.all(workers.map((worker) => worker.run()));
  await follow();
  await chain.fund(chain.hot, 100n);
  await chain.mine(FINALITY + 2);
  await follow();
});
afterEach(() => chain.devnet.control('Devnet.BaseFee', '100'));
afterAll(async () => {
  for (const worker of workers) worker.shutdown();
  await running;
  await temporal.close();
  await server.stop();
  await chain.close();
});

/** Books what is final, as chain-watch would. */
async function follow(): Promise<void> {
  const deps = { knex: chain.app, lotus: chain.lotus, finalityEpochs: null };
  for (let round = 0; round < 200; round++) if (!(await followOnce(deps)).moved) return;
  throw new Error('there is always more to follow');
}

type Handle = WorkflowHandle & { readonly id: string };

async function start(change: Partial<MessageInput> = {}): Promise<Handle> {
  const id = randomUUID();
  const input: MessageInput = {
    ...{
      id,
      kind: 'fund',
      from: chain.hot,
      to: chain.escrow,
      value: attoText(coins(1n)),
      method: 0,
      params: null,
    },
    ...{ subjectKind: 'loan', subjectId: 'l1', summary: 'Fund the escrow address' },
    ...change,
  };
  const workflowId = workflowIds.message(id);
  const handle = await client.workflow.start('message', { taskQueue: 'core', workflowId, args: [input] });
  return Object.assign(handle, { id });
}

const until = (what: string, ready: () => Promise<boolean>): Promise<unknown> =>
  waitFor(async () => ((await ready()) ? true : undefined), { what, timeoutMs: 20_000 });
const inState = (id: string, state: string): Promise<unknown> =>
  until(`message ${id} to be ${state}`, async () => (await rows.stateOf(id)) === state);

/** Mines and books until everything that was pushed is final, and tells the workflow. */
async function settle(handle: Handle): Promise<MessageOutcome> {
  await chain.mine(FINALITY + 3);
  await follow();
  await tell(handle);
  return handle.result() as Promise<MessageOutcome>;
}

/** A workflow that looked by itself meanwhile may have ended. */
async function tell(handle: Handle): Promise<void> {
  try {
    await handle.signal(look);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** One asks, another agrees: FIL would move. */
async function helpOn(
  handle: Handle,
  verb: typeof retryNow,
  meanwhile = (): Promise<unknown> => Promise.resolve(),
): Promise<void> {
  const { approvalId } = await handle.executeUpdate(verb, { args: [help] });
  if (approvalId === null) throw new Error('nobody else was asked');
  const approval = await chain
    .app<{ id: string; subject_hash: string }>('approval')
    .where({ id: approvalId })
    .first();
  const decision = {
    ...{ approvalId, decision: 'accept', reason: 'seen it too' },
    subjectHash: approval?.subject_hash ?? '',
  } as const;
  const agree = (id: string): Promise<unknown> =>
    handle.executeUpdate(decide, { args: [{ ...decision, actor: { id, role: 'checker' } }] });
  await expect(agree(help.actor.id)).rejects.toMatchObject({ cause: { type: 'maker-is-checker' } });
  expect(await rows.attempts(handle.id)).toEqual([]);
  await meanwhile();
  await agree('c1');
}

const help = { actor: { id: 's1', role: 'operator' }, reason: 'I looked at it' };

test('drafted, signed, pushed, landed, booked', async () => {
  const handle = await start();
  await inState(handle.id, 'pushed');
  const outcome = await settle(handle);
  const [attempt, ...more] = await rows.attempts(handle.id);
  expect(more).toEqual([]);
  expect(outcome).toMatchObject({ outcome: 'final', exitCode: 0, cid: attempt!.cid_signed, reason: null });
  expect(outcome.executedEpoch).toBeGreaterThan(outcome.includedEpoch!);
  expect(outcome.value).toBe(coins(1n).toString());
  expect(BigInt(outcome.gas)).toBe((await chain.lotus.stateReplay([], outcome.cid!)).totalCost);
});

test('a reorg before finality changes nothing but the time', async () => {
  const handle = await start();
  await inState(handle.id, 'pushed');
  await chain.mine(3);
  await follow();
  await inState(handle.id, 'included');
  await chain.devnet.control('Devnet.Reorg', 4);
  await chain.mine(0);
  await chain.devnet.control('Devnet.DropMempool');
  await follow();
  await inState(handle.id, 'pushed');
  await handle.signal(look);
  await until(
    'the message to be in the mempool again',
    async () => (await chain.lotus.mpoolPending()).length > 0,
  );
  expect(await settle(handle)).toMatchObject({ outcome: 'final' });
  expect(await rows.attempts(handle.id)).toHaveLength(1);
});

test('a stuck one is replaced in its slot, and the dearer one lands', async () => {
  const handle = await start();
  await inState(handle.id, 'pushed');
  await chain.devnet.control('Devnet.BaseFee', '200000000');
  await chain.mine(STUCK_EPOCHS + 1);
  await handle.signal(look);
  // The workflow looks by itself every second: the dearer attempt may be in a block already.
  await until('the node to have a dearer attempt', async () => {
    const dearer = (await rows.attempts(handle.id))[1];
    const pending = await chain.lotus.mpoolPending();
    const actor = await chain.lotus.getActor(chain.hot, []);
    return (
      dearer !== undefined &&
      (pending.some(({ cid }) => cid === dearer.cid_signed) || (actor?.nonce ?? 0) > dearer.nonce)
    );
  });
  const outcome = await settle(handle);
  const all = await rows.attempts(handle.id);
  expect(outcome.outcome).toBe('final');
  expect(outcome.cid).not.toBe(all[0]!.cid_signed);
  expect(new Set(all.map(({ nonce }) => nonce)).size).toBe(1);
});

describe('where it cannot go on, before anything is signed', () => {
  const much = { value: attoText(coins(100_000n)) };
  const needsHelp = (handle: Handle): Promise<unknown> =>
    until('it to ask for help', async () => (await handle.query(standing)).needsAction !== null);

  test('it asks a person, and goes on when the cause is gone', async () => {
    const handle = await start(much);
    await needsHelp(handle);
    expect(await rows.attempts(handle.id)).toEqual([]);
    await expect(handle.executeUpdate(retryNow, { args: [{ ...help, reason: ' ' }] })).rejects.toThrow();
    await helpOn(handle, retryNow, () => chain.fund(chain.hot, 100_001n));
    await inState(handle.id, 'pushed');
    expect((await handle.query(standing)).needsAction).toBeNull();
    await expect(handle.executeUpdate(cancelAndRelease, { args: [help] })).rejects.toThrow();
    expect(await settle(handle)).toMatchObject({ outcome: 'final' });
  });

  test('a person gives it up: nothing was signed, nothing moves', async () => {
    const handle = await start(much);
    await needsHelp(handle);
    await helpOn(handle, cancelAndRelease);
    expect(await handle.result()).toMatchObject({
      outcome: 'cancelled',
      reason: help.reason,
      cid: null,
      value: '0',
    });
    expect(await rows.stateOf(handle.id)).toBe('cancelled');
  });

  test('a call that the chain refuses gives itself up where that was asked', async () => {
    const params = Buffer.from(changeOwnerParams(addressFrom('f01234'))).toString('base64');
    const call = { kind: 'owner-propose', to: 'f01000', method: METHOD.changeOwner, params } as const;
    const handle = await start({ ...call, value: attoText(0n), failFast: true });
    expect(await handle.result()).toMatchObject({ outcome: 'cancelled', exitCode: 18 });
    expect(await rows.stateOf(handle.id)).toBe('cancelled');
  });

  test('one that finds that another took everything along gives itself up', async () => {
    await chain.fund(chain.escrow, 5n);
    const all = { from: chain.escrow, to: chain.hot, value: 'everything' } as const;
    const first = await start({ ...all, kind: 'sweep' });
    await inState(first.id, 'pushed');
    const second = await start({ ...all, kind: 'return' });
    expect(await second.result()).toMatchObject({ outcome: 'cancelled', exitCode: null });
    expect(await settle(first)).toMatchObject({ outcome: 'final' });
  });
});

test('one that fails on chain ends as failed: gas was paid, the value was not', async () => {
  const { address } = await chain.signer.deriveAddress({
    ...{ kind: 'escrow', ownerKind: 'loan', ownerId: randomUUID() },
  } as const);
  await chain.fund(address, 3n);
  const before = await chain.lotus.walletBalance(address);
  const params = Buffer.from(withdrawBalanceParams(1n)).toString('base64');
  const id = randomUUID();
  const call = {
    kind: 'withdraw-balance',
    from: address,
    to: 'f01000',
    method: METHOD.withdrawBalance,
    params,
  } as const;
  await chain.draft(id, { ...call, value: attoText(0n) });
  const gas = { gasLimit: 20_000_000, gasFeeCap: '1000000', gasPremium: '200000' };
  await chain.signer.signMessage({ messageId: id, gas });
  const handle = await start({ ...call, id, value: attoText(0n) });
  await inState(id, 'pushed');
  const outcome = await settle(Object.assign(handle, { id }));
  expect(outcome).toMatchObject({ outcome: 'failed', exitCode: 18, value: '0' });
  expect(await chain.lotus.walletBalance(address)).toBe(before - BigInt(outcome.gas));
});

test('frozen: it waits, says why, and goes on by itself once two people have lifted it', async () => {
  const miner = await heldMiner(chain);
  const subject = { loan: 'l1', miner, amount: coins(1n).toString() };
  const approvalId = await agreed(chain.admin, 'loan', 'l1', subject);
  const frozen = { id: 'f1', scope: 'payouts', customerId: null, reason: 'a strange message' } as const;
  const actor = { id: 's1', role: 'operator' };
  await chain.app.transaction((trx) => setFreeze(trx, { ...frozen, actor }, 'freeze/f1'));
  const handle = await start({ kind: 'disburse', to: miner, approvalId });
  await until('the message to say why it waits', async () => {
    const { needsAction } = await handle.query(standing);
    return needsAction?.includes('All payouts are frozen: “a strange message”') === true;
  });
  expect(await rows.attempts(handle.id)).toEqual([]);
  const lifted = await agreed(chain.admin, 'lift', 'f1');
  await chain.app.transaction((trx) => liftFreeze(trx, 'f1', lifted));
  await inState(handle.id, 'pushed');
  expect(await rows.attempts(handle.id)).toHaveLength(1);
  // Its loan is in no books: what becomes of a disbursement is another test's matter.
  await handle.terminate('the end of the test');
});

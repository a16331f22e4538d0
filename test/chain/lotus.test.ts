/** The client says what the node says: absent things are null, failures are classified, amounts stay whole. */
import { newKey, sendMessage } from '../../bin/wallet-actions';
import { type Lotus, LotusError, makeLotus } from '../../chain/lotus';
import { changeOwnerParams, METHOD } from '../../chain/method';
import { signMessage, toLotusSigned } from '../../chain/message';
import { type Address, addressFrom } from '../../domain/address';
import { coins } from '../../domain/money';
import { startDevnet, type TestDevnet } from '../support/devnet';

const NOBODY = addressFrom('f1qab73gdurhmikxy7isdnqxnsdfexxm2gom47opi');
const UNKNOWN_CID = 'bafy2bzacedklvbhp5rxsskcmzjugbknt2khrwimaoo72yrmfek57vxw4z3qhc';
const owner = newKey('f');
let devnet: TestDevnet;
let lotus: Lotus;
let miner: Address;

beforeAll(async () => {
  devnet = await startDevnet({ finality: 5, genesisTime: 1_700_000_000 });
  lotus = makeLotus({ url: devnet.rpc, token: devnet.tokens.write, timeoutMs: 3_000 });
});
afterAll(() => devnet.stop());

const failure = async (work: Promise<unknown>): Promise<Pick<LotusError, 'kind' | 'code' | 'text'>> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof LotusError) return { kind: error.kind, code: error.code, text: error.text };
    throw error;
  }
  throw new Error('it did not fail');
};

test('nothing is final on a young chain', async () => {
  expect(await lotus.finalizedTipset({ finalityEpochs: null })).toBeNull();
  expect(await lotus.finalizedTipset({ finalityEpochs: 5 })).toBeNull();
});

test('the network as the node shows it', async () => {
  expect(await lotus.network()).toEqual({
    name: 'mainnet',
    prefix: 'f',
    genesisTime: 1_700_000_000,
    epochSeconds: 30,
  });
});

test('final tipsets by the node and by depth', async () => {
  await devnet.control('Devnet.Mine', 8);
  await devnet.control('Devnet.NullRounds', 2);
  const head = await lotus.chainHead();
  expect((await lotus.finalizedTipset({ finalityEpochs: null }))?.height).toBe(head.height - 5);
  const atNullRound = await lotus.finalizedTipset({ finalityEpochs: 1 });
  expect(atNullRound?.height).toBe(head.height - 3);
  expect((await lotus.tipset(head.parents)).key).toEqual(atNullRound?.key);
});

describe('what is not there is null or zero', () => {
  test.each([
    ['balance', () => lotus.walletBalance(NOBODY), 0n],
    ['actor', () => lotus.getActor(NOBODY, []), null],
    ['actor of an ID', () => lotus.getActor(addressFrom('f0999999'), []), null],
    ['ID', () => lotus.lookupId(NOBODY, []), null],
    ['nonce', () => lotus.mpoolNonce(NOBODY), 0],
    ['key of an ID', () => lotus.accountKey(addressFrom('f0999999'), []), null],
    ['key of a miner', () => lotus.accountKey(addressFrom('f01000'), []), null],
    ['message', () => lotus.getMessage(UNKNOWN_CID), null],
    ['lookup', () => lotus.searchMsg(UNKNOWN_CID), null],
    ['pending messages', () => lotus.mpoolPending(), []],
  ] as const)('%s', async (_name, ask, expected) => expect(await ask()).toEqual(expected));
});

describe('failures say what kind they are', () => {
  test('an application error with its code', async () => {
    const call = { from: NOBODY, to: NOBODY, value: 1n, method: 0, params: new Uint8Array() };
    const found = await failure(lotus.estimateGas(call));
    expect(found).toMatchObject({ kind: 'rpc', code: 1 });
    expect(found.text).toContain('not found on chain');
  });
  test('a JSON-RPC error under HTTP 500', async () => {
    const found = await failure(lotus.getActor('f1nonsense' as Address, []));
    expect(found).toMatchObject({ kind: 'rpc', code: -32700 });
  });
  test('a token that the node does not know', async () => {
    const stranger = makeLotus({ url: devnet.rpc, token: 'no.such.token' });
    expect(await failure(stranger.chainHead())).toMatchObject({ kind: 'http', code: 401 });
  });
  test('a token that may only read', async () => {
    const reader = makeLotus({ url: devnet.rpc, token: devnet.tokens.read });
    const gas = { gasLimit: 1, gasFeeCap: 1n, gasPremium: 1n };
    const message = {
      from: owner.address,
      to: NOBODY,
      nonce: 0,
      value: 1n,
      method: 0,
      params: new Uint8Array(),
    };
    const signed = signMessage({ ...message, ...gas }, Buffer.from(owner.privateKeyHex, 'hex'));
    const found = await failure(reader.mpoolPush(toLotusSigned(signed)));
    expect(found.text).toContain("need 'write'");
  });
  test('no answer in time, and nobody there', async () => {
    const hasty = makeLotus({ url: devnet.rpc, timeoutMs: 300 });
    await devnet.control('Devnet.Stall', true);
    expect(await failure(hasty.chainHead())).toMatchObject({ kind: 'timeout', code: null });
    await devnet.control('Devnet.Stall', false);
    const nobody = makeLotus({ url: 'http://127.0.0.1:9/rpc/v1' });
    expect(await failure(nobody.chainHead())).toMatchObject({ kind: 'network', code: null });
  });
  test('a program that asks again gets over a node that was busy, and no further', async () => {
    const steady = makeLotus({ url: devnet.rpc, tries: 2 });
    const fail = (times: number) =>
      devnet.control('Devnet.Fail', { method: 'ChainHead', times, how: 'http-500' });
    await fail(1);
    expect((await steady.chainHead()).height).toBe((await lotus.chainHead()).height);
    await fail(2);
    expect(await failure(steady.chainHead())).toMatchObject({ kind: 'http', code: 500 });
  });
  test('an answer that is no JSON-RPC', async () => {
    const elsewhere = makeLotus({ url: devnet.rpc.replace('/rpc/v1', '/nowhere') });
    expect(await failure(elsewhere.chainHead())).toMatchObject({ kind: 'http', code: 404 });
  });
});

describe('a miner', () => {
  beforeAll(async () => {
    await devnet.control('Devnet.Fund', owner.address, coins(50n).toString());
    const wanted = { Owner: owner.address, Available: coins(7n).toString(), Pledge: coins(3n).toString() };
    miner = addressFrom(String(await devnet.control('Devnet.CreateMiner', wanted)));
  });

  test('its nominee is read where the node shows none', async () => {
    const nominee = newKey('f');
    await devnet.control('Devnet.Fund', nominee.address, coins(1n).toString());
    const [ownerId, nomineeId] = [
      await lotus.lookupId(owner.address, []),
      await lotus.lookupId(nominee.address, []),
    ];
    expect(await lotus.minerPendingOwner(miner, [])).toEqual({ owner: ownerId, pending: null });
    const params = changeOwnerParams(nomineeId!);
    const sending = sendMessage({
      lotus,
      key: owner,
      to: miner,
      value: 0n,
      method: METHOD.changeOwner,
      params,
    });
    await devnet.control('Devnet.AutoMine', 100);
    expect((await sending).exitCode).toBe(0);
    await devnet.control('Devnet.AutoMine', 0);
    expect(await lotus.minerPendingOwner(miner, [])).toEqual({ owner: ownerId, pending: nomineeId });
    expect((await lotus.minerInfo(miner, [])).owner).toBe(ownerId);
  });

  test('its amounts, power and state', async () => {
    expect(await lotus.minerAvailable(miner, [])).toBe(coins(7n));
    expect(await lotus.minerState(miner, [])).toMatchObject({ initialPledge: coins(3n), feeDebt: 0n });
    expect((await lotus.minerPower(miner, [])).miner.rawBytes).toBe(0n);
    expect((await lotus.minerInfo(miner, [])).newWorker).toBeNull();
  });

  test('a call that fails is told before it is sent, and by its trace', async () => {
    const call = {
      ...{ from: owner.address, to: addressFrom('f01000'), value: 0n },
      ...{ method: METHOD.changeOwner, params: changeOwnerParams(addressFrom('f01234')) },
    };
    expect(await failure(lotus.estimateGas(call))).toMatchObject({ kind: 'rpc', code: 3 });
    const result = await lotus.stateCall(call, []);
    expect(result.exitCode).toBe(18);
    expect(result.error).toContain('not one of supported');
  });
});

test('an unsigned CID, a replaced call, and what another call displaced', async () => {
  const key = newKey('f');
  const secret = Buffer.from(key.privateKeyHex, 'hex');
  await devnet.control('Devnet.Fund', key.address, coins(5n).toString());
  const call = { from: key.address, to: NOBODY, nonce: 0, value: 1n, method: 0, params: new Uint8Array() };
  const gas = { gasLimit: 10_000_000, gasFeeCap: 1_000_000n, gasPremium: 200_000n };
  const [first, dearer, other] = [
    signMessage({ ...call, ...gas }, secret),
    signMessage({ ...call, ...gas, gasPremium: 300_000n }, secret),
    signMessage({ ...call, ...gas, gasPremium: 400_000n, value: 2n }, secret),
  ];
  await lotus.mpoolPush(toLotusSigned(first));
  await lotus.mpoolPush(toLotusSigned(dearer));
  expect((await lotus.mpoolPending()).map(({ cid }) => cid)).toEqual([dearer.cidSigned]);
  expect(await lotus.searchMsg(first.cidSigned)).toBeNull();
  await devnet.control('Devnet.Mine', 1);
  expect(await lotus.searchMsg(dearer.cidSigned)).toBeNull();
  await devnet.control('Devnet.Mine', 1);
  for (const cid of [first.cidSigned, dearer.cidSigned, dearer.cidUnsigned]) {
    expect(await lotus.searchMsg(cid)).toMatchObject({ cid: dearer.cidSigned, receipt: { exitCode: 0 } });
  }
  await devnet.control('Devnet.Reorg', 2);
  await lotus.mpoolPush(toLotusSigned(other));
  await devnet.control('Devnet.Mine', 2);
  expect(await lotus.searchMsg(dearer.cidSigned)).toBe('replaced');
  expect(await lotus.searchMsg(other.cidSigned)).toMatchObject({ cid: other.cidSigned });
});

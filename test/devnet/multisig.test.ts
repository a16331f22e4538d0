import { bigToBytes } from '../../devnet/token';
import {
  bytesOf,
  cbor,
  deliver,
  fil,
  FIL,
  funded,
  getOwner,
  hexOf,
  METHOD,
  multisigOf,
  ownerParams,
  type Person,
} from './actors';
import { startDevnet, type Devnet } from './harness';

type Who = Person & { id: string };

let devnet: Devnet;
let ann: Who;
let ben: Who;
let stranger: Who;
let wallet = '';

const NOTHING: Uint8Array = new Uint8Array();
const propose = (who: Who, to: string, value: bigint, method = 0, params: Uint8Array = NOTHING) =>
  deliver(devnet, who, {
    to: wallet,
    method: 2,
    params: cbor([bytesOf(to), bigToBytes(value), method, params]),
  });
const approve = (who: Who, id: number) =>
  deliver(devnet, who, { to: wallet, method: 3, params: cbor([id, NOTHING]) });
const hexReturn = (ret: string | null): string => Buffer.from(ret ?? '', 'base64').toString('hex');

beforeAll(async () => {
  devnet = await startDevnet();
  [ann, ben, stranger] = [await funded(devnet), await funded(devnet), await funded(devnet)];
  wallet = await multisigOf(devnet, ann, [ann.address, ben.id], 2);
});
afterAll(() => devnet.stop());

test('two of two pay: the payment is an internal send of the approval', async () => {
  const proposed = await propose(ann, stranger.id, FIL);
  expect([proposed.exit, hexReturn(proposed.ret)]).toEqual([0, hexOf([0, false, 0, NOTHING])]);
  const before = BigInt(await devnet.call<string>('WalletBalance', stranger.id));
  const approved = await approve(ben, 0);
  expect([approved.exit, hexReturn(approved.ret)]).toEqual([0, hexOf([true, 0, NOTHING])]);
  expect(approved.replay.ExecutionTrace.Subcalls).toEqual([
    expect.objectContaining({
      Msg: expect.objectContaining({ From: wallet, To: stranger.id, Value: fil(1) }) as unknown,
    }),
  ]);
  expect(BigInt(await devnet.call<string>('WalletBalance', stranger.id))).toBe(before + FIL);
});

test('strangers may neither propose nor approve, nobody twice, nothing unknown', async () => {
  const said = `${stranger.id} is not a signer`;
  expect(await propose(stranger, ann.id, FIL)).toMatchObject({ exit: 18, said });
  const { nextId } = await nextTxn();
  await propose(ann, stranger.id, FIL);
  expect(await approve(stranger, nextId)).toMatchObject({ exit: 18, said });
  expect(await approve(ann, nextId)).toMatchObject({
    exit: 18,
    said: `${ann.id} already approved this message`,
  });
  expect(await approve(ben, 99)).toMatchObject({ exit: 17 });
  expect((await deliver(devnet, ben, { to: wallet, method: 4, params: cbor([nextId, NOTHING]) })).exit).toBe(
    18,
  );
  expect((await deliver(devnet, ann, { to: wallet, method: 4, params: cbor([nextId, NOTHING]) })).exit).toBe(
    0,
  );
  expect((await approve(ben, nextId)).exit).toBe(17);
});

test('a multisig owns a miner: its inner call may fail while the approval succeeds', async () => {
  const miner = await devnet.control<string>('CreateMiner', {
    Owner: wallet,
    Worker: ann.id,
    Available: fil(1),
  });
  for (const [method, exit] of [
    [METHOD.changeOwner, 0],
    [99, 22],
  ] as const) {
    const { nextId } = await nextTxn();
    const params = method === 99 ? NOTHING : ownerParams(ann.id);
    await propose(ann, miner, 0n, method, params);
    const approved = await approve(ben, nextId);
    expect([approved.exit, approved.error, hexReturn(approved.ret)]).toEqual([
      0,
      '',
      hexOf([true, exit, NOTHING]),
    ]);
  }
  expect(await getOwner(devnet, miner)).toBe(hexOf([bytesOf(wallet), bytesOf(ann.id)]));
  expect((await devnet.error('StateAccountKey', wallet, [])).message).toContain(
    'actor code is not account: multisig',
  );
});

test('reads of a multisig: what waits, and what could be spent', async () => {
  const { nextId } = await nextTxn();
  await propose(ann, stranger.address, 5n);
  expect(await devnet.call('MsigGetPending', wallet, [])).toContainEqual({
    ID: nextId,
    To: stranger.address,
    Value: '5',
    Method: 0,
    Params: null,
    Approved: [ann.id],
  });
  expect(await devnet.call('MsigGetAvailableBalance', wallet, [])).toBe(
    await devnet.call('WalletBalance', wallet),
  );
  expect(await devnet.error('MsigGetPending', ann.id, [])).toEqual({
    code: 1,
    message: 'failed to load multisig actor state: actor code is not multisig: account',
  });
  expect((await devnet.error('MsigGetAvailableBalance', 'f0999999', [])).message).toBe(
    'failed to load multisig actor: actor not found',
  );
});

async function nextTxn(): Promise<{ nextId: number }> {
  const { State } = await devnet.call<{ State: { NextTxnID: number } }>('StateReadState', wallet, []);
  return { nextId: State.NextTxnID };
}

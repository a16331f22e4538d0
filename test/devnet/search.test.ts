import { exported } from '../../devnet/vm/exported';
import { signedJson } from '../../devnet/message';
import { deliver, fil, FIL, funded, METHOD, person, push, signedBy, withdrawParams } from './actors';
import type { Invocation, Lookup, Person, TipsetJson } from './actors';
import { startDevnet, type Devnet } from './harness';

type Who = Person & { id: string };
interface Waited extends Lookup {
  readonly ReturnDec: unknown;
}
interface Change {
  readonly Type: string;
  readonly Val: TipsetJson;
}

let devnet: Devnet;
let sender: Who;
let receiver: Who;

const mine = (n = 1): Promise<TipsetJson> => devnet.control<TipsetJson>('Mine', n);
const wait = (cid: string, confidence: number): Promise<Waited> =>
  devnet.call<Waited>('StateWaitMsg', { '/': cid }, confidence, -1, true);

beforeAll(async () => {
  devnet = await startDevnet();
  receiver = await funded(devnet);
});
afterAll(() => devnet.stop());
beforeEach(async () => {
  sender = await funded(devnet, fil(100));
});

describe('StateWaitMsg', () => {
  test('gives what the head has just executed at once, whatever confidence was asked for', async () => {
    const m = await push(devnet, sender, { to: receiver.address });
    const executing = await mine(2);
    expect(await wait(m.cid, 5)).toMatchObject({ Message: { '/': m.cid }, Height: executing.Height });
  });

  test('decodes what was returned; StateSearchMsg does not', async () => {
    const miner = await devnet.control<string>('CreateMiner', {
      Owner: sender.id,
      Worker: sender.id,
      Available: fil(3),
    });
    const paid = await deliver(devnet, sender, {
      to: miner,
      method: METHOD.withdraw,
      params: withdrawParams(FIL),
    });
    expect((await wait(paid.cid, 0)).ReturnDec).toBe(fil(1));
    expect(await devnet.call('StateSearchMsg', [], { '/': paid.cid }, -1, true)).toMatchObject({
      ReturnDec: null,
    });
    const owner = await deliver(devnet, sender, { to: miner, method: METHOD.getOwner });
    expect((await wait(owner.cid, 0)).ReturnDec).toEqual({ Owner: sender.id, Proposed: null });
    const beneficiary = await deliver(devnet, sender, { to: miner, method: METHOD.getBeneficiary });
    expect((await wait(beneficiary.cid, 0)).ReturnDec).toEqual({
      Active: { Beneficiary: sender.id, Term: { Quota: '0', UsedQuota: '0', Expiration: 0 } },
      Proposed: null,
    });
    const size = await deliver(devnet, sender, { to: miner, method: exported('GetSectorSize') });
    expect((await wait(size.cid, 0)).ReturnDec).toBe(size.ret);
    const refused = await deliver(devnet, receiver, {
      to: miner,
      method: METHOD.withdraw,
      params: withdrawParams(FIL),
    });
    expect((await wait(refused.cid, 0)).ReturnDec).toBeNull();
  });
});

test('StateReplay of a replaced message names the one that landed', async () => {
  const old = await push(devnet, sender, { to: receiver.address, value: 1n });
  const better = signedBy(sender, { to: receiver.address, value: 1n, gasPremium: 300_000n }, 0);
  await devnet.call('MpoolPush', signedJson(better));
  await mine(2);
  const replay = await devnet.call<Invocation>('StateReplay', [], { '/': old.cid });
  expect(replay.MsgCid['/']).toBe(better.cid);
});

describe('StateListMessages', () => {
  test('finds by sender and receiver, newest first, down to a height', async () => {
    const first = await push(devnet, sender, { to: receiver.address });
    const { Height: height } = await mine();
    const second = await push(devnet, sender, { to: receiver.address });
    await mine(2);
    const list = (match: object, to = 0): Promise<{ '/': string }[] | null> =>
      devnet.call('StateListMessages', match, [], to);
    expect(await list({ From: sender.address })).toEqual([{ '/': second.cid }, { '/': first.cid }]);
    expect(await list({ From: sender.address, To: receiver.address }, height + 1)).toEqual([
      { '/': second.cid },
    ]);
    // Only the spelling of the message itself matches.
    expect(await list({ From: sender.id })).toBeNull();
    expect(await list({ From: person().address })).toBeNull();
    expect(await devnet.error('StateListMessages', {}, [], 0)).toEqual({
      code: 1,
      message: 'must specify at least To or From in message filter',
    });
  });
});

describe('ChainGetPath', () => {
  test('leaves one branch and enters the other', async () => {
    const fork = await mine();
    const left = await mine();
    await devnet.control('Reorg', 1);
    const right = await mine(2);
    const path = await devnet.call<Change[]>('ChainGetPath', left.Cids, right.Cids);
    expect(path.map(({ Type, Val }) => [Type, Val.Height])).toEqual([
      ['revert', fork.Height + 1],
      ['apply', fork.Height + 1],
      ['apply', fork.Height + 2],
    ]);
    expect(path.at(-1)?.Val.Cids).toEqual(right.Cids);
    expect(await devnet.call('ChainGetPath', right.Cids, right.Cids)).toEqual([]);
    expect((await devnet.error('ChainGetPath', [], right.Cids)).message).toBe(
      'loading from tipset {}: NewTipSet called with zero length array of blocks',
    );
  });
});

import { signedJson, type SignedMessage } from '../../devnet/message';
import { deliver, fil, FIL, funded, METHOD, outcome, person, push, signedBy, withdrawParams } from './actors';
import type { Invocation, Lookup, Person, TipsetJson } from './actors';
import { startDevnet, type Devnet } from './harness';

type Who = Person & { id: string };

let devnet: Devnet;
let sender: Who;
let receiver: Who;

const head = (): Promise<TipsetJson> => devnet.call<TipsetJson>('ChainHead');
const mine = (n = 1): Promise<TipsetJson> => devnet.control<TipsetJson>('Mine', n);
const search = (m: SignedMessage, from: unknown = [], limit = -1, replaced = true): Promise<Lookup | null> =>
  devnet.call<Lookup | null>('StateSearchMsg', from, { '/': m.cid }, limit, replaced);
const mpoolNonce = (): Promise<number> => devnet.call<number>('MpoolGetNonce', sender.address);
const actorNonce = async (): Promise<number> =>
  (await devnet.call<{ Nonce: number }>('StateGetActor', sender.address, [])).Nonce;
const pending = async (): Promise<number> => (await devnet.call<unknown[]>('MpoolPending', [])).length;
const balance = async (who: string): Promise<bigint> =>
  BigInt(await devnet.call<string>('WalletBalance', who));

beforeAll(async () => {
  devnet = await startDevnet({ args: ['--finality', '20'] });
  receiver = await funded(devnet);
});
afterAll(() => devnet.stop());
beforeEach(async () => {
  sender = await funded(devnet, fil(100));
});

describe('one message', () => {
  test('pushed, included, executed: what is seen at each head', async () => {
    const before = await balance(receiver.address);
    const m = await push(devnet, sender, { to: receiver.address, value: FIL });
    expect([await search(m), await pending(), await mpoolNonce(), await actorNonce()]).toEqual([
      null,
      1,
      1,
      0,
    ]);
    const including = await mine();
    expect([await search(m), await pending(), await mpoolNonce(), await actorNonce()]).toEqual([
      null,
      0,
      1,
      0,
    ]);
    expect(await balance(receiver.address)).toBe(before);
    const executing = await mine();
    expect(executing.Blocks[0]?.Parents).toEqual(including.Cids);
    expect(await search(m)).toEqual({
      Message: { '/': m.cid },
      Receipt: { ExitCode: 0, Return: null, GasUsed: expect.any(Number) as number, EventsRoot: null },
      ReturnDec: null,
      TipSet: executing.Cids,
      Height: executing.Height,
    });
    expect([await pending(), await mpoolNonce(), await actorNonce()]).toEqual([0, 1, 1]);
    expect(await balance(receiver.address)).toBe(before + FIL);
  });

  test('receipts and messages of the parent, in order of execution', async () => {
    const bls = await funded(devnet, fil(1), 'bls');
    const first = await push(devnet, sender, { to: receiver.address, value: 1n });
    const second = await push(devnet, bls, { to: receiver.address, value: 1n });
    const including = await mine();
    const executing = await mine();
    const messages = await devnet.call<{ Cid: { '/': string } }[]>(
      'ChainGetParentMessages',
      executing.Cids[0],
    );
    // BLS messages run before the others.
    expect(messages.map((m) => m.Cid['/'])).toEqual([second.cid, first.cid]);
    const receipts = await devnet.call<Lookup['Receipt'][]>('ChainGetParentReceipts', executing.Cids[0]);
    expect(receipts.map((r) => r.ExitCode)).toEqual([0, 0]);
    const block = await devnet.call<Record<string, unknown[]>>('ChainGetBlockMessages', including.Cids[0]);
    expect([block['BlsMessages']?.length, block['SecpkMessages']?.length, block['Cids']?.length]).toEqual([
      1, 1, 2,
    ]);
    expect(await devnet.call('ChainGetParentMessages', including.Cids[0])).toBeNull();
    expect(await devnet.call('ChainGetParentReceipts', including.Cids[0])).toEqual([]);
    expect(await devnet.call('ChainGetMessagesInTipset', executing.Cids)).toBeNull();
    expect(await devnet.call('ChainGetMessagesInTipset', including.Cids)).toHaveLength(2);
  });

  test('state at a tipset is that before its own messages', async () => {
    const before = await balance(receiver.address);
    await push(devnet, sender, { to: receiver.address, value: FIL });
    const including = await mine();
    const executing = await mine();
    const at = async (key: unknown): Promise<bigint> =>
      BigInt((await devnet.call<{ Balance: string }>('StateGetActor', receiver.address, key)).Balance);
    expect([await at(including.Cids), await at(executing.Cids)]).toEqual([before, before + FIL]);
  });

  test('the limit of a search counts epochs', async () => {
    const m = await push(devnet, sender, { to: receiver.address });
    await mine(22);
    expect(await search(m, [], 5)).toBeNull();
    expect(await search(m)).not.toBeNull();
  });

  test('the unsigned CID finds it too, and the answer names the signed one', async () => {
    const m = await push(devnet, sender, { to: receiver.address });
    await mine(2);
    const found = await devnet.call<Lookup>('StateSearchMsg', [], { '/': m.unsignedCid }, -1, true);
    expect(found.Message['/']).toBe(m.cid);
    expect(await devnet.call('ChainGetMessage', { '/': m.cid })).toMatchObject({
      CID: { '/': m.unsignedCid },
    });
  });

  test('StateWaitMsg answers when the confidence is reached', async () => {
    const m = await push(devnet, sender, { to: receiver.address });
    const waiting = devnet.call<Lookup>('StateWaitMsg', { '/': m.cid }, 2, -1, true);
    await mine(4);
    const found = await waiting;
    expect(found.Message['/']).toBe(m.cid);
    expect((await head()).Height).toBeGreaterThanOrEqual(found.Height + 2);
  });
});

describe('a replaced message', () => {
  const replace = async (value: bigint): Promise<[SignedMessage, SignedMessage]> => {
    const old = await push(devnet, sender, { to: receiver.address, value: 1n });
    const better = signedBy(sender, { to: receiver.address, value, gasPremium: 300_000n }, 0);
    await devnet.call('MpoolPush', signedJson(better));
    await mine(2);
    return [old, better];
  };

  test('same call: the replacement is found, unless replaced ones are not wanted', async () => {
    const [old, better] = await replace(1n);
    expect((await search(old))?.Message['/']).toBe(better.cid);
    expect(await search(old, [], -1, false)).toBeNull();
    expect(await search(better, [], -1, false)).not.toBeNull();
  });

  test('another call: an error', async () => {
    const [old, better] = await replace(2n);
    const text = `message was replaced: found message with equal nonce as the one we are looking for that is NOT a valid replacement message (F:${old.cid} n 0, TS: ${better.cid} n0): message was replaced`;
    expect(await devnet.error('StateSearchMsg', [], { '/': old.cid }, -1, true)).toEqual({
      code: 1,
      message: text,
    });
    expect(await devnet.error('StateWaitMsg', { '/': old.cid }, 0, -1, true)).toEqual({
      code: 1,
      message: text,
    });
  });
});

describe('null rounds', () => {
  test('StateCompute ticks cron for each of them first', async () => {
    const after = await devnet.control<TipsetJson>('NullRounds', 2);
    const { Trace: trace } = await devnet.call<{
      Trace: (Invocation & { Msg: { To: string; Nonce: number } })[];
    }>('StateCompute', after.Height, null, after.Cids);
    expect(trace.map(({ Msg }) => [Msg.To, Msg.Nonce])).toEqual([
      ['f03', after.Height - 2],
      ['f03', after.Height - 1],
      ['f02', after.Height],
      ['f03', after.Height],
    ]);
  });

  test('the height before, the height after', async () => {
    const before = await mine();
    const after = await devnet.control<TipsetJson>('NullRounds', 3);
    expect(after.Height).toBe(before.Height + 4);
    expect(after.Blocks[0]?.Parents).toEqual(before.Cids);
    for (const offset of [0, 1, 2, 3]) {
      const height = before.Height + offset;
      expect((await devnet.call<TipsetJson>('ChainGetTipSetByHeight', height, [])).Cids).toEqual(before.Cids);
      const next = offset === 0 ? before : after;
      expect((await devnet.call<TipsetJson>('ChainGetTipSetAfterHeight', height, null)).Cids).toEqual(
        next.Cids,
      );
    }
    expect((await devnet.call<TipsetJson>('ChainGetTipSet', before.Cids)).Height).toBe(before.Height);
  });

  test('timestamps follow the height', async () => {
    const genesis = await devnet.call<TipsetJson>('ChainGetGenesis');
    const now = await devnet.control<TipsetJson>('NullRounds', 2);
    expect(now.Blocks[0]?.Timestamp).toBe((genesis.Blocks[0]?.Timestamp ?? 0) + now.Height * 30);
  });
});

describe('a reorg', () => {
  test('messages go back to the mempool; the orphan still tells them', async () => {
    const m = await push(devnet, sender, { to: receiver.address, value: FIL });
    await mine();
    const orphan = await mine();
    expect(await actorNonce()).toBe(1);
    const after = await devnet.control<TipsetJson>('Reorg', 2);
    expect(after.Height).toBe(orphan.Height - 2);
    expect([await pending(), await search(m), await actorNonce(), await mpoolNonce()]).toEqual([
      1,
      null,
      0,
      1,
    ]);
    expect((await search(m, orphan.Cids))?.Message['/']).toBe(m.cid);
    expect((await devnet.call<TipsetJson>('ChainGetTipSet', orphan.Cids)).Height).toBe(orphan.Height);
    const conflicting = signedBy(sender, { to: receiver.address, value: 2n }, 0);
    expect((await devnet.error('MpoolPush', signedJson(conflicting))).message).toContain(
      'replace by fee has too low GasPremium',
    );
    const again = await mine(2);
    expect(again.Cids).not.toEqual(orphan.Cids);
    expect((await outcome(devnet, m)).exit).toBe(0);
  });

  test('what is final is never undone', async () => {
    await mine(25);
    await expect(devnet.control('Reorg', 20)).rejects.toThrow(/final/);
    const final = await devnet.call<TipsetJson>('ChainGetFinalizedTipSet');
    expect(final.Height).toBe((await head()).Height - 20);
    await devnet.control('Reorg', 19);
    expect((await devnet.call<TipsetJson>('ChainGetTipSetByHeight', final.Height, [])).Cids).toEqual(
      final.Cids,
    );
  });

  test('DropMempool forgets what is pending', async () => {
    const m = await push(devnet, sender, { to: receiver.address });
    await devnet.control('DropMempool');
    expect([await pending(), await mpoolNonce()]).toEqual([0, 0]);
    await devnet.call('MpoolPush', signedJson(m));
    await mine(2);
    expect((await outcome(devnet, m)).exit).toBe(0);
  });
});

describe('traces', () => {
  test('an internal send shows in StateCompute and StateReplay only', async () => {
    const miner = await devnet.control<string>('CreateMiner', {
      Owner: sender.id,
      Worker: sender.id,
      Available: fil(3),
    });
    const done = await deliver(devnet, sender, {
      to: miner,
      method: METHOD.withdraw,
      params: withdrawParams(2n * FIL),
    });
    const [inner] = done.replay.ExecutionTrace.Subcalls ?? [];
    expect(inner).toMatchObject({
      Msg: { From: miner, To: sender.id, Value: fil(2), Method: 0 },
      MsgRct: { ExitCode: 0 },
      Subcalls: null,
    });
    const including = await devnet.call<TipsetJson>('ChainGetTipSetByHeight', done.height - 1, []);
    const computed = await devnet.call<{ Root: unknown; Trace: Invocation[] }>(
      'StateCompute',
      including.Height,
      null,
      including.Cids,
    );
    // After people's messages those of the system: the award of the block, the tick of the epoch.
    expect(computed.Trace.map(({ ExecutionTrace: { Msg } }) => [Msg.From, Msg.To, Msg.Method])).toEqual([
      [sender.id, miner, METHOD.withdraw],
      ['f00', 'f02', 2],
      ['f00', 'f03', 2],
    ]);
    expect(computed.Trace[0]?.MsgCid['/']).toBe(done.cid);
    expect(computed.Trace[0]?.ExecutionTrace.Subcalls).toEqual(done.replay.ExecutionTrace.Subcalls);
    expect((await devnet.call<Invocation>('StateReplay', including.Cids, { '/': done.cid })).GasCost).toEqual(
      done.replay.GasCost,
    );
    const executing = await devnet.call<TipsetJson>('ChainGetTipSetByHeight', done.height, []);
    expect((await devnet.error('StateReplay', executing.Cids, { '/': done.cid })).message).toBe(
      'given message not found in tipset',
    );
  });

  test('a call that fails is a result', async () => {
    const answer = await devnet.call<Invocation>(
      'StateCall',
      { From: receiver.id, To: 'f01000', Method: 16, Params: 'gUEA' },
      [],
    );
    expect(answer.MsgRct.ExitCode).toBe(18);
    expect(answer.Error).toBe(
      `message failed with backtrace:\n00: f01000 (method 16) -- caller ${receiver.id} is not one of supported (18)\n (RetCode=18)`,
    );
    const { address } = person();
    const error = await devnet.error('StateCall', { From: address, To: 'f01000' }, []);
    expect(error.message).toBe(`sender ${address} not found on chain: sender validation failed`);
  });
});

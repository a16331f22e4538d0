import { deliver, fil, FIL, funded, GAS, person, push, type Invocation, type Person } from './actors';
import { startDevnet, type Devnet } from './harness';

type Who = Person & { id: string };

interface Filled {
  readonly GasLimit: number;
  readonly GasFeeCap: string;
  readonly GasPremium: string;
  readonly Nonce: number;
}

let devnet: Devnet;
let sender: Who;
let receiver: Who;

const estimate = (message: object, spec: unknown = null): Promise<Filled> =>
  devnet.call<Filled>(
    'GasEstimateMessageGas',
    { From: sender.address, To: receiver.address, ...message },
    spec,
    [],
  );
const balance = async (who: string): Promise<bigint> =>
  BigInt(await devnet.call<string>('WalletBalance', who));

beforeAll(async () => {
  devnet = await startDevnet();
  [sender, receiver] = [await funded(devnet, fil(1000)), await funded(devnet)];
});
afterAll(() => devnet.stop());

describe('estimates', () => {
  test('limit is 1.25 × use, fee cap is premium + about ten base fees', async () => {
    const limit = await devnet.call<number>(
      'GasEstimateGasLimit',
      { From: sender.address, To: receiver.address },
      [],
    );
    const filled = await estimate({});
    expect(filled.GasLimit).toBe(Math.trunc(limit * 1.25));
    expect(BigInt(filled.GasFeeCap) - BigInt(filled.GasPremium)).toBe(1054n);
    expect(filled.Nonce).toBe(0);
  });

  test('what is set is kept; a highest fee is shared out over the limit', async () => {
    expect(
      await estimate({ GasLimit: 5_000_000, GasFeeCap: '7000', GasPremium: '300', Nonce: 9 }),
    ).toMatchObject({
      GasLimit: 5_000_000,
      GasFeeCap: '7000',
      GasPremium: '300',
      Nonce: 9,
    });
    const capped = await estimate({}, { MaxFee: '1000000000' });
    const share = (1_000_000_000n / BigInt(capped.GasLimit)).toString();
    expect([capped.GasFeeCap, capped.GasPremium]).toEqual([share, share]);
  });

  test.each(['GasEstimateMessageGas', 'GasEstimateGasLimit'])('%s of a failing call', async (method) => {
    const message = { From: sender.address, To: 'f01000', Method: 16, Params: 'gUEA' };
    const params = method === 'GasEstimateGasLimit' ? [message, []] : [message, null, []];
    expect(await devnet.error(method, ...params)).toEqual({
      code: 3,
      message: `message execution failed (exit=[ErrForbidden(18)], vm error=[message failed with backtrace:\n00: f01000 (method 16) -- caller ${sender.id} is not one of supported (18)\n (RetCode=18)])`,
      data: '0x',
    });
  });

  test('a sender without actor', async () => {
    const { address } = person();
    expect(
      await devnet.error('GasEstimateMessageGas', { From: address, To: receiver.address }, null, []),
    ).toEqual({
      code: 1,
      message: `gas estimation failed: CallWithGas failed: sender ${address} not found on chain: sender validation failed`,
    });
  });

  test.each([
    ['an ID without actor', 'f0999999', 'failed to find actor: f0999999'],
    [
      'a miner',
      'f01000',
      'failed to get account actor state for f01000: actor code is not account: storageminer',
    ],
  ])('%s as the sender', async (_name, from, why) => {
    expect(
      await devnet.error('GasEstimateMessageGas', { From: from, To: receiver.address }, null, []),
    ).toEqual({ code: 1, message: `gas estimation failed: getting key address: ${why}` });
  });

  test('runs after the pending messages before the nonce of the one asked about', async () => {
    const half = (await balance(sender.address)) / 2n;
    const value = (half + FIL).toString();
    await push(devnet, sender, { to: receiver.address, value: half });
    const nonce = await devnet.call<number>('MpoolGetNonce', sender.address);
    const error = await devnet.error(
      'GasEstimateMessageGas',
      { From: sender.address, To: receiver.address, Value: value, Nonce: nonce },
      null,
      [],
    );
    expect(error.message).toContain('SysErrInsufficientFunds(6)');
    // Asked for the nonce of the pending one, it stands in its place.
    await estimate({ Value: value, Nonce: nonce - 1 });
    await devnet.control('DropMempool');
  });

  test('the tipset key: ignored by the whole estimate, looked at by its parts', async () => {
    const key = [{ '/': 'bafy2bzacedklvbhp5rxsskcmzjugbknt2khrwimaoo72yrmfek57vxw4z3qhc' }];
    const m = { From: sender.address, To: receiver.address };
    const missing = `get block ${key[0]?.['/'] ?? ''}: ipld: could not find ${key[0]?.['/'] ?? ''}`;
    await devnet.call('GasEstimateMessageGas', m, null, key);
    expect((await devnet.error('GasEstimateGasLimit', m, key)).message).toBe(`getting tipset: ${missing}`);
    const fromKey = `getting tipset from key: ${missing}`;
    expect((await devnet.error('GasEstimateFeeCap', m, 20, key)).message).toBe(fromKey);
    expect((await devnet.error('GasEstimateGasPremium', 10, sender.address, 0, key)).message).toBe(fromKey);
  });

  test('a value above the balance', async () => {
    const error = await devnet.error(
      'GasEstimateMessageGas',
      { From: sender.address, To: receiver.address, Value: fil(9999) },
      null,
      [],
    );
    expect(error.code).toBe(3);
    expect(error.message).toMatch(
      /exit=\[SysErrInsufficientFunds\(6\)\].*--> caused by: send::send -- sender does not have funds to transfer \(balance .*, transfer 9999\.0\) \(5: insufficient funds\)/s,
    );
  });

  test('a value of the whole balance passes, as gas is free there', async () => {
    await estimate({ Value: (await balance(sender.address)).toString() });
  });
});

describe('execution', () => {
  const ranges = [
    ['a send to an account', 'account', 1_100_000, 1_300_000],
    ['a send that makes an account', 'fresh', 5_500_000, 6_000_000],
    ['a send to a miner', 'f01000', 1_100_000, 1_400_000],
  ] as const;
  test.each(ranges)('%s uses about what was measured', async (_name, to, low, high) => {
    const target = { account: receiver.address, fresh: person().address, f01000: 'f01000' }[to];
    const done = await deliver(devnet, sender, { to: target, value: 1n });
    expect(done.exit).toBe(0);
    expect(done.gasUsed).toBeGreaterThan(low);
    expect(done.gasUsed).toBeLessThan(high);
  });

  test('cost is limit × premium and the burns; the balance changes by value and cost exactly', async () => {
    const before = await balance(sender.address);
    const done = await deliver(devnet, sender, { to: receiver.address, value: FIL });
    const { MinerTip, TotalCost, Refund } = done.replay.GasCost;
    expect(MinerTip).toBe((BigInt(GAS.gasLimit) * GAS.gasPremium).toString());
    expect(TotalCost).toBe('9006000000000');
    expect(BigInt(Refund)).toBe(BigInt(GAS.gasLimit) * GAS.gasFeeCap - 9006000000000n);
    expect(before - (await balance(sender.address))).toBe(FIL + 9006000000000n);
  });

  const outcomes: readonly (readonly [string, string, object, number, RegExp])[] = [
    [
      'to an ID without actor',
      'f0999999',
      {},
      5,
      /--> caused by: send::send -- actor does not exist: 999999 .*\(RetCode=5\)$/s,
    ],
    ['to f00', 'f00', {}, 0, /^$/],
    ['with params to an account', 'account', { params: Uint8Array.of(0x41, 0) }, 0, /^$/],
    ['method 5 to an account', 'account', { method: 5 }, 22, /invalid method: 5 \(22\)/],
    ['an exported method to an account', 'account', { method: 2 ** 24 }, 0, /^$/],
    ['out of gas', 'fresh', { gasLimit: 1_300_000 }, 7, /^out of gas \(7\)$/],
  ];
  test.each(outcomes)('%s', async (_name, to, draft, exit, error) => {
    const target = to === 'account' ? receiver.address : to === 'fresh' ? person().address : to;
    const before = await balance(sender.address);
    const done = await deliver(devnet, sender, { to: target, value: 7n, ...draft });
    expect(done.exit).toBe(exit);
    expect(done.error).toMatch(error);
    const cost = BigInt(done.replay.GasCost.TotalCost);
    expect(before - (await balance(sender.address))).toBe(cost + (exit === 0 ? 7n : 0n));
    if (exit === 7) expect(done.gasUsed).toBe(1_300_000);
  });

  test('the supply stands: what a message costs is burnt or tipped', async () => {
    const who = ['f099', 'f02', sender.address, receiver.address];
    const sum = async (): Promise<bigint> => (await Promise.all(who.map(balance))).reduce((a, b) => a + b);
    const before = await sum();
    await deliver(devnet, sender, { to: receiver.address, value: FIL });
    expect(await sum()).toBe(before);
  });

  test('the base fee is held, and burnt for what was used', async () => {
    await devnet.control('BaseFee', '80000');
    const fee = async (): Promise<string> =>
      (await devnet.call<{ Blocks: { ParentBaseFee: string }[] }>('ChainHead')).Blocks[0]?.ParentBaseFee ??
      '';
    await devnet.control('Mine', 3);
    expect(await fee()).toBe('80000');
    const done = await deliver(devnet, sender, { to: receiver.address });
    expect(BigInt(done.replay.GasCost.BaseFeeBurn)).toBe(80000n * BigInt(done.gasUsed));
    await devnet.control('BaseFee', '100');
  });

  test('StateCall runs after the same sender in the head, and changes nothing', async () => {
    const before = await balance(receiver.address);
    await push(devnet, sender, { to: receiver.address, value: 1n });
    await devnet.control('Mine', 1);
    const answer = await devnet.call<Invocation>(
      'StateCall',
      { From: sender.address, To: receiver.address, Value: '1' },
      [],
    );
    expect(answer.MsgRct.ExitCode).toBe(0);
    expect(await balance(receiver.address)).toBe(before);
  });
});

import { signedJson, type SignedMessage } from '../../devnet/message';
import {
  deliver,
  fil,
  FIL,
  funded,
  outcome,
  person,
  push,
  signedBy,
  type Draft,
  type Person,
} from './actors';
import { startDevnet, type Devnet } from './harness';

type Who = Person & { id: string };

let devnet: Devnet;
let sender: Who;
let to = '';
const nonce = (who: Person = sender): Promise<number> => devnet.call<number>('MpoolGetNonce', who.address);
const pending = async (): Promise<string[]> =>
  (await devnet.call<{ CID: { '/': string } }[]>('MpoolPending', [])).map((m) => m.CID['/']);
const refused = async (signed: SignedMessage): Promise<string> => {
  const { code, message } = await devnet.error('MpoolPush', signedJson(signed));
  expect(code).toBe(1);
  return message;
};
const make = async (draft: Partial<Draft> = {}, at?: number): Promise<SignedMessage> =>
  signedBy(sender, { to, value: 1n, ...draft }, at ?? (await nonce()));

beforeAll(async () => {
  devnet = await startDevnet();
  to = (await funded(devnet)).address;
});
afterAll(() => devnet.stop());
beforeEach(async () => {
  sender = await funded(devnet, fil(100));
});
afterEach(async () => {
  await devnet.control('DropMempool');
});

describe('MpoolPush', () => {
  test('returns the signed CID; M1 the same message twice', async () => {
    const signed = await make();
    expect(await devnet.call('MpoolPush', signedJson(signed))).toEqual({ '/': signed.cid });
    expect(await refused(signed)).toBe(
      `failed to add locked: message from ${sender.address} with nonce 0 already in mpool: message with nonce already exists`,
    );
  });

  test('a BLS message: both CIDs are equal', async () => {
    const bls = await funded(devnet, fil(1), 'bls');
    const signed = await push(devnet, bls, { to, value: 1n });
    expect(signed.cid).toBe(signed.unsignedCid);
    await devnet.control('Mine', 2);
    expect((await outcome(devnet, signed)).exit).toBe(0);
  });

  test('M2 after it was mined', async () => {
    const signed = await make();
    await devnet.call('MpoolPush', signedJson(signed));
    await devnet.control('Mine', 1);
    expect(await refused(signed)).toBe('minimum expected nonce is 1, got 0: message nonce too low');
  });

  test('M3, M4 replace by fee: floor(premium × 1.10) + 1', async () => {
    await push(devnet, sender, { to, gasPremium: 180_000n });
    expect(await refused(await make({ gasPremium: 187_500n, value: 2n }, 0))).toBe(
      `failed to add locked: message from ${sender.address} with nonce 0 already in mpool, increase GasPremium to 198001 from 187500 to trigger replace by fee: replace by fee has too low GasPremium`,
    );
    expect(await refused(await make({ gasPremium: 198_000n }, 0))).toContain('increase GasPremium to 198001');
    const better = await make({ gasPremium: 198_001n, value: 3n }, 0);
    await devnet.call('MpoolPush', signedJson(better));
    expect(await pending()).toEqual([better.cid]);
    expect(await nonce()).toBe(1);
  });

  /** What is changed, and what the node says. */
  const invalid: readonly (readonly [string, Partial<Draft>, string])[] = [
    ['M5 fee cap below 100', { gasFeeCap: 99n, gasPremium: 1n }, 'gas fee cap too low'],
    [
      'M7 premium above fee cap',
      { gasFeeCap: 200n, gasPremium: 201n },
      "message not valid for block inclusion: 'GasFeeCap' less than 'GasPremium'",
    ],
    [
      'M8 negative premium',
      { gasPremium: -1n },
      "message not valid for block inclusion: 'GasPremium' field cannot be negative",
    ],
    [
      'M8 negative value',
      { value: -1n },
      "message not valid for block inclusion: 'Value' field cannot be negative",
    ],
    [
      'more than will ever exist',
      { value: 2_000_000_001n * FIL },
      "message not valid for block inclusion: 'Value' field cannot be greater than total filecoin supply",
    ],
    ['no gas', { gasLimit: 0 }, "message not valid for block inclusion: 'GasLimit' field 0 must be positive"],
    ['another version', { version: 1 }, "message not valid for block inclusion: 'Version' unsupported"],
  ];
  test.each(invalid)('%s', async (_name, draft, wanted) =>
    expect(await refused(await make(draft))).toBe(wanted),
  );

  test('gas below the cost of storing it', async () => {
    expect(await refused(await make({ gasLimit: 1000 }))).toMatch(
      /^verify msg failed: message will not be included in a block: 'GasLimit' field cannot be less than the cost of storing a message on chain 1000 < \d+$/,
    );
  });

  test('M6 a fee cap below the base fee waits until the fee has fallen', async () => {
    await devnet.control('BaseFee', '1000000');
    const signed = await push(devnet, sender, { to, gasFeeCap: 500_000n });
    await devnet.control('Mine', 3);
    expect(await pending()).toEqual([signed.cid]);
    expect(await nonce()).toBe(1);
    await devnet.control('BaseFee', '100');
    await devnet.control('Mine', 2);
    expect((await outcome(devnet, signed)).exit).toBe(0);
  });

  test('M12 gas cost above the balance', async () => {
    const poor = await funded(devnet, fil(1));
    const signed = signedBy(poor, { to, gasLimit: 1_000_000_000, gasFeeCap: 90n * 10n ** 15n }, 0);
    expect(await refused(signed)).toBe(
      'failed to check balance: not enough funds (required: 90000000 FIL, balance: 1 FIL): not enough funds to execute transaction',
    );
  });

  test('gas cost with what is pending above the balance', async () => {
    const poor = await funded(devnet, fil(1));
    await push(devnet, poor, { to, gasLimit: 10_000_000, gasFeeCap: 60n * 10n ** 9n });
    const signed = signedBy(poor, { to, gasLimit: 10_000_000, gasFeeCap: 60n * 10n ** 9n }, 1);
    expect(await refused(signed)).toBe(
      'failed to check balance: not enough funds including pending messages (required: 1.2 FIL, balance: 1 FIL): validation failure',
    );
  });

  test('M13 a value above the balance is mined and fails with 6', async () => {
    expect(await deliver(devnet, sender, { to, value: 1000n * FIL })).toMatchObject({ exit: 6, ret: null });
    const first = await push(devnet, sender, { to, value: 60n * FIL });
    const second = await push(devnet, sender, { to, value: 60n * FIL });
    await devnet.control('Mine', 3);
    expect((await outcome(devnet, first)).exit).toBe(0);
    expect((await outcome(devnet, second)).exit).toBe(6);
  });

  test('M14 a signature of somebody else', async () => {
    const signed = await make();
    const foreign = { ...signed, signature: signedBy(person(), { to }, 0).signature };
    expect(await refused(foreign)).toMatch(/\(type 1\): signature did not match$/);
  });

  test('M17 a sender without actor', async () => {
    const { address, ...keys } = person();
    expect(await refused(signedBy({ address, ...keys }, { to }, 0))).toBe(
      `failed to look up actor state nonce: resolution lookup failed (${address}): resolve address ${address}: actor not found: validation failure`,
    );
  });

  test('M19 an amount as a JSON number', async () => {
    const json = signedJson(await make());
    const message = { ...(json['Message'] as object), Value: 5 };
    const body = JSON.stringify({
      id: 1,
      method: 'Filecoin.MpoolPush',
      params: [{ ...json, Message: message }],
    });
    const reply = await devnet.post(body, { authorization: `Bearer ${devnet.tokens.write}` });
    expect(reply.status).toBe(500);
    expect(JSON.parse(reply.text)).toMatchObject({
      error: {
        code: -32700,
        message:
          "unmarshaling params for 'Filecoin.MpoolPush' (param: **types.SignedMessage): json: cannot unmarshal number into Go struct field Message.Message.Value of type string",
      },
    });
  });

  test('a supplied CID and unknown fields are ignored', async () => {
    const signed = await make();
    const json = {
      ...signedJson(signed),
      CID: { '/': 'bafy2bzacedklvbhp5rxsskcmzjugbknt2khrwimaoo72yrmfek57vxw4z3qhc' },
      Extra: 1,
    };
    expect(await devnet.call('MpoolPush', json)).toEqual({ '/': signed.cid });
  });

  test('nonce gaps are taken and wait; MpoolGetNonce jumps when they are filled', async () => {
    const gapped = [await make({}, 1), await make({}, 6)];
    for (const signed of gapped) await devnet.call('MpoolPush', signedJson(signed));
    await devnet.call('MpoolPushUntrusted', signedJson(await make({}, 50)));
    expect(await nonce()).toBe(0);
    await devnet.control('Mine', 2);
    expect(await pending()).toHaveLength(3);
    await devnet.call('MpoolPush', signedJson(await make({}, 0)));
    expect(await nonce()).toBe(2);
    await devnet.control('Mine', 2);
    expect(await pending()).toHaveLength(2);
  });

  test('M21 more than a thousand from one sender; ten when untrusted', async () => {
    const many = Array.from({ length: 1000 }, (_, i) =>
      signedJson(signedBy(sender, { to, gasLimit: 400_000 }, i)),
    );
    await devnet.call('MpoolBatchPush', many);
    expect(await refused(await make({}, 1000))).toBe(
      'failed to add locked: too many pending messages for actor',
    );
    await devnet.control('Mine', 2);
    expect(await pending()).toHaveLength(0);
    for (let i = 0; i < 10; i++)
      await devnet.call('MpoolPushUntrusted', signedJson(await make({}, 1000 + i)));
    const eleventh = await devnet.error('MpoolPushUntrusted', signedJson(await make({}, 1010)));
    expect(eleventh.message).toBe('failed to add locked: too many pending messages for actor');
  }, 180_000);

  test('MpoolPushMessage signs, and M24 tells why a call fails', async () => {
    const from = await devnet.call<string>('WalletNew', 'secp256k1');
    await devnet.control('Fund', from, fil(5));
    const sent = await devnet.call<{ Message: { Nonce: number }; CID: { '/': string } }>(
      'MpoolPushMessage',
      { From: from, To: to, Value: '1' },
      null,
    );
    expect(sent.Message.Nonce).toBe(0);
    expect(await pending()).toEqual([sent.CID['/']]);
    const { code, message, data } = await devnet.error(
      'MpoolPushMessage',
      { From: from, To: 'f01000', Method: 16, Params: 'gUEA' },
      null,
    );
    expect([code, data]).toEqual([1, undefined]);
    expect(message).toMatch(
      /^GasEstimateMessageGas error: message execution failed \(exit=\[ErrForbidden\(18\)\], /,
    );
  });

  test('MpoolCheckMessages flags what MpoolPush lets through', async () => {
    const m = {
      From: sender.address,
      To: to,
      Value: fil(1000),
      GasLimit: 2_000_000,
      GasFeeCap: '2000',
      GasPremium: '1000',
      Nonce: 0,
    };
    const [checks] = await devnet.call<{ Code: number; OK: boolean; Err: string }[][]>('MpoolCheckMessages', [
      { Message: m, ValidNonce: true },
    ]);
    const failing = (checks ?? []).filter((check) => !check.OK);
    expect(failing).toEqual([expect.objectContaining({ Code: 12, Err: 'insufficient balance' })]);
  });

  test('MpoolGetConfig and MpoolSelect', async () => {
    expect(await devnet.call('MpoolGetConfig')).toMatchObject({
      ReplaceByFeeRatio: 1.25,
      GasLimitOverestimation: 1.25,
    });
    const signed = await push(devnet, sender, { to });
    expect(await devnet.call('MpoolSelect', [], 1)).toEqual([JSON.parse(JSON.stringify(signedJson(signed)))]);
  });

  test('the better premium goes first, each sender in order of nonce', async () => {
    const other = await funded(devnet, fil(100));
    await push(devnet, sender, { to, gasPremium: 150_000n });
    await push(devnet, sender, { to, gasPremium: 150_000n });
    const best = await push(devnet, other, { to, gasPremium: 170_000n });
    const chosen = await devnet.call<{ CID: { '/': string } }[]>('MpoolSelect', [], 1);
    expect(chosen[0]?.CID['/']).toBe(best.cid);
    expect(chosen).toHaveLength(3);
  });
});

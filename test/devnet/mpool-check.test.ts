import { deliver, fil, funded, GAS, person, push, type Person } from './actors';
import { startDevnet, type Devnet } from './harness';

type Who = Person & { id: string };
interface Check {
  readonly Code: number;
  readonly OK: boolean;
  readonly Err: string;
  readonly Hint: Record<string, unknown> | null;
}

let devnet: Devnet;
let sender: Who;
let to = '';

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

const draft = (more: object = {}): object => ({
  From: sender.address,
  To: to,
  Value: '1',
  GasLimit: 2_000_000,
  GasFeeCap: '2000',
  GasPremium: '1000',
  Nonce: 0,
  ...more,
});
const check = (messages: readonly object[], ValidNonce = true): Promise<Check[][]> =>
  devnet.call<Check[][]>(
    'MpoolCheckMessages',
    messages.map((Message) => ({ Message, ValidNonce })),
  );
const one = async (more: object, ValidNonce = true): Promise<Check[]> =>
  (await check([draft(more)], ValidNonce))[0] ?? [];
const failing = (checks: Check[]): [number, string][] =>
  checks.filter((c) => !c.OK).map((c) => [c.Code, c.Err]);

test('a good message: each check in order, with its facts', async () => {
  const checks = await one({});
  expect(checks.map((c) => c.Code)).toEqual([9, 11, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12]);
  expect(failing(checks)).toEqual([]);
  const hint = (code: number): Check['Hint'] | undefined => checks.find((c) => c.Code === code)?.Hint;
  expect(hint(9)).toEqual({ nonce: 0 });
  expect(hint(11)).toEqual({ balance: fil(100) });
  expect(hint(4)).toMatchObject({ minGas: { Name: 'OnChainMessage', Extra: null, ComputeGas: 38863 } });
  expect(hint(7)).toEqual({ baseFee: '100', baseFeeLowerBound: '100' });
  expect(hint(8)).toEqual({ baseFee: '100', baseFeeUpperBound: '1000' });
});

test('a fee cap below ten base fees is a warning only', async () => {
  const checks = await one({ GasFeeCap: '500', GasPremium: '100' });
  expect(failing(checks)).toEqual([]);
  expect(checks.find((c) => c.Code === 8)).toMatchObject({
    OK: true,
    Err: 'GasFeeCap less than base fee upper bound for inclusion in next 20 epochs',
  });
});

const broken: readonly (readonly [string, object, [number, string][]])[] = [
  ['nonce', { Nonce: 4 }, [[10, "message nonce doesn't match next nonce (0)"]]],
  ['value', { Value: fil(1000) }, [[12, 'insufficient balance']]],
  ['gas', { GasLimit: 1000 }, [[4, 'GasLimit less than epoch minimum gas']]],
  [
    'fee cap under the minimum',
    { GasFeeCap: '99', GasPremium: '1' },
    [[5, 'GasFeeCap less than minimum base fee']],
  ],
  [
    'premium',
    { GasPremium: '3000' },
    [[3, "syntactically invalid message: 'GasFeeCap' less than 'GasPremium'"]],
  ],
];
test.each(broken)('a wrong %s', async (_name, more, wanted) => {
  expect(failing(await one(more))).toEqual(wanted);
});

test('a nonce that is not meant is not compared', async () => {
  expect(failing(await one({ Nonce: 4 }, false))).toEqual([]);
});

test('a sender without actor', async () => {
  const { address } = person();
  expect(failing(await one({ From: address }))).toEqual([
    [
      9,
      `error retrieving state nonce: resolution lookup failed (${address}): resolve address ${address}: actor not found`,
    ],
  ]);
});

test('a second message follows the first, and both follow what is pending', async () => {
  await push(devnet, sender, { to, value: 99n * 10n ** 18n });
  const checks = await check([draft({ Nonce: 1 }), draft({ Nonce: 2, Value: fil(1) })]);
  expect(checks.map(failing)).toEqual([[], [[12, 'insufficient balance']]]);
  expect(checks[1]?.[0]).toMatchObject({ Code: 9, OK: true, Hint: null });
});

test('what is pending, and with another in the place of one', async () => {
  expect(await devnet.call('MpoolCheckPendingMessages', sender.address)).toBeNull();
  await push(devnet, sender, { to });
  await push(devnet, sender, { to });
  const pending = await devnet.call<Check[][]>('MpoolCheckPendingMessages', sender.address);
  expect(pending.map(failing)).toEqual([[], []]);
  const better = draft({ Nonce: 1, Value: fil(1000) });
  const replaced = await devnet.call<Check[][]>('MpoolCheckReplaceMessages', [better]);
  expect(replaced.map(failing)).toEqual([[], [[12, 'insufficient balance']]]);
  expect((await deliver(devnet, sender, { to, ...GAS })).exit).toBe(0);
});

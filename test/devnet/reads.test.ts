import { exported } from '../../devnet/vm/exported';
import { sign } from '../../devnet/signature';
import { cbor, deliver, fil, funded, person, type Person } from './actors';
import { startDevnet, type Devnet } from './harness';

let devnet: Devnet;
let account: Person & { id: string };
const F1 = person().address;
const CID = { '/': 'bafy2bzacedklvbhp5rxsskcmzjugbknt2khrwimaoo72yrmfek57vxw4z3qhc' };
const MINER = 'f01000';
const lookup = `resolution lookup failed (${F1}): resolve address ${F1}: actor not found`;
const missing = `get block ${CID['/']}: ipld: could not find ${CID['/']}`;

beforeAll(async () => {
  devnet = await startDevnet();
  account = await funded(devnet);
});
afterAll(() => devnet.stop());

const fill = (params: readonly unknown[]): unknown[] =>
  params.map((one) => (one === 'ACC' ? account.id : one));

type Row = readonly [string, readonly unknown[], unknown];

/** Reads of a miner without sectors, and of a market and a registry that nobody uses. */
const answers: readonly Row[] = [
  ['StateMinerFaults', [MINER, []], [0]],
  ['StateMinerRecoveries', [MINER, []], [0]],
  ['StateMinerAllocated', [MINER, []], [0]],
  ['StateMinerSectors', [MINER, null, []], []],
  ['StateMinerActiveSectors', [MINER, []], []],
  ['StateMinerPartitions', [MINER, 0, []], null],
  ['StateMinerSectorAllocated', [MINER, 7, []], false],
  ['StateSectorGetInfo', [MINER, 7, []], null],
  ['StateSectorPreCommitInfo', [MINER, 7, []], null],
  ['StateMinerSectorCount', [MINER, []], { Live: 0, Active: 0, Faulty: 0 }],
  ['StateMarketBalance', ['ACC', []], { Escrow: '0', Locked: '0' }],
  ['StateMarketBalance', ['f0999999', []], { Escrow: '0', Locked: '0' }],
  ['StateVerifiedClientStatus', ['ACC', []], null],
  ['StateVerifierStatus', ['ACC', []], null],
  ['StateGetClaim', [MINER, 1, []], null],
  ['StateGetClaims', [MINER, []], {}],
  ['StateGetAllocations', ['ACC', []], {}],
  ['F3IsRunning', [], false],
  // A claim is kept by ID address: nothing is found for an account, and the totals are zero then.
  [
    'StateMinerPower',
    ['ACC', []],
    {
      MinerPower: { RawBytePower: '0', QualityAdjPower: '0' },
      TotalPower: { RawBytePower: '0', QualityAdjPower: '0' },
      HasMinPower: false,
    },
  ],
];
test.each(answers)('%s %j answers', async (method, params, wanted) => {
  expect(await devnet.call(method, ...fill(params))).toEqual(wanted);
});

const errors: readonly (readonly [string, readonly unknown[], number, string])[] = [
  ['StateMinerSectorCount', ['ACC', []], 1, 'actor code is not miner: account'],
  ['StateMinerSectorCount', ['f0999999', []], 1, 'actor not found'],
  ['StateMinerFaults', ['ACC', []], 1, 'failed to load miner actor state: actor code is not miner: account'],
  ['StateMinerInfo', [MINER, [CID]], 1, `failed to load tipset: ${missing}`],
  [
    'StateSectorGetInfo',
    ['ACC', 1, []],
    1,
    '(get sset) failed to load miner actor state: actor code is not miner: account',
  ],
  ['StateSectorGetInfo', [F1, 1, []], 1, `(get sset) failed to load miner actor: ${lookup}`],
  ['StateAllMinerFaults', [10, []], 1, 'fixme'],
  ['StateMarketBalance', [F1, []], 1, `resolve address ${F1}: actor not found`],
  ['StateVerifiedClientStatus', [F1, []], 11, 'actor not found'],
  ['StateGetClaim', [F1, 1, []], 11, 'actor not found'],
  ['F3GetLatestCertificate', [], 4, 'f3 is disabled'],
  ['F3GetManifest', [], 4, 'f3 is disabled'],
  [
    'StateLookupRobustAddress',
    [F1, []],
    1,
    'failed to decode provided address as id addr: cannot get id from non id address',
  ],
  ['StateLookupRobustAddress', ['f0999999', []], 1, 'Address f0999999 not found'],
  ['StateActorCodeCIDs', [999], 1, 'invalid network version 999: unsupported network version 999'],
];
test.each(errors)('%s %j is refused', async (method, params, code, message) => {
  expect(await devnet.error(method, ...fill(params))).toEqual({ code, message });
});

test('StateMinerDeadlines: one entry a deadline', async () => {
  const found = await devnet.call<unknown[]>('StateMinerDeadlines', MINER, []);
  expect(found).toHaveLength(48);
  expect(found[0]).toEqual({ PostSubmissions: [0], DisputableProofCount: 0, DailyFee: '0' });
});

test('StateMinerPower of a miner by its robust address finds no claim', async () => {
  const robust = await devnet.call<string>('StateLookupRobustAddress', MINER, []);
  const by = (who: string): Promise<{ HasMinPower: boolean }> => devnet.call('StateMinerPower', who, []);
  expect([(await by(MINER)).HasMinPower, (await by(robust)).HasMinPower]).toEqual([true, false]);
});

test('StateAccountKey knows an account that the head itself makes', async () => {
  const fresh = person();
  const { Height: before } = await devnet.call<{ Height: number }>('ChainHead');
  const from = await devnet.call<string>('WalletDefaultAddress');
  await devnet.call('MpoolPushMessage', { From: from, To: fresh.address, Value: fil(1) }, null);
  await devnet.control('Mine', 1);
  expect((await devnet.call<{ Height: number }>('ChainHead')).Height).toBe(before + 1);
  const next = `f0${Number(account.id.slice(2)) + 1}`;
  expect(await devnet.call('StateAccountKey', next, [])).toBe(fresh.address);
});

test.each(['ChainNotify', 'MpoolSub', 'SyncIncomingBlocks'])('%s needs a stream', async (name) => {
  const reply = await devnet.post(JSON.stringify({ id: 1, method: `Filecoin.${name}`, params: [] }), {
    authorization: `Bearer ${devnet.tokens.read}`,
  });
  expect(reply.status).toBe(500);
  expect(JSON.parse(reply.text)).toEqual({
    error: {
      code: -32601,
      message: `method 'Filecoin.${name}' not supported in this mode (no out channel support)`,
    },
    id: 1,
    jsonrpc: '2.0',
  });
});

test('a signature of an ID address is never verified', async () => {
  const from = await devnet.call<string>('WalletDefaultAddress');
  const id = await devnet.call<string>('StateLookupID', from, []);
  const signature = await devnet.call('WalletSign', from, 'AQID');
  expect(await devnet.call('WalletVerify', from, 'AQID', signature)).toBe(true);
  expect(await devnet.call('WalletVerify', id, 'AQID', signature)).toBe(false);
});

test('GetPeerID answers a tuple', async () => {
  const done = await deliver(devnet, account, { to: MINER, method: exported('GetPeerID') });
  expect([done.exit, done.ret]).toEqual([0, 'gUA=']);
});

/** The account actor: its key (2), its constructor (1) for the system only. */
const account1: readonly (readonly [string, number, string | null, number, string])[] = [
  ['PubkeyAddress', 2, null, 0, ''],
  ['PubkeyAddress with params', 2, 'QAA=', 16, 'method expects no arguments'],
  ['Constructor without params', 1, null, 16, 'method expects arguments'],
  ['Constructor', 1, 'QgBo', 18, 'caller ACC is not one of supported'],
];
test.each(account1)('account: %s', async (_name, method, params, exit, said) => {
  const other = await funded(devnet);
  const bytes = params === null ? {} : { params: Uint8Array.from(Buffer.from(params, 'base64')) };
  const done = await deliver(devnet, account, { to: other.address, method, ...bytes });
  expect([done.exit, done.said]).toEqual([exit, said.replace('ACC', account.id)]);
  if (exit === 0) expect(done.ret).not.toBeNull();
});

test.each(['secp256k1', 'bls'] as const)('account: AuthenticateMessage with a %s key', async (type) => {
  const other = await funded(devnet, fil(1), type);
  const method = exported('AuthenticateMessage');
  const words = Buffer.from('I am');
  const params = (signed: Uint8Array): Uint8Array =>
    cbor([sign(other.type, other.key, signed).data, Uint8Array.from(words)]);
  const good = await deliver(devnet, account, { to: other.address, method, params: params(words) });
  expect([good.exit, good.ret]).toEqual([0, '9Q==']);
  const bad = await deliver(devnet, account, {
    to: other.address,
    method,
    params: params(Buffer.from('not I')),
  });
  expect([bad.exit, bad.ret]).toEqual([16, null]);
});

test.each([
  [9, 16, 'method expects arguments'],
  [99, 22, 'invalid method: 99'],
])('method %s of a miner without params', async (method, exit, said) => {
  const done = await deliver(devnet, account, { to: MINER, method });
  expect([done.exit, done.said]).toEqual([exit, said]);
});

test('the constructor of a miner reads its parameters before it looks at the caller', async () => {
  const done = await deliver(devnet, account, { to: MINER, method: 1 });
  expect([done.exit, done.said]).toEqual([16, 'method expects arguments']);
});

import { exported } from '../../devnet/vm/exported';
import { person, funded, type Person } from './actors';
import { startDevnet, type Devnet } from './harness';

let devnet: Devnet;
let account: Person & { id: string };
const F1 = person().address;
const CID = { '/': 'bafy2bzacedklvbhp5rxsskcmzjugbknt2khrwimaoo72yrmfek57vxw4z3qhc' };
const MINER = 'f01000';

beforeAll(async () => {
  devnet = await startDevnet();
  account = await funded(devnet);
});
afterAll(() => devnet.stop());

const lookup = `resolution lookup failed (${F1}): resolve address ${F1}: actor not found`;

/** A call and the error it gives; ACC stands for an account's id, F2 for the robust address of a miner. */
const errors: readonly (readonly [string, readonly unknown[], number, string])[] = [
  ['WalletBalance', [''], 1, 'GetActor called on undefined address'],
  ['StateGetActor', [F1, []], 1, lookup],
  ['StateGetActor', ['f0999999', []], 1, 'actor not found'],
  ['MpoolGetNonce', [F1], 1, lookup],
  ['MpoolGetNonce', ['f0999999'], 1, 'actor not found'],
  ['MpoolGetNonce', [MINER], 1, 'ID address not found in lookback state'],
  ['StateLookupID', [F1, []], 11, 'actor not found'],
  ['StateAccountKey', ['f0999999', []], 1, 'failed to find actor: f0999999'],
  [
    'StateAccountKey',
    [MINER, []],
    1,
    `failed to get account actor state for ${MINER}: actor code is not account: storageminer`,
  ],
  ['StateMinerInfo', ['ACC', []], 1, 'failed to load miner actor state: actor code is not miner: account'],
  [
    'StateMinerAvailableBalance',
    ['ACC', []],
    1,
    'failed to load miner actor state: actor code is not miner: account',
  ],
  ['StateMinerInfo', ['f0999999', []], 1, 'failed to load miner actor: actor not found'],
  ['StateMinerInfo', [F1, []], 1, `failed to load miner actor: ${lookup}`],
  [
    'StateSearchMsg',
    [[], CID, -1, true],
    1,
    `%!w(*errors.errorString=&{failed to load message}): ipld: could not find ${CID['/']}`,
  ],
  ['ChainGetMessage', [CID], 1, `ipld: could not find ${CID['/']}`],
  ['ChainGetTipSetByHeight', [-1, []], 1, 'height -1 is negative'],
  ['ChainGetTipSet', [[]], 1, 'NewTipSet called with zero length array of blocks'],
  ['ChainGetTipSet', [[CID]], 1, `get block ${CID['/']}: ipld: could not find ${CID['/']}`],
  [
    'StateGetActor',
    [MINER, [CID]],
    1,
    `loading tipset {${CID['/']}}: get block ${CID['/']}: ipld: could not find ${CID['/']}`,
  ],
  ['StateAccountKey', ['F2', []], 1, 'cannot resolve actor address to key address'],
  ['WalletSignMessage', [F1, { To: F1, From: F1 }], 1, `failed to sign message: key not found for ${F1}`],
];

test.each(errors)('%s %j', async (method, params, code, message) => {
  const robust = await devnet.call<string>('StateLookupRobustAddress', MINER, []);
  const filled = params.map((one) => (one === 'ACC' ? account.id : one === 'F2' ? robust : one));
  expect(await devnet.error(method, ...filled)).toEqual({ code, message });
});

const answers: readonly (readonly [string, readonly unknown[], unknown])[] = [
  ['WalletBalance', [F1], '0'],
  ['WalletBalance', ['f0999999'], '0'],
  ['StateLookupID', ['f0999999', []], 'f0999999'],
  ['StateAccountKey', [F1, []], F1],
  [
    'StateMinerPower',
    ['f0100', []],
    expect.objectContaining({ HasMinPower: false, MinerPower: { RawBytePower: '0', QualityAdjPower: '0' } }),
  ],
  ['ChainHasObj', [CID], false],
  ['MpoolPending', [[]], []],
  ['MpoolSelect', [[], 1], null],
];

test.each(answers)('%s %j answers', async (method, params, wanted) => {
  expect(await devnet.call(method, ...params)).toEqual(wanted);
});

test('heights beyond the head', async () => {
  const { Height: head } = await devnet.call<{ Height: number }>('ChainHead');
  expect(await devnet.error('ChainGetTipSetByHeight', head + 100, [])).toEqual({
    code: 1,
    message: `looking for tipset with height greater than start point, req: ${head + 100}, head: ${head}`,
  });
});

test('the finalized tipset of a young chain', async () => {
  const { Height: head } = await devnet.call<{ Height: number }>('ChainHead');
  expect(await devnet.error('ChainGetFinalizedTipSet')).toEqual({
    code: 1,
    message: `height ${head - 900} is negative`,
  });
  await devnet.control('NullRounds', 900);
  const final = await devnet.call<{ Height: number }>('ChainGetFinalizedTipSet');
  expect(final.Height).toBeLessThanOrEqual(head + 1);
});

test('an address of the other network is the same account', async () => {
  expect(await devnet.call('StateLookupID', `t${account.address.slice(1)}`, [])).toBe(account.id);
});

test('a miner of the API: the exact set of fields', async () => {
  expect(await devnet.call('StateMinerInfo', MINER, [])).toEqual({
    Owner: 'f0100',
    Worker: 'f0101',
    NewWorker: '<empty>',
    ControlAddresses: null,
    WorkerChangeEpoch: -1,
    PeerId: null,
    Multiaddrs: null,
    WindowPoStProofType: 10,
    SectorSize: 2048,
    WindowPoStPartitionSectors: 2,
    ConsensusFaultElapsed: -1,
    PendingOwnerAddress: null,
    Beneficiary: 'f0100',
    BeneficiaryTerm: { Quota: '0', UsedQuota: '0', Expiration: 0 },
    PendingBeneficiaryTerm: null,
  });
  const raw = await devnet.post(
    JSON.stringify({ id: 1, method: 'Filecoin.StateMinerInfo', params: [MINER, null] }),
  );
  expect(raw.text).toContain('"NewWorker":"\\u003cempty\\u003e"');
});

test.each([
  [99, '', /^getting params type: unknown method 99 for actor bafk/],
  [16, '', /^EOF$/],
  [16, 'QA==', /^cbor input should be of type array$/],
  [16, 'gkBA', /^cbor input had wrong number of fields$/],
  [16, 'gUkADeC2', /^unexpected EOF$/],
  [23, '/w==', /^cbor type for address unmarshal was not byte string$/],
])('StateDecodeParams of method %s, %j, is refused', async (method, params, wanted) => {
  expect((await devnet.error('StateDecodeParams', MINER, method, params, [])).message).toMatch(wanted);
});

test.each([
  [exported('WithdrawBalance'), 'gUEA', { AmountRequested: '0' }],
  [exported('GetOwner'), '', {}],
  [16, 'gUkADeC2s6dkAAA=', { AmountRequested: '1000000000000000000' }],
  [23, 'QgBo', 'f0104'],
])('StateDecodeParams of method %s', async (method, params, wanted) => {
  expect(await devnet.call('StateDecodeParams', MINER, method, params, [])).toEqual(wanted);
});

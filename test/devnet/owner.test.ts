import {
  deliver,
  funded,
  getOwner,
  hexOf,
  bytesOf,
  METHOD,
  ownerParams,
  push,
  outcome,
  type Person,
} from './actors';
import { beneficiaryParams, FIL, person, signedBy } from './actors';
import { startDevnet, type Devnet } from './harness';

type Who = Person & { id: string };

interface Info {
  readonly Owner: string;
  readonly Worker: string;
  readonly Beneficiary: string;
  readonly PendingOwnerAddress: string | null;
  readonly PendingBeneficiaryTerm: unknown;
  readonly BeneficiaryTerm: { Quota: string; UsedQuota: string; Expiration: number };
  readonly NewWorker: string;
  readonly ControlAddresses: string[] | null;
  readonly WorkerChangeEpoch: number;
}

let devnet: Devnet;
let people: Record<'OWN' | 'NEW' | 'BEN' | 'STR' | 'WRK', Who>;
let miner = '';

const info = (): Promise<Info> => devnet.call<Info>('StateMinerInfo', miner, []);
const change = (who: Who, to: string) =>
  deliver(devnet, who, { to: miner, method: METHOD.changeOwner, params: ownerParams(to) });
const owners = (owner: Who, pending: Who | null): string =>
  hexOf([bytesOf(owner.id), pending === null ? null : bytesOf(pending.id)]);

beforeAll(async () => {
  devnet = await startDevnet();
  const make = (): Promise<Who> => funded(devnet);
  people = {
    OWN: await make(),
    NEW: await make(),
    BEN: await make(),
    STR: await make(),
    WRK: await funded(devnet, undefined, 'bls'),
  };
});
afterAll(() => devnet.stop());
beforeEach(async () => {
  miner = await devnet.control('CreateMiner', {
    Owner: people.OWN.address,
    Worker: people.WRK.address,
    Available: (10n * FIL).toString(),
  });
});

/** Sends: who proposes whom, before the message under test; then who sends what, exit code and words. */
type Step = readonly [keyof typeof people, keyof typeof people];
type Row = readonly [string, string, readonly Step[], Step, number, string];

const rows: readonly Row[] = [
  ['O1', 'stranger proposes', [], ['STR', 'STR'], 18, 'caller {STR} is not one of supported'],
  ['O2', 'worker proposes', [], ['WRK', 'WRK'], 18, 'caller {WRK} is not one of supported'],
  ['O5', 'confirm when nothing is proposed', [], ['NEW', 'NEW'], 18, 'caller {NEW} is not one of supported'],
  ['O7', 'owner proposes by ID', [], ['OWN', 'NEW'], 0, ''],
  [
    'O9',
    'stranger acts while pending',
    [['OWN', 'NEW']],
    ['STR', 'NEW'],
    18,
    'caller {STR} is not one of supported',
  ],
  [
    'O10',
    'nominee names another',
    [['OWN', 'NEW']],
    ['NEW', 'BEN'],
    16,
    'expected confirmation of {NEW} got {BEN}',
  ],
  ['O13', 'owner proposes another', [['OWN', 'NEW']], ['OWN', 'BEN'], 0, ''],
  ['O15', 'owner cancels', [['OWN', 'NEW']], ['OWN', 'OWN'], 0, ''],
  [
    'O16',
    'nominee after cancel',
    [
      ['OWN', 'BEN'],
      ['OWN', 'OWN'],
    ],
    ['BEN', 'BEN'],
    18,
    'caller {BEN} is not one of supported',
  ],
  [
    'O16b',
    'first nominee after a second proposal',
    [
      ['OWN', 'NEW'],
      ['OWN', 'BEN'],
    ],
    ['NEW', 'NEW'],
    18,
    'caller {NEW} is not one of supported',
  ],
  ['O21', 'nominee confirms', [['OWN', 'NEW']], ['NEW', 'NEW'], 0, ''],
  [
    'O23',
    'old owner after transfer',
    [
      ['OWN', 'NEW'],
      ['NEW', 'NEW'],
    ],
    ['OWN', 'OWN'],
    18,
    'caller {OWN} is not one of supported',
  ],
];

describe('ChangeOwnerAddress', () => {
  test.each(rows)('%s %s', async (_id, _what, before, [sender, wanted], exit, words) => {
    for (const [who, to] of before) expect((await change(people[who], people[to].id)).exit).toBe(0);
    const result = await change(people[sender], people[wanted].id);
    const text = words.replace(/\{(\w+)\}/g, (_all, name: keyof typeof people) => people[name].id);
    expect([result.exit, result.said]).toEqual([exit, text]);
    if (exit !== 0) {
      expect(result.error).toBe(
        `message failed with backtrace:\n00: ${miner} (method 23) -- ${text} (${exit})\n (RetCode=${exit})`,
      );
      expect(result.ret).toBeNull();
    }
    expect((await info()).PendingOwnerAddress).toBeNull();
  });

  test('a proposal shows only in GetOwner; confirming moves owner and beneficiary', async () => {
    const { OWN, NEW } = people;
    expect(await getOwner(devnet, miner)).toBe(owners(OWN, null));
    await change(OWN, NEW.id);
    expect(await getOwner(devnet, miner)).toBe(owners(OWN, NEW));
    expect(await info()).toMatchObject({ Owner: OWN.id, Beneficiary: OWN.id, PendingOwnerAddress: null });
    await change(NEW, NEW.id);
    expect(await getOwner(devnet, miner)).toBe(owners(NEW, null));
    expect(await info()).toMatchObject({ Owner: NEW.id, Beneficiary: NEW.id, Worker: people.WRK.id });
  });

  test('the info block holds the pending owner at index 10', async () => {
    await change(people.OWN, people.NEW.id);
    const state = await devnet.call<{ State: { Info: { '/': string } } }>('StateReadState', miner, []);
    const block = await devnet.call<string>('ChainReadObj', state.State.Info);
    const bytes = Buffer.from(block, 'base64');
    expect(bytes[0]).toBe(0x8e);
    expect(bytes.toString('hex')).toContain(
      `${hexOf(-1)}${hexOf(bytesOf(people.NEW.id))}${hexOf(bytesOf(people.OWN.id))}`,
    );
    expect(await devnet.call('ChainHasObj', state.State.Info)).toBe(true);
  });

  test.each(['known', 'unknown'])('O4 an f1 address, %s, is refused', async (kind) => {
    const address = kind === 'known' ? people.NEW.address : person().address;
    expect(await change(people.OWN, address)).toMatchObject({
      exit: 16,
      said: 'owner address must be an ID address',
    });
    expect(await change(people.STR, address)).toMatchObject({
      exit: 16,
      said: 'owner address must be an ID address',
    });
  });

  test('O22 a third-party beneficiary outlives the owner, a pending term does not', async () => {
    const { OWN, NEW, BEN, STR } = people;
    const term = beneficiaryParams(BEN.id, 5n * FIL, 1_000_000);
    for (const who of [OWN, BEN]) {
      await deliver(devnet, who, { to: miner, method: METHOD.changeBeneficiary, params: term });
    }
    await deliver(devnet, OWN, {
      to: miner,
      method: METHOD.changeBeneficiary,
      params: beneficiaryParams(STR.id, FIL, 99),
    });
    expect((await info()).PendingBeneficiaryTerm).not.toBeNull();
    await change(OWN, NEW.id);
    await change(NEW, NEW.id);
    expect(await info()).toMatchObject({
      Owner: NEW.id,
      Beneficiary: BEN.id,
      BeneficiaryTerm: { Quota: (5n * FIL).toString(), UsedQuota: '0', Expiration: 1_000_000 },
      PendingBeneficiaryTerm: null,
    });
  });

  test.each([
    [
      'O25',
      Uint8Array.of(0xff),
      21,
      'Serialization error for Cbor protocol: Mismatch { expect_major: 2, byte: 255 }',
    ],
    ['O27', new Uint8Array(), 16, 'method expects arguments'],
  ])('%s bad params', async (_id, params, exit, said) => {
    expect(
      await deliver(devnet, people.OWN, { to: miner, method: METHOD.changeOwner, params }),
    ).toMatchObject({ exit, said });
  });

  test('O28 propose, cancel and confirm in one tipset: the owner stays', async () => {
    const { OWN, NEW } = people;
    const send = (who: Who, to: string) =>
      push(devnet, who, { to: miner, method: METHOD.changeOwner, params: ownerParams(to) });
    const messages = [await send(OWN, NEW.id), await send(OWN, OWN.id), await send(NEW, NEW.id)];
    await devnet.control('Mine', 2);
    const exits = await Promise.all(messages.map(async (m) => (await outcome(devnet, m)).exit));
    expect(exits).toEqual([0, 0, 18]);
    expect(await getOwner(devnet, miner)).toBe(owners(OWN, null));
  });

  test('an ID that nobody holds may be proposed; the exported twin does the same', async () => {
    const params = ownerParams('f0888888');
    expect((await deliver(devnet, people.OWN, { to: miner, method: 1010589339, params })).exit).toBe(0);
    expect(await getOwner(devnet, miner)).toBe(hexOf([bytesOf(people.OWN.id), bytesOf('f0888888')]));
  });

  test('gas is about what was measured', async () => {
    const done = await change(people.OWN, people.NEW.id);
    expect(done.gasUsed).toBeGreaterThan(4_500_000);
    expect(done.gasUsed).toBeLessThan(5_200_000);
    const refused = await change(people.STR, people.STR.id);
    expect(refused.gasUsed).toBeGreaterThan(1_300_000);
    expect(refused.gasUsed).toBeLessThan(2_000_000);
  });

  test('an unsigned change of content is not accepted', async () => {
    const signed = signedBy(
      people.OWN,
      { to: miner, method: METHOD.changeOwner, params: ownerParams(people.NEW.id) },
      99,
    );
    const forged = { ...signed.message, nonce: 100 };
    const json = {
      Message: { ...toJson(forged) },
      Signature: { Type: 1, Data: Buffer.from(signed.signature.data).toString('base64') },
    };
    const error = await devnet.error('MpoolPush', json);
    expect(error.message).toMatch(
      /^signature verification failed: failed to validate signature: invalid signature for message bafy\w+ \(type 1\): signature did not match$/,
    );
  });
});

function toJson(m: ReturnType<typeof signedBy>['message']): Record<string, unknown> {
  return {
    Version: 0,
    To: m.to,
    From: m.from,
    Nonce: m.nonce,
    Value: m.value.toString(),
    GasLimit: m.gasLimit,
    GasFeeCap: m.gasFeeCap.toString(),
    GasPremium: m.gasPremium.toString(),
    Method: m.method,
    Params: Buffer.from(m.params).toString('base64'),
  };
}

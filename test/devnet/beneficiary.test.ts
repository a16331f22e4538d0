import {
  beneficiaryParams,
  bytesOf,
  cbor,
  deliver,
  FIL,
  funded,
  METHOD,
  person,
  type Person,
} from './actors';
import { startDevnet, type Devnet } from './harness';

type Who = Person & { id: string };

let devnet: Devnet;
let people: Record<'OWN' | 'BEN' | 'OTH' | 'STR', Who>;
let miner = '';
const QUOTA = 5n * FIL;
const LATER = 1_000_000;

interface Roles {
  readonly Beneficiary: string;
  readonly BeneficiaryTerm: { Quota: string; UsedQuota: string; Expiration: number };
  readonly PendingBeneficiaryTerm: Record<string, unknown> | null;
}

const info = (): Promise<Roles> => devnet.call<Roles>('StateMinerInfo', miner, []);
const change = (who: Who, to: string, quota: bigint, expiration: bigint | number) =>
  deliver(devnet, who, {
    to: miner,
    method: METHOD.changeBeneficiary,
    params: beneficiaryParams(to, quota, expiration),
  });

beforeAll(async () => {
  devnet = await startDevnet();
  people = {
    OWN: await funded(devnet),
    BEN: await funded(devnet),
    OTH: await funded(devnet),
    STR: await funded(devnet),
  };
});
afterAll(() => devnet.stop());
beforeEach(async () => {
  const { id } = people.OWN;
  miner = await devnet.control('CreateMiner', { Owner: id, Worker: id, Available: (10n * FIL).toString() });
});

describe('ChangeBeneficiary', () => {
  test('B1 a stranger, no proposal', async () => {
    const { STR } = people;
    expect(await change(STR, STR.id, QUOTA, LATER)).toMatchObject({
      exit: 18,
      said: 'No changeBeneficiary proposal exists',
    });
  });

  test('B7 proposed by f1: resolved, approved by the owner as beneficiary', async () => {
    const { OWN, BEN } = people;
    expect((await change(OWN, BEN.address, QUOTA, LATER)).exit).toBe(0);
    expect(await info()).toMatchObject({
      Beneficiary: OWN.id,
      PendingBeneficiaryTerm: {
        NewBeneficiary: BEN.id,
        NewQuota: QUOTA.toString(),
        NewExpiration: LATER,
        ApprovedByBeneficiary: true,
        ApprovedByNominee: false,
      },
    });
  });

  test('B9 a stranger confirms; the text repeats the address as it was given', async () => {
    const { OWN, BEN, STR } = people;
    await change(OWN, BEN.id, QUOTA, LATER);
    const text = `message caller ${STR.id} is neither proposal beneficiary${BEN.id} nor current beneficiary${OWN.id}`;
    expect(await change(STR, BEN.id, QUOTA, LATER)).toMatchObject({ exit: 18, said: text });
  });

  test('B13 the nominee confirms', async () => {
    const { OWN, BEN } = people;
    await change(OWN, BEN.id, QUOTA, LATER);
    expect((await change(BEN, BEN.address, QUOTA, LATER)).exit).toBe(0);
    expect(await info()).toMatchObject({
      Beneficiary: BEN.id,
      BeneficiaryTerm: { Quota: QUOTA.toString(), UsedQuota: '0', Expiration: LATER },
      PendingBeneficiaryTerm: null,
    });
  });

  const differing = [
    ['address', 'OTH', QUOTA, LATER, 'new beneficiary address must be equal expect {BEN}, but got {OTH}'],
    ['quota', 'BEN', FIL, LATER, 'new beneficiary quota must be equal expect 5.0, but got 1.0'],
    ['expiration', 'BEN', QUOTA, 7, `new beneficiary expire date must be equal expect ${LATER}, but got 7`],
  ] as const;
  test.each(differing)('a confirmation that differs in %s', async (_what, to, quota, expiration, words) => {
    await change(people.OWN, people.BEN.id, QUOTA, LATER);
    const said = words.replace('{BEN}', people.BEN.id).replace('{OTH}', people.OTH.id);
    expect(await change(people.BEN, people[to].id, quota, expiration)).toMatchObject({ exit: 16, said });
  });

  const invalid = [
    ['a quota of nothing', 'BEN', 0n, LATER, 'beneficial quota 0.0 must bigger than zero'],
    ['a negative quota', 'BEN', -FIL, LATER, 'beneficial quota -1.0 must bigger than zero'],
    ['itself with a quota', 'OWN', FIL, 0, 'owner beneficial quota 1.0 must be zero'],
    ['itself with a term', 'OWN', 0n, 5, 'owner beneficial expiration 5 must be zero'],
  ] as const;
  test.each(invalid)('the owner proposes %s', async (_what, to, quota, expiration, said) => {
    expect(await change(people.OWN, people[to].id, quota, expiration)).toMatchObject({ exit: 16, said });
  });

  test('B15 taking the role back waits for the beneficiary while its term lives', async () => {
    const { OWN, BEN, OTH } = people;
    await change(OWN, BEN.id, QUOTA, LATER);
    await change(BEN, BEN.id, QUOTA, LATER);
    expect((await change(OWN, OWN.id, 0n, 0)).exit).toBe(0);
    expect(await info()).toMatchObject({
      Beneficiary: BEN.id,
      PendingBeneficiaryTerm: {
        NewBeneficiary: OWN.id,
        ApprovedByBeneficiary: false,
        ApprovedByNominee: true,
      },
    });
    expect((await change(OTH, OWN.id, 0n, 0)).exit).toBe(18);
    expect((await change(BEN, OWN.id, 0n, 0)).exit).toBe(0);
    expect(await info()).toMatchObject({ Beneficiary: OWN.id, PendingBeneficiaryTerm: null });
  });

  test('the largest int64 expiration travels as it is', async () => {
    await change(people.OWN, people.BEN.id, QUOTA, (1n << 63n) - 1n);
    const body = JSON.stringify({ id: 1, method: 'Filecoin.StateMinerInfo', params: [miner, []] });
    expect((await devnet.post(body)).text).toContain('"NewExpiration":9223372036854775807,');
  });

  test('an address that is not on chain cannot be resolved', async () => {
    const { address } = person();
    expect(await change(people.OWN, address, QUOTA, LATER)).toMatchObject({
      exit: 16,
      said: `unable to resolve address: ${address}`,
    });
  });
});

describe('ChangeWorkerAddress', () => {
  const worker = (who: Who, to: string, control: readonly string[] = []) =>
    deliver(devnet, who, {
      to: miner,
      method: METHOD.changeWorker,
      params: cbor([bytesOf(to), control.map(bytesOf)]),
    });

  test('the owner only; control at once, the worker after 900 epochs when confirmed', async () => {
    const { OWN, STR, OTH } = people;
    const bls = await funded(devnet, undefined, 'bls');
    expect((await worker(STR, bls.id)).exit).toBe(18);
    const done = await worker(OWN, bls.address, [OTH.address, STR.id]);
    expect(done.exit).toBe(0);
    const effective = done.height - 1 + 900;
    expect(await info()).toMatchObject({
      Worker: OWN.id,
      NewWorker: bls.id,
      WorkerChangeEpoch: effective,
      ControlAddresses: [OTH.id, STR.id],
    });
    expect((await deliver(devnet, OWN, { to: miner, method: METHOD.confirmWorker })).exit).toBe(0);
    expect(await info()).toMatchObject({ Worker: OWN.id, NewWorker: bls.id });
    await devnet.control('NullRounds', 900);
    expect((await deliver(devnet, STR, { to: miner, method: METHOD.confirmWorker })).exit).toBe(18);
    expect((await deliver(devnet, OWN, { to: miner, method: METHOD.confirmWorker })).exit).toBe(0);
    expect(await info()).toMatchObject({ Worker: bls.id, NewWorker: '<empty>', WorkerChangeEpoch: -1 });
  });

  test('a worker needs a BLS key', async () => {
    const said = `worker account ${people.OTH.id.slice(2)} must have BLS pubkey, was 1`;
    expect(await worker(people.OWN, people.OTH.id)).toMatchObject({ exit: 16, said });
  });

  test('at most ten control addresses', async () => {
    const many = Array.from({ length: 11 }, () => people.OTH.id);
    expect(await worker(people.OWN, people.OTH.id, many)).toMatchObject({ exit: 16 });
  });
});

describe('CreateMiner', () => {
  const create = (value: bigint, worker: string) => {
    const { OWN } = people;
    const params = cbor([bytesOf(OWN.id), bytesOf(worker), 10, new Uint8Array(), []]);
    return deliver(devnet, OWN, { to: 'f04', method: 2, value, params });
  };

  test('the value must cover the deposit', async () => {
    const result = await create(0n, 'f0101');
    expect(result.exit).toBe(19);
    expect(result.error).toMatch(
      /not enough balance to lock for create miner deposit: sent balance 0 < deposit \d+ \(19\)\n \(RetCode=19\)$/,
    );
    expect(result.error.match(/^\d\d: f0/gm)).toHaveLength(3);
  });

  test('the worker needs a BLS key', async () => {
    const result = await create(FIL, people.OTH.id);
    expect(result.exit).toBe(16);
    expect(result.error).toContain(
      `worker account ${people.OTH.id.slice(2)} must have BLS pubkey, was 1 (16)`,
    );
  });

  test('returns the addresses; what is above the deposit is available', async () => {
    const deposit = BigInt(await devnet.call<string>('StateMinerCreationDeposit', []));
    const result = await create(deposit + FIL, 'f0101');
    expect(result.exit).toBe(0);
    const made = (await devnet.call<string[]>('StateListMiners', [])).at(-1) ?? '';
    expect(Buffer.from(result.ret ?? '', 'base64').toString('hex')).toContain(
      Buffer.from(bytesOf(made)).toString('hex'),
    );
    expect(await devnet.call('StateMinerAvailableBalance', made, [])).toBe(FIL.toString());
    const robust = await devnet.call<string>('StateLookupRobustAddress', made, []);
    expect(robust).toMatch(/^f2/);
    expect(await devnet.call('StateLookupID', robust, [])).toBe(made);
  });
});

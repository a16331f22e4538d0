import {
  beneficiaryParams,
  bytesOf,
  hexOf,
  cbor,
  deliver,
  FIL,
  funded,
  METHOD,
  withdrawParams,
  type Invocation,
  type Person,
} from './actors';
import { bigToBytes, bigFromBytes } from '../../devnet/token';
import { readCbor } from '../../devnet/cbor';
import { startDevnet, type Devnet } from './harness';

type Who = Person & { id: string };

let devnet: Devnet;
let owner: Who;
let other: Who;
let stranger: Who;
let worker: Who;
let miner = '';

const balance = async (who: string): Promise<bigint> =>
  BigInt(await devnet.call<string>('WalletBalance', who));
const available = async (): Promise<bigint> =>
  BigInt(await devnet.call<string>('StateMinerAvailableBalance', miner, []));
const withdraw = (who: Who, amount: bigint) =>
  deliver(devnet, who, { to: miner, method: METHOD.withdraw, params: withdrawParams(amount) });
const returned = (ret: string | null): bigint | null =>
  bigFromBytes(readCbor(Buffer.from(ret ?? '', 'base64')).bytes());
const used = async (): Promise<string> =>
  (await devnet.call<{ BeneficiaryTerm: { UsedQuota: string } }>('StateMinerInfo', miner, [])).BeneficiaryTerm
    .UsedQuota;
const height = async (): Promise<number> => (await devnet.call<{ Height: number }>('ChainHead')).Height;

async function makeBeneficiary(quota: bigint, expiration: number): Promise<void> {
  const params = beneficiaryParams(other.id, quota, expiration);
  for (const who of [owner, other]) {
    expect((await deliver(devnet, who, { to: miner, method: METHOD.changeBeneficiary, params })).exit).toBe(
      0,
    );
  }
}

beforeAll(async () => {
  devnet = await startDevnet();
  [owner, other, stranger] = [await funded(devnet), await funded(devnet), await funded(devnet)];
  worker = await funded(devnet, undefined, 'bls');
});
afterAll(() => devnet.stop());
beforeEach(async () => {
  miner = await devnet.control('CreateMiner', {
    Owner: owner.id,
    Worker: worker.id,
    Available: (10n * FIL).toString(),
    Pledge: (3n * FIL).toString(),
    Locked: (2n * FIL).toString(),
  });
});

describe('WithdrawBalance', () => {
  test('W1 the owner gets what it asks for; the return is bare bytes', async () => {
    const before = await balance(owner.id);
    const result = await withdraw(owner, FIL);
    expect([result.exit, result.ret]).toEqual([0, 'SQAN4Lazp2QAAA==']);
    expect(await balance(owner.id)).toBe(before + FIL - BigInt(result.replay.GasCost.TotalCost));
    expect(await available()).toBe(9n * FIL);
  });

  test.each([
    ['W2 nothing asked', 0n, 0n],
    ['W3 more than there is', 1000n * FIL, 10n * FIL],
  ])('%s', async (_what, asked, paid) => {
    const result = await withdraw(owner, asked);
    expect([result.exit, returned(result.ret)]).toEqual([0, paid]);
    expect(await available()).toBe(10n * FIL - paid);
  });

  test('W4 from empty: exit 0, returns 0', async () => {
    await withdraw(owner, 1000n * FIL);
    expect(await withdraw(owner, FIL)).toMatchObject({ exit: 0, ret: 'QA==' });
  });

  test('W6 stranger, worker, control address, pending nominee: 18', async () => {
    await deliver(devnet, owner, {
      to: miner,
      method: METHOD.changeOwner,
      params: cbor(Buffer.from('00e807', 'hex')),
    });
    for (const who of [stranger, worker, other]) {
      expect(await withdraw(who, FIL)).toMatchObject({
        exit: 18,
        said: `caller ${who.id} is not one of supported`,
      });
    }
  });

  test('a negative amount is refused before the caller is looked at', async () => {
    const params = cbor([bigToBytes(-FIL)]);
    for (const who of [owner, stranger]) {
      const result = await deliver(devnet, who, { to: miner, method: METHOD.withdraw, params });
      expect(result).toMatchObject({ exit: 16, said: 'negative fund requested for withdrawal: -1.0' });
    }
  });

  test('W9, W10, W12 the beneficiary is paid, whoever sends, up to its quota', async () => {
    await makeBeneficiary(5n * FIL, 1_000_000);
    const before = await balance(other.id);
    const byOwner = await withdraw(owner, 2n * FIL);
    expect(byOwner.exit).toBe(0);
    expect(await balance(other.id)).toBe(before + 2n * FIL);
    expect(await used()).toBe((2n * FIL).toString());
    const rest = await withdraw(other, 9n * FIL);
    expect(returned(rest.ret)).toBe(3n * FIL);
    for (const who of [owner, other]) {
      expect(await withdraw(who, 1n)).toMatchObject({
        exit: 18,
        said: 'beneficiary expiration of epoch 1000000 passed or quota of 5.0 depleted with 5.0 used',
      });
    }
    expect(await withdraw(stranger, 1n)).toMatchObject({
      exit: 18,
      said: `caller ${stranger.id} is not one of supported`,
    });
  });

  test('W13 an expired term locks both out, until the owner takes the role back', async () => {
    const expiration = (await height()) + 6;
    await makeBeneficiary(5n * FIL, expiration);
    await devnet.control('Mine', 5);
    for (const who of [owner, other]) {
      expect(await withdraw(who, 1n)).toMatchObject({
        exit: 18,
        said: `beneficiary expiration of epoch ${expiration} passed or quota of 5.0 depleted with 0.0 used`,
      });
    }
    const params = beneficiaryParams(owner.id, 0n, 0);
    expect((await deliver(devnet, owner, { to: miner, method: METHOD.changeBeneficiary, params })).exit).toBe(
      0,
    );
    expect((await withdraw(owner, FIL)).exit).toBe(0);
  });

  test('W13 a term ends at its expiration epoch, not after it', async () => {
    await makeBeneficiary(5n * FIL, (await height()) + 7);
    // The message is executed at the epoch that includes it: the last one before expiration, then expiration itself.
    await devnet.control('Mine', 1);
    const last = await withdraw(other, 1n);
    expect(last.exit).toBe(0);
    expect((await withdraw(other, 1n)).exit).toBe(18);
  });

  test('W14 fee debt above the unlocked balance', async () => {
    await devnet.control('FeeDebt', miner, '36266218946932603298');
    expect(await available()).toBe(10n * FIL - 36266218946932603298n);
    await withdraw(owner, 0n);
    expect(await withdraw(owner, 1n)).toMatchObject({
      exit: 19,
      said: 'unlocked balance can not repay fee debt: unlocked balance can not repay fee debt (10.0 < 36.266218946932603298)',
    });
    const state = await devnet.call<{ State: { FeeDebt: string } }>('StateReadState', miner, []);
    expect(state.State.FeeDebt).toBe('36266218946932603298');
  });

  test('a payable fee debt is burnt first, even when nothing is asked', async () => {
    await devnet.control('FeeDebt', miner, FIL.toString());
    const burnt = await balance('f099');
    const result = await withdraw(owner, 100n * FIL);
    expect(returned(result.ret)).toBe(9n * FIL);
    expect((await balance('f099')) - burnt).toBeGreaterThanOrEqual(FIL);
  });

  test('a method-0 send does not repay debt; RepayDebt does, and not for strangers', async () => {
    await devnet.control('FeeDebt', miner, (30n * FIL).toString());
    await deliver(devnet, stranger, { to: miner, value: 25n * FIL });
    const debt = async (): Promise<string> =>
      (await devnet.call<{ State: { FeeDebt: string } }>('StateReadState', miner, [])).State.FeeDebt;
    expect(await debt()).toBe((30n * FIL).toString());
    expect((await deliver(devnet, stranger, { to: miner, method: METHOD.repayDebt })).exit).toBe(18);
    expect((await deliver(devnet, worker, { to: miner, method: METHOD.repayDebt })).exit).toBe(0);
    expect(await debt()).toBe('0');
    expect((await deliver(devnet, owner, { to: miner, method: METHOD.repayDebt })).exit).toBe(0);
  });

  test('GetAvailableBalance and GetBeneficiary answer in CBOR', async () => {
    const ask = async (method: number): Promise<string> => {
      const answer = await devnet.call<Invocation>(
        'StateCall',
        { From: 'f0100', To: miner, Method: method },
        [],
      );
      return Buffer.from(answer.MsgRct.Return ?? '', 'base64').toString('hex');
    };
    expect(await ask(METHOD.getAvailable)).toBe(Buffer.from(cbor(bigToBytes(10n * FIL))).toString('hex'));
    const nothing = new Uint8Array();
    const active = [bytesOf(owner.id), [nothing, nothing, 0]] as const;
    expect(await ask(METHOD.getBeneficiary)).toBe(hexOf([active, null]));
    expect(await ask(4158972569)).toBe(await ask(METHOD.getBeneficiary));
  });

  test.each([99, 4294967295])('an unknown method %s: 22', async (method) => {
    expect(await deliver(devnet, owner, { to: miner, method })).toMatchObject({
      exit: 22,
      said: `invalid method: ${method}`,
    });
  });
});

describe('rewards', () => {
  test('25 % is free at once, the rest vests', async () => {
    const before = await available();
    await devnet.control('Reward', miner, (4n * FIL).toString());
    expect((await available()) - before).toBe(FIL);
    const state = await devnet.call<{ State: { LockedFunds: string } }>('StateReadState', miner, []);
    expect(state.State.LockedFunds).toBe((5n * FIL).toString());
    await devnet.control('NullRounds', 181 * 2880);
    expect(await available()).toBe(before + 4n * FIL + 2n * FIL);
    const result = await withdraw(owner, 1000n * FIL);
    expect(returned(result.ret)).toBe(16n * FIL);
  });

  test('pledging moves available balance into the pledge, and no more than there is', async () => {
    await devnet.control('Pledge', miner, (4n * FIL).toString());
    expect(await available()).toBe(6n * FIL);
    await expect(devnet.control('Pledge', miner, (7n * FIL).toString())).rejects.toThrow(/unlocked/);
    expect(await available()).toBe(6n * FIL);
    const state = await devnet.call<{ State: { InitialPledge: string } }>('StateReadState', miner, []);
    expect(state.State.InitialPledge).toBe((7n * FIL).toString());
  });
});

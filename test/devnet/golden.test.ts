import { HDKey } from '@scure/bip32';
import { mnemonicToSeedSync } from '@scure/bip39';
import fc from 'fast-check';
import {
  AddressError,
  addressFromBytes,
  addressToBytes,
  idAddress,
  parseAddress,
} from '../../devnet/address';
import { nextBaseFee } from '../../devnet/chain/base-fee';
import { encodeCbor, readCbor } from '../../devnet/cbor';
import { cidToBytes, parseCid } from '../../devnet/cid';
import { encodeMessage, messageCid, signedMessage } from '../../devnet/message';
import { newMiner } from '../../devnet/miner/state';
import { addLocked, lockedPart, vested } from '../../devnet/miner/vesting';
import { emptyMap, mapChanges, mapEntries, mapGet, mapSet } from '../../devnet/persistent';
import { addressOfPrivateKey, randomKey, sign, whyInvalid } from '../../devnet/signature';
import { bigFromBytes, bigToBytes, filText, tokenText } from '../../devnet/token';
import { gasCost, overEstimation } from '../../devnet/vm/cost';
import { exported } from '../../devnet/vm/exported';
import { beneficiaryParams, FIL, ownerParams, withdrawParams } from './actors';

interface Zondax {
  readonly transactionSign: (message: unknown, key: string) => { Signature: { Data: string } };
}

const { transactionSign } = jest.requireActual<Zondax>('@zondax/filecoin-signing-tools');
const MNEMONIC = 'equip will roof matter pink blind book anxiety banner elbow sun young';
const KEY = HDKey.fromMasterSeed(mnemonicToSeedSync(MNEMONIC)).derive("m/44'/461'/0'/0/0").privateKey!;
const KEY_1 = HDKey.fromMasterSeed(mnemonicToSeedSync(MNEMONIC)).derive("m/44'/461'/0'/0/1").privateKey!;
const F1 = 'f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3i';

const message = {
  version: 0,
  to: parseAddress('f01000'),
  from: parseAddress(F1),
  nonce: 1,
  value: 100000n,
  gasLimit: 2500000,
  gasFeeCap: 1n,
  gasPremium: 1n,
  method: 0,
  params: new Uint8Array(),
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

describe('golden vectors', () => {
  test('addresses of the mnemonic', () => {
    expect(addressOfPrivateKey('secp256k1', KEY)).toBe(F1);
    expect(addressOfPrivateKey('secp256k1', KEY_1)).toBe('f1qab73gdurhmikxy7isdnqxnsdfexxm2gom47opi');
  });

  test('message bytes, CIDs and signature', () => {
    expect(hex(encodeMessage(message))).toBe(
      '8a004300e8075501cdf9b117d00fa23e938e52feb25da9a32e4ecdd00144000186a01a002625a04200014200010040',
    );
    expect(messageCid(message)).toBe('bafy2bzacedklvbhp5rxsskcmzjugbknt2khrwimaoo72yrmfek57vxw4z3qhc');
    const signature = sign('secp256k1', KEY, cidToBytes(messageCid(message)));
    expect(base64(signature.data)).toBe(
      '928ftBkMRofJGsgARcmC1ej5gUDq58VKFsZWvx8hNeZiHbOqhnqz0h9H4SoSHJ3OdXBpCgH84F5s749PH3bkkgE=',
    );
    expect(signedMessage(message, signature).cid).toBe(
      'bafy2bzaceab6x7bc2c6qr3p3qsbzyilmlko6iln7rx7mljx3zrjhexirsrso2',
    );
    expect(whyInvalid(signature, parseAddress(F1), cidToBytes(messageCid(message)))).toBeNull();
    expect(whyInvalid(signature, parseAddress(F1), cidToBytes(messageCid({ ...message, nonce: 2 })))).toBe(
      'signature did not match',
    );
  });

  test('an independent signer agrees', () => {
    const signed = transactionSign(
      {
        To: 'f01000',
        From: F1,
        Nonce: 7,
        Value: '5',
        GasLimit: 9,
        GasFeeCap: '8',
        GasPremium: '6',
        Method: 0,
        Params: '',
      },
      base64(KEY),
    );
    const ours = { ...message, nonce: 7, value: 5n, gasLimit: 9, gasFeeCap: 8n, gasPremium: 6n };
    expect(base64(sign('secp256k1', KEY, cidToBytes(messageCid(ours))).data)).toBe(signed.Signature.Data);
  });

  test.each([
    ['ChangeOwnerAddress', base64(ownerParams('f01234')), 'QwDSCQ=='],
    ['WithdrawBalance', base64(withdrawParams((3n * FIL) / 2n)), 'gUkAFNESDXsWAAA='],
    [
      'ChangeBeneficiary',
      hex(beneficiaryParams('f01234', 10n * FIL, 5000000)),
      '834300d20949008ac7230489e800001a004c4b40',
    ],
  ])('params of %s', (_name, made, wanted) => expect(made).toBe(wanted));

  test.each([
    ['GetOwner', 3275365574],
    ['GetBeneficiary', 4158972569],
    ['GetAvailableBalance', 4026106874],
    ['InvokeEVM', 3844450837],
  ])('exported number of %s', (name, number) => expect(exported(name)).toBe(number));

  test('BLS signs and verifies', () => {
    const key = randomKey('bls');
    const address = addressOfPrivateKey('bls', key);
    const bytes = Buffer.from('a message');
    const signature = sign('bls', key, bytes);
    expect(address).toMatch(/^f3/);
    expect(whyInvalid(signature, address, bytes)).toBeNull();
    expect(whyInvalid(signature, address, Buffer.from('another'))).toBe('bls signature failed to verify');
  });
});

describe('addresses', () => {
  test.each([
    ['f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3j', 'invalid encoding'],
    ['f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr4i', 'invalid address checksum'],
    ['x01', 'unknown address network'],
    ['f9123', 'unknown address protocol'],
    ['f0', 'invalid address length'],
    ['f0abc', 'invalid address payload'],
    [
      'f09223372036854775808',
      'could not decode: varints larger than uint63 not supported: invalid address payload',
    ],
    ['f018446744073709551616', 'invalid address payload'],
    // A BLS key's checksum is looked at before its length, the others' after.
    ['f3aaaaaaaaaaaaaaaa', 'invalid address checksum'],
    ['f1aaaaaaaaaaaaaaaa', 'invalid address payload'],
  ])('%s is refused: %s', (text, why) => expect(() => parseAddress(text)).toThrow(new AddressError(why)));

  test('the other prefix names the same address', () => expect(parseAddress(`t${F1.slice(1)}`)).toBe(F1));

  test('bytes and text round-trip', () =>
    fc.assert(
      fc.property(fc.nat(), fc.uint8Array({ minLength: 20, maxLength: 20 }), (id, payload) => {
        expect(addressFromBytes(addressToBytes(idAddress(id)))).toBe(idAddress(id));
        for (const protocol of [1, 2]) {
          const bytes = Uint8Array.of(protocol, ...payload);
          const address = addressFromBytes(bytes);
          expect(parseAddress(address)).toBe(address);
          expect(addressToBytes(address)).toEqual(bytes);
        }
      }),
    ));
});

describe('codec', () => {
  test('numbers and amounts round-trip', () =>
    fc.assert(
      fc.property(fc.bigInt(-(1n << 63n), (1n << 64n) - 1n), fc.bigInt(), (int, big) => {
        expect(readCbor(encodeCbor(int)).int()).toBe(int);
        expect(bigFromBytes(bigToBytes(big))).toBe(big);
      }),
    ));

  test.each([
    ['', 'invalid cid: cid too short'],
    ['nope', 'invalid cid: selected encoding not supported'],
  ])('CID %j is refused', (text, why) => expect(parseCid(text)).toEqual({ ok: false, why }));

  test.each([
    [90000000n * FIL, '90000000 FIL', '90000000.0'],
    [FIL / 2n, '0.5 FIL', '0.5'],
    [0n, '0 FIL', '0.0'],
    [36266218946932603298n, '36.266218946932603298 FIL', '36.266218946932603298'],
  ])('%s atto is printed', (atto, go, rust) => expect([filText(atto), tokenText(atto)]).toEqual([go, rust]));
});

describe('rules of the chain', () => {
  test('base fee falls by an eighth a step, never below 100', () => {
    expect(nextBaseFee(76_600_000n, 0)).toBe(67_025_000n);
    expect(nextBaseFee(100n, 0)).toBe(100n);
    expect(nextBaseFee(1000n, 10_000_000_000)).toBe(1125n);
  });

  test('a huge gas limit is paid for whatever was used', () => {
    const m = { ...message, gasLimit: 60_000_000, gasFeeCap: 1_000_000n, gasPremium: 150_000n };
    expect(gasCost(m, 1_200_000, 100n).totalCost).toBe(9_006_000_000_000n);
    expect(overEstimation(1_000_000, 1_100_000)).toBe(0n);
  });

  test('cost and refund are all of what was reserved', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 ** 9 }),
        fc.nat(100),
        fc.bigInt(0n, 10n ** 9n),
        fc.bigInt(0n, 10n ** 9n),
        (limit, percent, cap, fee) => {
          const m = { ...message, gasLimit: limit, gasFeeCap: cap, gasPremium: cap / 2n };
          const cost = gasCost(m, Math.floor((limit * percent) / 100), fee);
          expect(cost.totalCost + cost.refund).toBe(BigInt(limit) * cap);
          expect(cost.refund >= 0n && cost.minerTip >= 0n).toBe(true);
        },
      ),
    ));

  test('rewards: 75 % locked, vested in full after 180 days, never more', () =>
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 24n), fc.nat(10 ** 6), fc.nat(2880), (reward, epoch, offset) => {
        const locked = lockedPart(reward);
        const miner = addLocked(newMiner(1, 2, offset), epoch, locked);
        expect(miner.vesting.reduce((sum, entry) => sum + entry.amount, 0n)).toBe(locked);
        expect(vested(miner, epoch + 2880)).toBe(0n);
        expect(vested(miner, epoch + 182 * 2880)).toBe(locked);
      }),
    ));

  test('the persistent map is a map, and tells what changed', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.nat())),
        fc.array(fc.tuple(fc.string({ maxLength: 3 }), fc.nat())),
        (first, second) => {
          const build = (start: ReturnType<typeof emptyMap<number>>, pairs: [string, number][]) =>
            pairs.reduce((map, [key, value]) => mapSet(map, key, value), start);
          const before = build(emptyMap<number>(), first);
          const after = build(before, second);
          const wanted = new Map([...first, ...second]);
          expect(new Map(mapEntries(after))).toEqual(wanted);
          expect(after.size).toBe(wanted.size);
          const old = new Map(first);
          expect(new Map(mapEntries(before))).toEqual(old);
          const changed = [...wanted].filter(([key, value]) => old.get(key) !== value);
          expect(new Map(mapChanges(before, after))).toEqual(new Map(changed));
          expect(mapGet(after, 'not there')).toBeUndefined();
        },
      ),
    ));
});

/** Messages are the bytes that other Filecoin software makes: golden vectors and an independent library agree. */
import { secp256k1 } from '@noble/curves/secp256k1';
import { HDKey } from '@scure/bip32';
import { mnemonicToSeedSync } from '@scure/bip39';
import fc from 'fast-check';
import { newKey } from '../../bin/wallet-actions';
import { bigintBytes, readBigint } from '../../chain/bigint-bytes';
import { newBlsKey } from '../../chain/bls';
import { cborDecode, cborEncode } from '../../chain/cbor';
import { blake2b256, cidBytes, parseCid, printCid } from '../../chain/cid';
import { accountPath, addressPath, watchedAddress } from '../../chain/derivation';
import {
  encodeMessage,
  type Message,
  messageCid,
  recoverSigner,
  signMessage,
  toLotus,
  toLotusSigned,
} from '../../chain/message';
import {
  changeBeneficiaryParams,
  changeOwnerParams,
  METHOD,
  readAmountReturn,
  readOwnerReturn,
  withdrawBalanceParams,
} from '../../chain/method';
import { addressFrom } from '../../domain/address';

interface Zondax {
  keyRecoverBLS(privateKeyBase64: string, testnet: boolean): { address: string };
  keyDerive(mnemonic: string, path: string, password: string): { address: string; private_base64: string };
  transactionSerialize(message: unknown): string;
  transactionSign(message: unknown, privateKeyBase64: string): unknown;
}
/** Rust compiled to WebAssembly (its `/js` twin is ESM, which jest does not load): shares no code with ours. */
const zondax = jest.requireActual<Zondax>('@zondax/filecoin-signing-tools');

const MNEMONIC = 'equip will roof matter pink blind book anxiety banner elbow sun young';
const SENDER = addressFrom('f1zx43cf6qb6rd5e4okl7lexnjumxe5toqj6vtr3i');
const root = HDKey.fromMasterSeed(mnemonicToSeedSync(MNEMONIC));
const key = root.derive(addressPath('deposit', 0)).privateKey!;

const golden: Message = {
  from: SENDER,
  to: addressFrom('f01000'),
  nonce: 1,
  value: 100000n,
  gasLimit: 2500000,
  gasFeeCap: 1n,
  gasPremium: 1n,
  method: METHOD.send,
  params: new Uint8Array(),
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe('golden vectors of notes/filecoin.md', () => {
  test('the message, both CIDs and the signature', () => {
    expect(hex(encodeMessage(golden))).toBe(
      '8a004300e8075501cdf9b117d00fa23e938e52feb25da9a32e4ecdd00144000186a01a002625a04200014200010040',
    );
    expect(messageCid(golden)).toBe('bafy2bzacedklvbhp5rxsskcmzjugbknt2khrwimaoo72yrmfek57vxw4z3qhc');
    const signed = signMessage(golden, key);
    expect(base64(signed.signature)).toBe(
      '928ftBkMRofJGsgARcmC1ej5gUDq58VKFsZWvx8hNeZiHbOqhnqz0h9H4SoSHJ3OdXBpCgH84F5s749PH3bkkgE=',
    );
    expect(signed.cidSigned).toBe('bafy2bzaceab6x7bc2c6qr3p3qsbzyilmlko6iln7rx7mljx3zrjhexirsrso2');
    expect(signed.cidUnsigned).toBe(messageCid(golden));
  });

  test('addresses of the first account, with the secret and watch-only', () => {
    const { publicExtendedKey } = root.derive(accountPath('deposit'));
    expect(watchedAddress(publicExtendedKey, 0, 'f')).toBe(SENDER);
    expect(watchedAddress(publicExtendedKey, 1, 'f')).toBe('f1qab73gdurhmikxy7isdnqxnsdfexxm2gom47opi');
  });

  test('parameters of the miner actor', () => {
    expect(base64(changeOwnerParams(addressFrom('f01234')))).toBe('QwDSCQ==');
    expect(base64(withdrawBalanceParams(1500000000000000000n))).toBe('gUkAFNESDXsWAAA=');
    expect(hex(changeBeneficiaryParams(addressFrom('f01234'), 10n ** 19n, 5000000n))).toBe(
      '834300d20949008ac7230489e800001a004c4b40',
    );
    expect(() => changeOwnerParams(SENDER)).toThrow('ID address');
  });

  test('returns of the miner actor', () => {
    expect(readAmountReturn(Uint8Array.from(Buffer.from('SQAN4Lazp2QAAA==', 'base64')))).toBe(10n ** 18n);
    expect(readAmountReturn(Uint8Array.from(Buffer.from('QA==', 'base64')))).toBe(0n);
    expect(readOwnerReturn(unhex('82420064420068'), 'f')).toEqual({ owner: 'f0100', pending: 'f0104' });
    expect(readOwnerReturn(unhex('82420064f6'), 't')).toEqual({ owner: 't0100', pending: null });
    expect(() => readOwnerReturn(unhex('f6'), 'f')).toThrow();
  });
});

test('any message is the same bytes and signature as Zondax makes', () => {
  const zondaxKey = zondax.keyDerive(MNEMONIC, addressPath('deposit', 0), '');
  expect(zondaxKey.address).toBe(SENDER);
  const big = fc.bigInt({ min: 0n, max: 2n ** 96n });
  const messages = fc.record({
    to: fc.constantFrom(
      'f01000',
      'f1qab73gdurhmikxy7isdnqxnsdfexxm2gom47opi',
      'f24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i',
    ),
    nonce: fc.nat({ max: 2 ** 31 }),
    value: big,
    gasLimit: fc.integer({ min: 1, max: 10_000_000_000 }),
    gasFeeCap: big,
    gasPremium: big,
    method: fc.constantFrom(0, 16, 23),
    params: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(messages, (raw) => {
      const message: Message = { ...raw, from: SENDER, to: addressFrom(raw.to) };
      const lotus = { ...toLotus(message), Params: base64(message.params) };
      expect(hex(encodeMessage(message))).toBe(zondax.transactionSerialize(lotus));
      const signed = zondax.transactionSign(lotus, zondaxKey.private_base64);
      expect(signed).toMatchObject({ Signature: toLotusSigned(signMessage(message, key)).Signature });
    }),
    { numRuns: 30 },
  );
});

test('a BLS key has the address, and makes the signature, that Zondax has and makes', () => {
  for (let n = 0; n < 3; n += 1) {
    const { address, privateKeyHex } = newKey('f', 'bls');
    const secret = Buffer.from(privateKeyHex, 'hex');
    expect(zondax.keyRecoverBLS(secret.toString('base64'), false).address).toBe(address);
    const message: Message = { ...golden, from: address, params: changeOwnerParams(addressFrom('f01001')) };
    const lotus = { ...toLotus(message), Params: base64(message.params) };
    expect(hex(encodeMessage(message))).toBe(zondax.transactionSerialize(lotus));
    const signed = signMessage(message, secret);
    expect(toLotusSigned(signed).Signature.Type).toBe(2);
    expect(zondax.transactionSign(lotus, secret.toString('base64'))).toMatchObject({
      Signature: toLotusSigned(signed).Signature,
    });
    expect(signed.cidSigned).toBe(signed.cidUnsigned);
  }
});

test('a key that is not the sender does not sign', () => {
  expect(() => signMessage(golden, secp256k1.utils.randomSecretKey())).toThrow('the key belongs to');
  const bls = { ...golden, from: newKey('f', 'bls').address };
  expect(() => signMessage(bls, newBlsKey())).toThrow('the key belongs to');
});

test('the signer of a digest is recovered, and nobody from what is no signature', () => {
  const signed = signMessage(golden, key);
  const digest = blake2b256(cidBytes(encodeMessage(golden)));
  expect(recoverSigner(digest, signed.signature, 'f')).toBe(SENDER);
  expect(recoverSigner(blake2b256(digest), signed.signature, 'f')).not.toBe(SENDER);
  expect(recoverSigner(digest, new Uint8Array(65), 'f')).toBeNull();
  expect(recoverSigner(digest, signed.signature.subarray(1), 'f')).toBeNull();
});

describe('CBOR', () => {
  test('what was encoded comes back', () => {
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n - 1n }),
        fc.uint8Array(),
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 5 }),
      ),
    })).value as fc.Arbitrary<Parameters<typeof cborEncode>[0]>;
    fc.assert(fc.property(value, (v) => expect(cborDecode(cborEncode(v))).toEqual(v)));
  });

  test.each(['1817', '190017', '5f', 'a0', 'fb3ff0000000000000', '42', '8200', '0000', ''])(
    'refuses %s: long forms, indefinite lengths, maps, floats, cut and trailing bytes',
    (text) => expect(() => cborDecode(unhex(text))).toThrow(RangeError),
  );
});

test('big integers come back, and other forms are refused', () => {
  fc.assert(fc.property(fc.bigInt(), (n) => expect(readBigint(bigintBytes(n))).toBe(n)));
  for (const bad of ['00', '02ff', '0000ff']) expect(() => readBigint(unhex(bad))).toThrow(RangeError);
});

test('CIDs come back as text, and changed text is refused', () => {
  const text = messageCid(golden);
  expect(printCid(parseCid(text))).toBe(text);
  expect(() => parseCid(text.toUpperCase())).toThrow(RangeError);
  expect(() => parseCid('')).toThrow(RangeError);
});

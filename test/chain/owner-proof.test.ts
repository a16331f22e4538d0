/** An owner proof is the owner's signature of exactly this text; every other is refused by its own code. */
import { bls12_381 } from '@noble/curves/bls12-381';
import { newKey, readKey, signText } from '../../bin/wallet-actions';
import { checkOwnerProof, ownerProofText } from '../../chain/owner-proof';
import { type Address, addressFrom, blsAddress } from '../../domain/address';

const text = ownerProofText({
  network: 'mainnet',
  loanId: 'l-1',
  miner: addressFrom('f01000'),
  nonce: 'abc',
  expiryEpoch: 42,
});
const key = newKey('f');
const { longSignatures: bls } = bls12_381;
const DOMAIN = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_';
const blsKey = bls12_381.utils.randomSecretKey();
const blsOwner = blsAddress(bls.getPublicKey(blsKey).toBytes(), 'f');

function signBls(message: string): string {
  const signature = bls.sign(bls.hash(new TextEncoder().encode(message), DOMAIN), blsKey);
  return `02${Buffer.from(signature.toBytes()).toString('hex')}`;
}

const code = (owner: Address, signed: string, message = text): string | null =>
  checkOwnerProof(owner, message, signed)?.refusal ?? null;

test('the text is the agreed one', () => {
  expect(text).toBe('loanstone owner proof mainnet l-1 f01000 abc 42');
});

test('f1 and f3 owners are proved', () => {
  expect(code(key.address, signText(key, text))).toBeNull();
  expect(code(blsOwner, signBls(text))).toBeNull();
});

test('another text, another key, another form are no proof', () => {
  const good = signText(key, text);
  for (const [owner, signed, message] of [
    [key.address, good, `${text} `],
    [key.address, signText(newKey('f'), text)],
    [key.address, good.slice(2)],
    [key.address, `02${good.slice(2)}`],
    [key.address, good.toUpperCase()],
    [key.address, good.slice(0, -2)],
    [key.address, `${good}00`],
    [key.address, ''],
    [key.address, signBls(text)],
    [blsOwner, good],
    [blsOwner, signBls(`${text}x`)],
    [blsOwner, `02${'00'.repeat(96)}`],
    [blsOwner, `02${'ff'.repeat(96)}`],
    [addressFrom('f01001'), good],
  ] as const) {
    expect(code(owner, signed, message ?? text)).toBe('owner-proof-invalid');
  }
});

test('multisig and contract owners have codes of their own', () => {
  const good = signText(key, text);
  expect(code(addressFrom('f24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i'), good)).toBe('owner-kind-multisig');
  expect(code(addressFrom('f410feot7hrogmplrcupubsdbbqarkdewmb4vkwc5qqq'), good)).toBe('owner-kind-contract');
});

test('a key file is plain hex or what lotus exports', () => {
  const exported = {
    Type: 'secp256k1',
    PrivateKey: Buffer.from(key.privateKeyHex, 'hex').toString('base64'),
  };
  const hex = (value: object): string => Buffer.from(JSON.stringify(value)).toString('hex');
  expect(readKey(`${key.privateKeyHex}\n`, 'f').address).toBe(key.address);
  expect(readKey(hex(exported), 'f').address).toBe(key.address);
  expect(readKey(hex(exported), 't').address).toBe(`t${key.address.slice(1)}`);
  expect(() => readKey(hex({ ...exported, Type: 'bls' }), 'f')).toThrow('secp256k1 keys only');
  expect(() => readKey('hello', 'f')).toThrow('64 hex digits');
});

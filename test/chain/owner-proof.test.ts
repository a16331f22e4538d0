/** An owner proof is the owner's signature of exactly this text; every other is refused by its own code. */
import { bls12_381 } from '@noble/curves/bls12-381';
import { newKey, printKey, readKey, signText } from '../../bin/wallet-actions';
import { checkOwnerProof, ownerProofText } from '../../chain/owner-proof';
import { type Address, addressBytes, addressFrom } from '../../domain/address';

const text = ownerProofText({
  network: 'mainnet',
  loanId: 'l-1',
  miner: addressFrom('f01000'),
  nonce: 'abc',
  expiryEpoch: 42,
});
const key = newKey('f');
const blsKey = newKey('f', 'bls');

const code = (owner: Address, signed: string, message = text): string | null =>
  checkOwnerProof(owner, message, signed)?.refusal ?? null;

test('the text is the agreed one', () => {
  expect(text).toBe('loanstone owner proof mainnet l-1 f01000 abc 42');
});

test('f1 and f3 owners are proved', () => {
  expect(code(key.address, signText(key, text))).toBeNull();
  expect(code(blsKey.address, signText(blsKey, text))).toBeNull();
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
    [key.address, signText(blsKey, text)],
    [blsKey.address, good],
    [blsKey.address, signText(blsKey, `${text}x`)],
    [blsKey.address, signText(newKey('f', 'bls'), text)],
    [blsKey.address, `02${'00'.repeat(96)}`],
    [blsKey.address, `02${'ff'.repeat(96)}`],
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

test('a BLS proof is over the text itself, in the ciphersuite of Filecoin', () => {
  const { longSignatures: bls } = bls12_381;
  const suite = (name: string): Uint8Array => {
    const secret = Buffer.from(blsKey.privateKeyHex, 'hex').reverse();
    return bls.sign(bls.hash(new TextEncoder().encode(text), name), secret).toBytes();
  };
  const hex = (name: string): string => `02${Buffer.from(suite(name)).toString('hex')}`;
  expect(hex('BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_')).toBe(signText(blsKey, text));
  expect(code(blsKey.address, hex('BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'))).toBe(
    'owner-proof-invalid',
  );
});

/** As `lotus wallet export` prints a key. */
const exportOf = (type: string, privateKeyHex: string): string => {
  const PrivateKey = Buffer.from(privateKeyHex, 'hex').toString('base64');
  return Buffer.from(JSON.stringify({ Type: type, PrivateKey })).toString('hex');
};

test('a key file is plain hex or what lotus exports', () => {
  expect(readKey(`${key.privateKeyHex}\n`, 'f').address).toBe(key.address);
  const exported = exportOf('secp256k1', key.privateKeyHex);
  expect(readKey(exported, 'f').address).toBe(key.address);
  expect(readKey(exported, 't').address).toBe(`t${key.address.slice(1)}`);
  expect(readKey(exportOf('bls', blsKey.privateKeyHex), 'f')).toEqual(blsKey);
  expect(addressBytes(readKey(exportOf('bls', blsKey.privateKeyHex), 't').address)).toEqual(
    addressBytes(blsKey.address),
  );
  expect(() => readKey(exportOf('delegated', key.privateKeyHex), 'f')).toThrow('secp256k1 and BLS keys');
  expect(() => readKey('hello', 'f')).toThrow('64 hex digits');
});

test('a key that was written is read again, of either type', () => {
  for (const made of [key, blsKey]) expect(readKey(`${printKey(made)}\n`, 'f')).toEqual(made);
});

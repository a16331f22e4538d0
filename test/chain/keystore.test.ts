/** The seed is readable by its passphrase alone, by its own account alone, and unchanged or not at all. */
import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeystore, type KeystoreOptions, openKeystore } from '../../chain/keystore';
import { watchedAddress } from '../../chain/derivation';

const folder = mkdtempSync(join(tmpdir(), 'loanstone-keystore-'));
const options: KeystoreOptions = {
  path: join(folder, 'keystore.json'),
  passphrase: 'correct horse battery',
  testScryptN: 1024,
};

beforeAll(() => createKeystore(options));

test('the file is 0600 and holds no secret in the clear', () => {
  expect(statSync(options.path).mode & 0o777).toBe(0o600);
  const content = JSON.parse(readFileSync(options.path, 'utf8')) as { header: { version: number } };
  expect(Object.keys(content)).toEqual(['header', 'ciphertext', 'tag']);
  expect(content.header.version).toBe(1);
});

test('opened twice it gives the same addresses, of hardened accounts apart', async () => {
  const [a, b] = [await openKeystore(options), await openKeystore(options)];
  const all = (['deposit', 'hot', 'escrow', 'repayment'] as const).map((kind) => a.address(kind, 7, 'f'));
  expect(new Set(all).size).toBe(4);
  expect(a.address('escrow', 7, 'f')).toBe(b.address('escrow', 7, 'f'));
  expect(a.accountXpub('deposit')).toMatch(/^xpub/);
  expect(watchedAddress(a.accountXpub('deposit'), 7, 'f')).toBe(a.address('deposit', 7, 'f'));
});

test('it signs with the key at the path, and refuses another sender', async () => {
  const keystore = await openKeystore(options);
  const from = keystore.address('hot', 0, 'f');
  const gas = { gasLimit: 1, gasFeeCap: 1n, gasPremium: 1n };
  const message = { from, to: from, nonce: 0, value: 1n, method: 0, params: new Uint8Array(), ...gas };
  expect(keystore.sign(message, 'hot', 0).cidSigned).toMatch(/^bafy2/);
  expect(() => keystore.sign(message, 'hot', 1)).toThrow('the key belongs to');
  expect(JSON.stringify(keystore)).not.toMatch(/[0-9a-f]{64}|xprv/);
});

test('an existing file is never replaced', async () => {
  const before = readFileSync(options.path);
  await expect(createKeystore(options)).rejects.toThrow('EEXIST');
  expect(readFileSync(options.path)).toEqual(before);
});

test('a wrong passphrase opens nothing', async () => {
  await expect(openKeystore({ ...options, passphrase: 'Correct horse battery' })).rejects.toThrow(
    'wrong passphrase',
  );
});

test('a short passphrase is refused', async () => {
  await expect(createKeystore({ ...options, path: `${options.path}2`, passphrase: 'short' })).rejects.toThrow(
    '12',
  );
});

test('a file that others can read is refused', async () => {
  chmodSync(options.path, 0o640);
  await expect(openKeystore(options)).rejects.toThrow('chmod 600');
  chmodSync(options.path, 0o600);
});

test('a cheap scrypt is refused outside tests', async () => {
  const { path, passphrase } = options;
  await expect(openKeystore({ path, passphrase })).rejects.toThrow('cost out of range');
});

const flip = (hex: string): string => (hex.startsWith('0') ? '1' : '0') + hex.slice(1);

interface Content {
  header: { id: string; version: number; kdf: { n: number; salt: string }; cipher: { nonce: string } };
  ciphertext: string;
  tag: string;
}

test.each<[string, (c: Content) => void]>([
  ['id', (c) => void (c.header.id = flip(c.header.id))],
  ['version', (c) => void (c.header.version = 2)],
  ['scrypt cost', (c) => void (c.header.kdf.n *= 2)],
  ['salt', (c) => void (c.header.kdf.salt = flip(c.header.kdf.salt))],
  ['nonce', (c) => void (c.header.cipher.nonce = flip(c.header.cipher.nonce))],
  ['ciphertext', (c) => void (c.ciphertext = flip(c.ciphertext))],
  ['tag', (c) => void (c.tag = flip(c.tag))],
  ['an extra field', (c) => void Object.assign(c.header, { more: 1 })],
])('a changed %s is refused', async (_name, change) => {
  const content = JSON.parse(readFileSync(options.path, 'utf8')) as Content;
  change(content);
  const path = join(mkdtempSync(join(tmpdir(), 'loanstone-keystore-')), 'changed.json');
  writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
  await expect(openKeystore({ ...options, path })).rejects.toThrow(/changed|no keystore/);
});

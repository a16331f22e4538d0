import { person } from './actors';
import { startDevnet, type Devnet } from './harness';

let devnet: Devnet;
const NOBODY = person().address;

beforeAll(async () => {
  devnet = await startDevnet();
});
afterAll(() => devnet.stop());

const errors: readonly (readonly [string, readonly unknown[], string])[] = [
  ['WalletNew', ['ed25519'], 'unknown sig type: ed25519'],
  [
    'WalletImport',
    [{ Type: 'ed25519', PrivateKey: 'AQ==' }],
    'failed to make key: cannot generate public key of unsupported type',
  ],
  ['WalletExport', [NOBODY], `key not found for ${NOBODY}`],
  ['WalletSign', [NOBODY, 'AQ=='], `key not found for ${NOBODY}`],
  ['WalletSetDefault', [NOBODY], `opening key 'wallet-${NOBODY}': key info not found`],
  ['WalletValidateAddress', ['f0abc'], 'invalid address payload'],
  ['AuthVerify', ['not-a-token'], 'JWT Verification failed: jwt: malformed token'],
  ['AuthVerify', ['e30.e30.e30'], 'JWT Verification failed: jwt: HMAC verification failed'],
];
test.each(errors)('%s %j is refused', async (method, params, message) => {
  expect(await devnet.error(method, ...params)).toEqual({ code: 1, message });
});

test('a key is made, listed in order, exported, deleted, and deleted again in silence', async () => {
  const made = [
    await devnet.call<string>('WalletNew', 'secp256k1'),
    await devnet.call<string>('WalletNew', 'bls'),
  ];
  const list = await devnet.call<string[]>('WalletList');
  expect(list).toEqual([...list].sort());
  expect(list).toEqual(expect.arrayContaining(made));
  const key = await devnet.call<{ Type: string }>('WalletExport', made[1]);
  expect(key.Type).toBe('bls');
  expect(await devnet.call('WalletDelete', made[1])).toBeNull();
  expect(await devnet.call('WalletHas', made[1])).toBe(false);
  expect(await devnet.call('WalletDelete', made[1])).toBeNull();
  expect(await devnet.call('WalletImport', key)).toBe(made[1]);
});

test('AuthNew writes what it is asked for into the token', async () => {
  const token = async (allow: unknown): Promise<string> =>
    Buffer.from(await devnet.call<string>('AuthNew', allow), 'base64').toString();
  expect(await devnet.call('AuthVerify', await token(['read', 'fly']))).toEqual(['read', 'fly']);
  expect(await devnet.call('AuthVerify', await token(null))).toBeNull();
});

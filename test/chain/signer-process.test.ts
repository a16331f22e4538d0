/** The signer as it runs: it needs its keystore, its own database and its own network, and says who it is. */
import { chmodSync, copyFileSync, existsSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { toLotusSigned } from '../../chain/message';
import { createKeystore, type Keystore, openKeystore } from '../../chain/keystore';
import { makeLotus } from '../../chain/lotus';
import { makeKnex } from '../../db/knex';
import { addressFrom } from '../../domain/address';
import { coins } from '../../domain/money';
import { type Child, logTail, startChild } from '../../stack/child';
import { drainSurprising, introduce } from '../../workers/signer';
import { freshDatabase, type TestDatabase } from '../support/database';
import { startDevnet, type TestDevnet } from '../support/devnet';
import { startTestServer, type TestServer } from '../support/temporal';

let database: TestDatabase;
let devnet: TestDevnet;
let server: TestServer;
const folder = mkdtempSync(join(tmpdir(), 'loanstone-signer-'));
const passphraseFile = join(folder, 'passphrase');
const path = join(folder, 'keystore.json');
const children: Child[] = [];

beforeAll(async () => {
  writeFileSync(passphraseFile, 'a passphrase for tests\n', { mode: 0o600 });
  [database, devnet, server] = await Promise.all([freshDatabase(), startDevnet(), startTestServer()]);
});
afterAll(async () => {
  await Promise.all(children.map((child) => child.stop()));
  await Promise.all([server.stop(), devnet.stop(), database.drop()]);
});

function startSigner(change: Readonly<Record<string, string>> = {}, args: readonly string[] = []): Child {
  const child = startChild({
    name: 'signer',
    command: process.execPath,
    args: ['--import', 'tsx', 'workers/signer.ts', ...args],
    cwd: join(__dirname, '..', '..'),
    logFile: join(folder, `${String(children.length)}.log`),
    env: {
      PATH: process.env['PATH'],
      LOANSTONE_ENV: 'production',
      SIGNER_DATABASE_URL: database.signerUrl,
      TEMPORAL_ADDRESS: server.address,
      LOTUS_RPC_URL: devnet.rpc,
      LOTUS_RPC_TOKEN: devnet.tokens.read,
      KEYSTORE_PATH: path,
      KEYSTORE_PASSPHRASE_FILE: passphraseFile,
      ...change,
    },
  });
  children.push(child);
  return child;
}

/** The last words of a signer that does not start. */
async function lastWords(child: Child): Promise<string> {
  expect(await child.exited).toBe('exit code 1');
  return logTail(child.logFile, 20);
}

test('it makes a keystore only when told to, and is the same hot wallet after a restart', async () => {
  expect(await lastWords(startSigner())).toContain('--init-if-missing');
  expect(existsSync(path)).toBe(false);

  const first = startSigner({}, ['--init-if-missing']);
  const { hot } = await first.firstJson('ready', 60_000);
  expect(hot).toMatch(/^f1/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await first.stop();

  const second = startSigner();
  expect((await second.firstJson('ready', 60_000))['hot']).toBe(hot);
  await second.stop();
});

test('it refuses a keystore that others can read, a wrong passphrase and another network', async () => {
  const open = join(folder, 'open.json');
  copyFileSync(path, open);
  chmodSync(open, 0o644);
  const wrong = join(folder, 'wrong');
  writeFileSync(wrong, 'another passphrase', { mode: 0o600 });
  const [a, b, c] = [
    startSigner({ KEYSTORE_PATH: open }),
    startSigner({ KEYSTORE_PASSPHRASE_FILE: wrong }),
    startSigner({ FILECOIN_NETWORK: 't' }),
  ];
  expect(await lastWords(a)).toContain('open to other accounts');
  expect(await lastWords(b)).toContain('wrong passphrase');
  expect(await lastWords(c)).toContain('another network');
});

async function someKeystore(name: string): Promise<Keystore> {
  const options = { path: join(folder, name), passphrase: 'a passphrase for tests', testScryptN: 1024 };
  await createKeystore(options);
  return openKeystore(options);
}

test('another keystore does not get mixed into the database', async () => {
  const knex = makeKnex(database.signerUrl);
  const stranger = await someKeystore('stranger.json');
  await expect(introduce(knex, stranger, makeLotus({ url: devnet.rpc }))).rejects.toThrow('another keystore');
  await knex.destroy();
});

test('a hot wallet whose chain is ahead of the database only drains', async () => {
  const other = await freshDatabase();
  const knex = makeKnex(other.signerUrl);
  const lotus = makeLotus({ url: devnet.rpc, token: devnet.tokens.write });
  const keystore = await someKeystore('older.json');
  const hot = await introduce(knex, keystore, lotus);
  const log = pino({ level: 'silent' });
  const mode = async (): Promise<unknown> =>
    (await knex<{ address: string; mode: string }>('chain.sender').where({ address: hot }).first())?.mode;
  await drainSurprising(knex, lotus, log);
  expect(await mode()).toBe('active');

  await devnet.control('Devnet.Fund', hot, coins(1n).toString());
  const call = {
    from: hot,
    to: addressFrom('f01000'),
    nonce: 0,
    value: 1n,
    method: 0,
    params: new Uint8Array(),
  };
  const gas = { gasLimit: 10_000_000, gasFeeCap: 1_000_000n, gasPremium: 200_000n };
  await lotus.mpoolPush(toLotusSigned(keystore.sign({ ...call, ...gas }, 'hot', 0)));
  await drainSurprising(knex, lotus, log);
  expect(await mode()).toBe('draining');
  await knex.destroy();
  await other.drop();
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, configVariables, readConfig } from '../config';

const temporal = { TEMPORAL_ADDRESS: 'temporal:7233' };
const lotus = { LOTUS_RPC_URL: 'https://lotus.example/rpc/v1', LOTUS_RPC_TOKEN: 'token' };
const worker = {
  ...temporal,
  ...lotus,
  DATABASE_URL: 'postgres://loanstone:secret@db:5432/loanstone',
  SMTP_URL: 'smtps://mail.example:465',
  MAIL_FROM: 'Loanstone <no-reply@example.com>',
  PUBLIC_URL: 'https://bank.example.com/',
};
const api = {
  ...temporal,
  DATABASE_URL: worker.DATABASE_URL,
  PUBLIC_URL: worker.PUBLIC_URL,
  API_PORT: '8080',
  CUSTOMER_DATA_KEY: 'ab'.repeat(32),
};
const signer = {
  ...temporal,
  ...lotus,
  SIGNER_DATABASE_URL: 'postgres://signer:secret@db:5432/loanstone',
  KEYSTORE_PATH: '/keystore/keystore.json',
  KEYSTORE_PASSPHRASE_FILE: '/run/secrets/passphrase',
};
const complete = { api, worker, signer, migrate: { DATABASE_OWNER_URL: 'postgres://owner@db/loanstone' } };

function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test('each part starts with its needed variables alone, and no field is missing', () => {
  expect(readConfig('worker', worker)).toMatchObject({
    development: false,
    publicUrl: 'https://bank.example.com',
    queues: ['core', 'ledger', 'chain', 'mail', 'batch'],
    waitCapSeconds: 86_400,
    reconciliationIntervalSeconds: 3_600,
    escrowGas: 500_000_000_000_000_000n,
    lotus: { maxFee: 70_000_000_000_000_000n, finalityEpochs: undefined },
  });
  expect(readConfig('api', api)).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    adminUiDir: 'admin-ui/dist',
  });
  expect(readConfig('signer', signer)).toMatchObject({ keystore: { path: '/keystore/keystore.json' } });
  expect(readConfig('migrate', complete.migrate)).toMatchObject({ logLevel: 'info' });
});

test.each(['api', 'worker', 'signer', 'migrate'] as const)(
  '%s: an empty environment lists every needed variable',
  (part) => {
    const needed = configVariables.filter(({ parts, needed: must }) => must && parts.includes(part));
    const faults = faultsOf(() => readConfig(part as 'api', {}));
    expect(faults.map((fault) => fault.split(' ')[0]).sort()).toEqual(needed.map(({ name }) => name).sort());
  },
);

test('all faults come at once, by name and without values', () => {
  const env = {
    ...worker,
    DATABASE_URL: 'mysql://hunter2',
    STUCK_EPOCHS: '0',
    WORKER_QUEUES: 'core,signer',
    MAIL_FROM: '',
  };
  const faults = faultsOf(() => readConfig('worker', env));
  expect(faults.map((fault) => fault.split(' ')[0]).sort()).toEqual([
    'DATABASE_URL',
    'MAIL_FROM',
    'STUCK_EPOCHS',
    'WORKER_QUEUES',
  ]);
  expect(faults.join()).not.toContain('hunter2');
});

test('the configuration is frozen to its depth', () => {
  const config = readConfig('worker', worker);
  expect(
    Object.isFrozen(config) && Object.isFrozen(config.lotus) && Object.isFrozen(config.temporal.tls),
  ).toBe(true);
});

test.each([
  ['plain http outside development', { PUBLIC_URL: 'http://bank.example.com' }, 'PUBLIC_URL'],
  ['the mail inbox outside development', { DEV_MAIL_URL: 'http://127.0.0.1:8025' }, 'DEV_MAIL_URL'],
  ['half of a TLS pair', { TEMPORAL_TLS_CERT_FILE: '/cert.pem' }, 'TEMPORAL_TLS_CERT_FILE'],
  ['a short data key', { CUSTOMER_DATA_KEY: 'ab' }, 'CUSTOMER_DATA_KEY'],
])('the API refuses %s', (_what, change, variable) => {
  expect(
    faultsOf(() => readConfig('api', { ...api, ...change })).map((fault) => fault.split(' ')[0]),
  ).toEqual([variable]);
});

test('development allows http and the inbox', () => {
  const env = {
    ...api,
    LOANSTONE_ENV: 'development',
    PUBLIC_URL: 'http://127.0.0.1:8080',
    DEV_MAIL_URL: 'http://127.0.0.1:8025',
  };
  expect(readConfig('api', env)).toMatchObject({ development: true, devMailUrl: 'http://127.0.0.1:8025' });
});

test('the runbook explains every variable, in the words of the table it is read by', () => {
  const runbook = readFileSync(join(__dirname, '..', 'docs', 'runbook.md'), 'utf8');
  const rows = configVariables.map(
    ({ name, parts, needed, doc }) =>
      `| \`${name}\` | ${parts.join(', ')} | ${needed ? 'yes' : ''} | ${doc} |`,
  );
  expect(rows.filter((row) => !runbook.includes(row))).toEqual([]);
});

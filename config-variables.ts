import { createSecretKey } from 'node:crypto';
import { z } from 'zod';
import { atto, coins, parseAtto } from './domain/money';

/** The kinds of process; each reads only its own variables, so that a secret is only where it is needed. */
export type Part = 'api' | 'worker' | 'signer' | 'migrate';

const ALL = ['api', 'worker', 'signer', 'migrate'] as const;
export const SERVING = ['api', 'worker', 'signer'] as const;
export const CHAIN = ['worker', 'signer'] as const;

const text = z.string();
const integer = (least: number) =>
  text
    .regex(/^\d{1,15}$/, 'is not a whole number')
    .transform(Number)
    .refine((value) => value >= least, `is below ${least}`);
const url = (schemes: string, example: string) =>
  text.refine(
    (value) => new RegExp(`^(?:${schemes})://[^/]+`).test(value) && URL.canParse(value),
    `is not a URL like ${example}`,
  );
const database = url('postgres|postgresql', 'postgres://user:password@host:5432/database');
const amount = text.transform((value, context) => {
  const parsed = parseAtto(value);
  if (parsed !== null) return parsed;
  context.addIssue('is not a whole number of attoFIL');
  return z.NEVER;
});
const QUEUES = ['core', 'ledger', 'chain', 'mail', 'batch'] as const;
const queues = text.transform((value, context) => {
  const parsed = z
    .array(z.enum(QUEUES))
    .min(1)
    .safeParse(value.split(',').map((queue) => queue.trim()));
  if (parsed.success) return parsed.data;
  context.addIssue(`is not a list out of ${QUEUES.join(',')}`);
  return z.NEVER;
});

/** Every variable that the product knows: who reads it, what it means, what may stand in it. Read by config.ts only. */
export const variables = {
  LOANSTONE_ENV: {
    parts: ALL,
    doc: 'development or production (default). Development allows http and the mail inbox',
    schema: z
      .enum(['development', 'production'], 'is neither development nor production')
      .default('production'),
  },
  LOG_LEVEL: {
    parts: ALL,
    doc: 'fatal, error, warn, info (default), debug or trace',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace'], 'is no log level').default('info'),
  },
  DATABASE_URL: {
    parts: ['api', 'worker'],
    doc: 'Postgres ≥ 15, login of the application role',
    schema: database,
  },
  SIGNER_DATABASE_URL: {
    parts: ['signer'],
    doc: 'the same database, login of the signer role',
    schema: database,
  },
  DATABASE_OWNER_URL: { parts: ['migrate'], doc: 'the same database, login of its owner', schema: database },
  TEMPORAL_ADDRESS: {
    parts: SERVING,
    doc: 'host:port of the Temporal frontend',
    schema: text.regex(/^[^\s/]+:\d{1,5}$/, 'is not host:port'),
  },
  TEMPORAL_NAMESPACE: { parts: SERVING, doc: 'default: default', schema: text.default('default') },
  TEMPORAL_TLS_CERT_FILE: {
    parts: SERVING,
    doc: 'PEM file of our certificate (mutual TLS)',
    schema: text.optional(),
  },
  TEMPORAL_TLS_KEY_FILE: { parts: SERVING, doc: 'PEM file of its private key', schema: text.optional() },
  TEMPORAL_TLS_CA_FILE: {
    parts: SERVING,
    doc: 'PEM file of the server’s root certificate',
    schema: text.optional(),
  },
  LOTUS_RPC_URL: {
    parts: CHAIN,
    doc: 'JSON-RPC endpoint of a Lotus node, /rpc/v1',
    schema: url('https?|wss?', 'http://127.0.0.1:1234/rpc/v1'),
  },
  LOTUS_RPC_TOKEN: { parts: CHAIN, doc: 'its bearer token; push needs write permission', schema: text },
  FILECOIN_NETWORK: {
    parts: CHAIN,
    doc: 'f or t: refuse a node of the other network',
    schema: z.enum(['f', 't'], 'is neither f nor t').optional(),
  },
  FINALITY_EPOCHS: {
    parts: CHAIN,
    doc: 'epochs until a tipset is final; unset: the node’s finalised tipset',
    schema: integer(1).optional(),
  },
  EPOCH_SECONDS: {
    parts: CHAIN,
    doc: 'refuse a node with another epoch length',
    schema: integer(1).optional(),
  },
  GENESIS_TIME: {
    parts: CHAIN,
    doc: 'unix seconds: refuse a node with another genesis',
    schema: integer(0).optional(),
  },
  MAX_FEE_ATTO: {
    parts: CHAIN,
    doc: 'most that gas limit × fee cap of one message may be; default 0.07 FIL',
    schema: amount.default(atto((coins(1n) * 7n) / 100n)),
  },
  ESCROW_GAS_ATTO: {
    parts: ['worker'],
    doc: 'what an escrow address is given for gas; default 0.5 FIL',
    schema: amount.default(atto(coins(1n) / 2n)),
  },
  STUCK_EPOCHS: {
    parts: ['worker'],
    doc: 'epochs without inclusion after which a message is replaced by a dearer one; default 10',
    schema: integer(1).default(10),
  },
  STALLED_EPOCHS: {
    parts: CHAIN,
    doc: 'epochs that the head may stand still before signing stops; default 20',
    schema: integer(1).default(20),
  },
  WAIT_CAP_SECONDS: {
    parts: ['worker'],
    doc: 'longest single wait for an epoch before the chain is looked at again; default 86400',
    schema: integer(1).default(86_400),
  },
  ACCRUAL_INTERVAL_SECONDS: { parts: ['worker'], doc: 'default 60', schema: integer(1).default(60) },
  HISTORY_EXPORT_INTERVAL_SECONDS: {
    parts: ['worker'],
    doc: 'how often closed histories are copied into Postgres; default 60',
    schema: integer(1).default(60),
  },
  CUSTODY_INTERVAL_SECONDS: {
    parts: ['worker'],
    doc: 'how often the hot wallet is weighed against its marks; default 300',
    schema: integer(1).default(300),
  },
  COLD_ADDRESS: {
    parts: ['signer'],
    doc: 'the cold address (f1, f2, f3 or f4, no ID): where the signer sends what is above the hot wallet’s high mark, and nowhere else; unset: nothing goes to cold',
    schema: text.optional(),
  },
  RECONCILIATION_INTERVAL_SECONDS: {
    parts: ['worker'],
    doc: 'how often books and chain are compared, address by address; default 3600',
    schema: integer(1).default(3_600),
  },
  COLLATERAL_INTERVAL_EPOCHS: {
    parts: ['worker'],
    doc: 'epochs between two readings of the miners that FIL is lent to; default 2880, a day of 30 s epochs',
    schema: integer(1).default(2_880),
  },
  WORKER_QUEUES: {
    parts: ['worker'],
    doc: `task queues to serve; default ${QUEUES.join(',')}`,
    schema: queues.default([...QUEUES]),
  },
  SMTP_URL: {
    parts: ['worker'],
    doc: 'smtp:// or smtps:// with login',
    schema: url('smtps?', 'smtps://user:password@host:465'),
  },
  MAIL_FROM: { parts: ['worker'], doc: 'sender of our mails', schema: text.regex(/@/, 'is no mail address') },
  PUBLIC_URL: {
    parts: ['api', 'worker'],
    doc: 'where people reach us; https in production',
    schema: url('https?', 'https://bank.example.com').transform((value) => value.replace(/\/+$/, '')),
  },
  API_HOST: {
    parts: ['api'],
    doc: 'address to listen on; default 127.0.0.1',
    schema: text.default('127.0.0.1'),
  },
  API_PORT: { parts: ['api'], doc: 'port to listen on', schema: integer(0) },
  ADMIN_UI_DIR: {
    parts: ['api'],
    doc: 'the built admin UI; default admin-ui/dist',
    schema: text.default('admin-ui/dist'),
  },
  DEV_MAIL_URL: {
    parts: ['api'],
    doc: 'base URL of the mail inbox, shown at /dev/mail; development only',
    schema: url('http', 'http://127.0.0.1:8025').optional(),
  },
  TRUST_PROXY: {
    parts: ['api'],
    doc: 'how many proxies in front of the API may name the caller’s address; default 0',
    schema: integer(0).default(0),
  },
  CUSTOMER_DATA_KEY: {
    parts: ['api'],
    doc: '64 hex digits: the AES-256 key that seals customers’ profiles; keep a copy, nothing opens them without it',
    schema: text
      .regex(/^[0-9a-fA-F]{64}$/, 'is not 64 hex digits')
      .transform((hex) => createSecretKey(Buffer.from(hex, 'hex'))),
  },
  KEYSTORE_PATH: { parts: ['signer'], doc: 'the encrypted keystore', schema: text },
  KEYSTORE_PASSPHRASE_FILE: { parts: ['signer'], doc: 'file with its passphrase', schema: text },
} as const satisfies Record<string, { parts: readonly Part[]; doc: string; schema: z.ZodType }>;

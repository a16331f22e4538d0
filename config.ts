import type { z } from 'zod';
import { variables, type CHAIN, type Part, type SERVING } from './config-variables';

type Variables = typeof variables;
type Name = keyof Variables;
type Values = { readonly [K in Name]: z.output<Variables[K]['schema']> };
type NamesOf<P extends Part> = { [K in Name]: [P] extends [Variables[K]['parts'][number]] ? K : never }[Name];
/** The values of one part; of several parts, those that all of them read. */
type ValuesOf<P extends Part> = Pick<Values, NamesOf<P>>;

export interface ConfigVariable {
  readonly name: string;
  readonly parts: readonly Part[];
  readonly doc: string;
  /** Without a default: its readers refuse to start without it. */
  readonly needed: boolean;
}

/** All variables of the product, for the runbook, the stack and the check of docker-compose.yml. */
export const configVariables: readonly ConfigVariable[] = Object.entries(variables).map(
  ([name, { parts, doc, schema }]) => ({ name, parts, doc, needed: !schema.safeParse(undefined).success }),
);

/** All faults of a process's environment at once, by variable; never their values. */
export class ConfigError extends Error {
  readonly faults: readonly string[];
  constructor(part: Part, faults: readonly string[]) {
    super(
      `The environment of ${part} has ${faults.length} fault(s):\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

function crossFaults(part: Part, env: NodeJS.ProcessEnv): string[] {
  const faults: string[] = [];
  const development = env['LOANSTONE_ENV'] === 'development';
  if (Boolean(env['TEMPORAL_TLS_CERT_FILE']) !== Boolean(env['TEMPORAL_TLS_KEY_FILE'])) {
    faults.push('TEMPORAL_TLS_CERT_FILE and TEMPORAL_TLS_KEY_FILE go together');
  }
  if (development || part === 'migrate' || part === 'signer') return faults;
  if (env['DEV_MAIL_URL'] && part === 'api')
    faults.push('DEV_MAIL_URL is for development only: it shows one-time codes');
  if (env['PUBLIC_URL']?.startsWith('http:') === true)
    faults.push('PUBLIC_URL must be https outside development');
  return faults;
}

/**
 * Reads the variables of one part; an empty one counts as not set.
 * @throws ConfigError naming every fault.
 */
function readVariables<P extends Part>(part: P, env: NodeJS.ProcessEnv): ValuesOf<P> {
  const values: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, { parts, schema, doc }] of Object.entries(variables)) {
    if (!(parts as readonly Part[]).includes(part)) continue;
    const given = env[name] === '' ? undefined : env[name];
    const result = schema.safeParse(given);
    if (result.success) values[name] = result.data;
    else if (given === undefined) faults.push(`${name} is not set (${doc})`);
    else faults.push(`${name} ${result.error.issues.map((issue) => issue.message).join(', ')}`);
  }
  faults.push(...crossFaults(part, env));
  if (faults.length > 0) throw new ConfigError(part, faults);
  return values as ValuesOf<P>;
}

const temporal = (v: ValuesOf<(typeof SERVING)[number]>) => ({
  address: v.TEMPORAL_ADDRESS,
  namespace: v.TEMPORAL_NAMESPACE,
  tls: {
    certFile: v.TEMPORAL_TLS_CERT_FILE,
    keyFile: v.TEMPORAL_TLS_KEY_FILE,
    caFile: v.TEMPORAL_TLS_CA_FILE,
  },
});

const chain = (v: ValuesOf<(typeof CHAIN)[number]>) => ({
  url: v.LOTUS_RPC_URL,
  token: v.LOTUS_RPC_TOKEN,
  network: v.FILECOIN_NETWORK,
  finalityEpochs: v.FINALITY_EPOCHS,
  epochSeconds: v.EPOCH_SECONDS,
  genesisTime: v.GENESIS_TIME,
  /** Most that one message's gas may cost. */
  maxFee: v.MAX_FEE_ATTO,
  stalledEpochs: v.STALLED_EPOCHS,
});

const shared = (v: ValuesOf<Part>) => ({
  development: v.LOANSTONE_ENV === 'development',
  logLevel: v.LOG_LEVEL,
});

const makeApi = (v: ValuesOf<'api'>) => ({
  part: 'api' as const,
  ...shared(v),
  databaseUrl: v.DATABASE_URL,
  temporal: temporal(v),
  host: v.API_HOST,
  port: v.API_PORT,
  publicUrl: v.PUBLIC_URL,
  adminUiDir: v.ADMIN_UI_DIR,
  devMailUrl: v.DEV_MAIL_URL,
  trustProxy: v.TRUST_PROXY,
  customerDataKey: v.CUSTOMER_DATA_KEY,
});

const makeWorker = (v: ValuesOf<'worker'>) => ({
  part: 'worker' as const,
  ...shared(v),
  databaseUrl: v.DATABASE_URL,
  temporal: temporal(v),
  lotus: chain(v),
  mail: { url: v.SMTP_URL, from: v.MAIL_FROM },
  publicUrl: v.PUBLIC_URL,
  queues: v.WORKER_QUEUES,
  waitCapSeconds: v.WAIT_CAP_SECONDS,
  accrualIntervalSeconds: v.ACCRUAL_INTERVAL_SECONDS,
  historyExportIntervalSeconds: v.HISTORY_EXPORT_INTERVAL_SECONDS,
  custodyIntervalSeconds: v.CUSTODY_INTERVAL_SECONDS,
  reconciliationIntervalSeconds: v.RECONCILIATION_INTERVAL_SECONDS,
  collateralIntervalEpochs: v.COLLATERAL_INTERVAL_EPOCHS,
  escrowGas: v.ESCROW_GAS_ATTO,
  stuckEpochs: v.STUCK_EPOCHS,
});

const makeSigner = (v: ValuesOf<'signer'>) => ({
  part: 'signer' as const,
  ...shared(v),
  databaseUrl: v.SIGNER_DATABASE_URL,
  temporal: temporal(v),
  lotus: chain(v),
  coldAddress: v.COLD_ADDRESS,
  keystore: { path: v.KEYSTORE_PATH, passphraseFile: v.KEYSTORE_PASSPHRASE_FILE },
});

const makeMigrate = (v: ValuesOf<'migrate'>) => ({
  part: 'migrate' as const,
  ...shared(v),
  databaseUrl: v.DATABASE_OWNER_URL,
});

export type ApiConfig = Readonly<ReturnType<typeof makeApi>>;
export type WorkerConfig = Readonly<ReturnType<typeof makeWorker>>;
export type SignerConfig = Readonly<ReturnType<typeof makeSigner>>;
export type MigrateConfig = Readonly<ReturnType<typeof makeMigrate>>;

function deepFreeze<T extends object>(object: T): T {
  for (const value of Object.values(object)) {
    if (typeof value === 'object' && value !== null) deepFreeze(value as object);
  }
  return Object.freeze(object);
}

/**
 * The frozen configuration of one part.
 * @throws ConfigError naming every variable that is missing or wrong, without their values.
 */
export function readConfig(part: 'api', env?: NodeJS.ProcessEnv): ApiConfig;
export function readConfig(part: 'worker', env?: NodeJS.ProcessEnv): WorkerConfig;
export function readConfig(part: 'signer', env?: NodeJS.ProcessEnv): SignerConfig;
export function readConfig(part: 'migrate', env?: NodeJS.ProcessEnv): MigrateConfig;
export function readConfig(part: Part, env: NodeJS.ProcessEnv = process.env) {
  switch (part) {
    case 'api':
      return deepFreeze(makeApi(readVariables(part, env)));
    case 'worker':
      return deepFreeze(makeWorker(readVariables(part, env)));
    case 'signer':
      return deepFreeze(makeSigner(readVariables(part, env)));
    case 'migrate':
      return deepFreeze(makeMigrate(readVariables(part, env)));
  }
}

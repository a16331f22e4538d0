/** The product's own processes: signer, worker, API, each with no more of the environment than it reads. */
import { join } from 'node:path';
import { canRun, type Account } from './account';
import { readyOrStopped, startChild, type Child } from './child';
import type { DataFolder } from './data-folder';
import { partEnvironment } from './environment';
import { ROOT, type ChainPlace, type DatabaseUrls, type MailPlace, type TemporalPlace } from './foundation';
import type { Reservation } from './port';
import type { Supervisor } from './supervisor';
import { waitFor } from './wait';

export interface Places {
  readonly database: DatabaseUrls;
  readonly temporal: TemporalPlace;
  readonly chain: ChainPlace;
  readonly mail: MailPlace;
  readonly adminUi: string;
  readonly api: Reservation;
  /** Of a second API process. */
  readonly second?: Reservation;
}

export interface ProductOptions {
  readonly data: DataFolder;
  readonly supervisor: Supervisor;
  readonly places: Places;
  /** Of API and worker; undefined: ours. */
  readonly account: Account | undefined;
}

/** What all three kinds of process are told; each then gets only what it reads. */
function known({ data, places }: ProductOptions, token: string): Record<string, string> {
  const { database, temporal, chain, mail } = places;
  return {
    LOANSTONE_ENV: 'development',
    DATABASE_URL: database.app,
    SIGNER_DATABASE_URL: database.signer,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    LOTUS_RPC_URL: chain.rpc,
    LOTUS_RPC_TOKEN: token,
    SMTP_URL: mail.smtp,
    MAIL_FROM: process.env['MAIL_FROM'] ?? 'Loanstone <no-reply@loanstone.test>',
    PUBLIC_URL: `http://127.0.0.1:${places.api.port}`,
    API_PORT: String(places.api.port),
    ADMIN_UI_DIR: places.adminUi,
    ...(mail.http === null ? {} : { DEV_MAIL_URL: mail.http }),
    WAIT_CAP_SECONDS: process.env['WAIT_CAP_SECONDS'] ?? String(chain.waitCapSeconds),
    // A machine that is busy is late with epochs of a second: no sign of a dead chain yet.
    STALLED_EPOCHS: process.env['STALLED_EPOCHS'] ?? (chain.waitCapSeconds === 1 ? '120' : '20'),
    ACCRUAL_INTERVAL_SECONDS: process.env['ACCRUAL_INTERVAL_SECONDS'] ?? '5',
    HISTORY_EXPORT_INTERVAL_SECONDS: process.env['HISTORY_EXPORT_INTERVAL_SECONDS'] ?? '20',
    COLLATERAL_INTERVAL_EPOCHS: process.env['COLLATERAL_INTERVAL_EPOCHS'] ?? '10',
    CUSTOMER_DATA_KEY: data.secrets.customerDataKey,
    KEYSTORE_PATH: data.keystore,
    KEYSTORE_PASSPHRASE_FILE: data.passphraseFile,
  };
}

/**
 * Whether the account can run our code from here: else (a checkout below /root) API and worker stay root, and only
 * the mode of the keystore's folder no longer separates them from it.
 */
export function servesFrom(account: Account): boolean {
  const probe = `require('fs').readFileSync(${JSON.stringify(join(ROOT, 'package.json'))});
    require(${JSON.stringify(join(ROOT, 'node_modules', 'zod'))})`;
  return canRun(account, process.execPath, ['-e', probe]);
}

function startProgram(
  name: string,
  args: readonly string[],
  rest: {
    readonly env: NodeJS.ProcessEnv;
    readonly logFile: string;
    readonly account: Account | undefined;
    readonly signal: AbortSignal;
  },
): Child {
  const env = rest.account === undefined ? rest.env : { ...rest.env, HOME: '/tmp' };
  return startChild({
    name,
    command: process.execPath,
    args: ['--import', 'tsx', ...args],
    cwd: ROOT,
    ...rest,
    env,
  });
}

/** The signer: the only process that opens the keystore, which its first start makes. */
export async function bringSigner(options: ProductOptions): Promise<void> {
  const env = partEnvironment('signer', known(options, options.places.chain.readToken));
  const logFile = options.data.log('signer');
  await options.supervisor.run({
    name: 'signer',
    start: async (signal) => {
      const child = startProgram('signer', ['workers/signer.ts', '--init-if-missing'], {
        env,
        logFile,
        account: undefined,
        signal,
      });
      await readyOrStopped(child, child.firstJson('ready', 120_000));
      return { child, where: `keystore ${options.data.keystore}` };
    },
  });
}

/** One worker process for all task queues but the signer's; another `name` is another process beside it. */
export async function bringWorker(options: ProductOptions, name = 'worker'): Promise<void> {
  const env = partEnvironment('worker', known(options, options.places.chain.writeToken));
  const logFile = options.data.log(name);
  const queues = 'core,ledger,chain,mail,batch';
  await options.supervisor.run({
    name,
    start: async (signal) => {
      const args = ['workers/main.ts', '--queues', queues];
      const child = startProgram(name, args, { env, logFile, account: options.account, signal });
      await readyOrStopped(child, child.firstJson('ready', 120_000));
      return { child, where: `queues ${queues}` };
    },
  });
}

/** The API at `places.api`, which also serves the built admin UI; ready when /readyz says so. */
export async function bringApi(options: ProductOptions, name = 'api'): Promise<string> {
  const env = partEnvironment('api', known(options, ''));
  const logFile = options.data.log(name);
  const url = `http://127.0.0.1:${options.places.api.port}`;
  const answers = async (): Promise<true> => {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
    if (response.ok) return true;
    throw new Error(`${response.status} ${await response.text()}`);
  };
  await options.supervisor.run({
    name,
    start: async (signal) => {
      await options.places.api.release();
      const child = startProgram(name, ['api/main.ts'], { env, logFile, account: options.account, signal });
      await readyOrStopped(child, child.firstJson('ready', 60_000));
      const ready = waitFor(answers, { what: `${url}/readyz`, timeoutMs: 60_000, giveUp: child.ending });
      await readyOrStopped(child, ready);
      return { child, where: url };
    },
  });
  return url;
}

/** The product's own processes, real ones, on a fresh database, a Temporal namespace and a devnet of their own. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Knex } from 'knex';
import { makeLotus, type Lotus } from '../../chain/lotus';
import { makeKnex } from '../../db/knex';
import { startChild, type Child } from '../../stack/child';
import { freePort } from '../../stack/port';
import { waitFor } from '../../stack/wait';
import { freshDatabase, type TestDatabase } from '../support/database';
import { startDevnet, type DevnetOptions, type TestDevnet } from '../support/devnet';
import { ownNamespace } from '../support/namespace';
import { services } from '../support/services';
import { openLink } from './link';
import { makeMailbox, type Mailbox } from './mailbox';

const ROOT = join(__dirname, '..', '..');
const READY_MS = 120_000;
const WAIT_MS = 400_000;
export const FINALITY = 5;
/** Wall time of an epoch while the chain flows. */
export const EPOCH_MS = 250;

export interface ProcessOptions extends DevnetOptions {
  /** Of the worker and the signer, beside what they need. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: those that tests share. */
  readonly database?: TestDatabase;
  readonly temporalAddress?: string;
}

export interface Processes {
  readonly devnet: TestDevnet;
  readonly lotus: Lotus;
  /** As the owner of the database: for looking, and for what staff would have done. */
  readonly knex: Knex;
  readonly adminUrl: string;
  readonly client: Client;
  readonly mailbox: Mailbox;
  /** Signer and worker, until both say that they are ready. */
  readonly start: () => Promise<void>;
  /** SIGKILL of both, at once. */
  readonly kill: () => Promise<void>;
  /** From now on nothing that the processes do is known to Temporal; until they are killed. */
  readonly holdReports: () => void;
  /** Lets epochs pass by themselves. */
  readonly flow: () => Promise<void>;
  readonly stand: () => Promise<void>;
  readonly mine: (epochs: number) => Promise<void>;
  /** Waits until `probe` gives something, generously. */
  readonly until: <T>(what: string, probe: () => Promise<T | null | undefined>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** Starts devnet, database and mailbox; no product process yet. The chain stands until it is told to flow. */
export async function makeProcesses(options: ProcessOptions = {}): Promise<Processes> {
  const { env = {}, temporalAddress = services().temporalAddress } = options;
  const [database, devnet, port] = await Promise.all([
    options.database ?? freshDatabase(),
    startDevnet({ finality: FINALITY, ...options }),
    freePort(),
  ]);
  const connection = await Connection.connect({ address: temporalAddress });
  const namespace = await ownNamespace(new Client({ connection }));
  const [link, knex, mailbox] = [
    await openLink(temporalAddress),
    makeKnex(database.ownerUrl),
    makeMailbox(port),
  ];
  await mailbox.up();
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-crash-'));
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  const shared = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    LOANSTONE_ENV: 'development',
    TEMPORAL_ADDRESS: link.address,
    TEMPORAL_NAMESPACE: namespace,
    LOTUS_RPC_URL: devnet.rpc,
    LOTUS_RPC_TOKEN: devnet.tokens.write,
    ...env,
  };
  const running = new Set<Child>();
  const start = async (name: string, script: readonly string[], own: NodeJS.ProcessEnv): Promise<void> => {
    const child = startChild({
      name,
      command: process.execPath,
      args: ['--import', 'tsx', ...script],
      cwd: ROOT,
      env: { ...shared, ...own },
      logFile: join(folder, `${name}.log`),
    });
    running.add(child);
    await child.firstJson('ready', READY_MS);
  };
  const kill = async (): Promise<void> => {
    await Promise.all([...running].map((child) => child.stop(0)));
    running.clear();
    link.cut();
  };
  const control = async (method: string, ...params: unknown[]): Promise<void> => {
    await devnet.control(method, ...params);
  };
  return {
    devnet,
    lotus: makeLotus({ url: devnet.rpc, token: devnet.tokens.write }),
    knex,
    adminUrl: database.adminUrl,
    client: new Client({ connection, namespace }),
    mailbox,
    start: async () => {
      await Promise.all([
        start('signer', ['workers/signer.ts', '--init-if-missing'], {
          SIGNER_DATABASE_URL: database.signerUrl,
          KEYSTORE_PATH: join(folder, 'keystore.json'),
          KEYSTORE_PASSPHRASE_FILE: passphraseFile,
        }),
        start('worker', ['workers/main.ts', '--queues', 'core,ledger,chain,mail,batch'], {
          DATABASE_URL: database.appUrl,
          SMTP_URL: `smtp://127.0.0.1:${port}`,
          MAIL_FROM: 'test@loanstone.test',
          PUBLIC_URL: 'http://127.0.0.1:9',
          WAIT_CAP_SECONDS: '1',
        }),
      ]);
    },
    kill,
    holdReports: link.hold,
    flow: () => control('Devnet.AutoMine', EPOCH_MS),
    stand: () => control('Devnet.AutoMine', 0),
    mine: (epochs) => control('Devnet.Mine', epochs),
    until: (what, probe) => waitFor(async () => (await probe()) ?? undefined, { what, timeoutMs: WAIT_MS }),
    close: async () => {
      await kill();
      await Promise.all([link.close(), mailbox.down(), knex.destroy(), devnet.stop(), connection.close()]);
      await database.drop();
    },
  };
}

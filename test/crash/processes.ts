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
import { freshDatabase } from '../support/database';
import { startDevnet, type TestDevnet } from '../support/devnet';
import { ownNamespace } from '../support/namespace';
import { services } from '../support/services';
import { waitFor } from '../../stack/wait';

const ROOT = join(__dirname, '..', '..');
const READY_MS = 60_000;
const WAIT_MS = 60_000;

export interface Processes {
  readonly devnet: TestDevnet;
  readonly lotus: Lotus;
  readonly knex: Knex;
  readonly client: Client;
  readonly startSigner: () => Promise<Child>;
  readonly startWorker: () => Promise<Child>;
  /** SIGKILL of the whole process group, at once. */
  readonly kill: (...children: readonly Child[]) => Promise<void>;
  readonly killAll: () => Promise<void>;
  /** Waits until `probe` gives something; at most a minute. */
  readonly until: <T>(what: string, probe: () => Promise<T | null | undefined>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** Starts devnet and database; no product process yet. */
export async function makeProcesses(): Promise<Processes> {
  const [database, devnet] = await Promise.all([
    freshDatabase(),
    startDevnet({ finality: 5, epochSeconds: 1 }),
  ]);
  const connection = await Connection.connect({ address: services().temporalAddress });
  const namespace = await ownNamespace(new Client({ connection }));
  const client = new Client({ connection, namespace });
  const knex = makeKnex(database.ownerUrl, { poolMax: 2 });
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-crash-'));
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  const shared = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    LOANSTONE_ENV: 'development',
    TEMPORAL_ADDRESS: services().temporalAddress,
    TEMPORAL_NAMESPACE: namespace,
    LOTUS_RPC_URL: devnet.rpc,
    LOTUS_RPC_TOKEN: devnet.tokens.write,
    WAIT_CAP_SECONDS: '1',
  };
  const running = new Set<Child>();
  const kill = async (...children: readonly Child[]): Promise<void> => {
    await Promise.all(children.map((child) => child.stop(0)));
    for (const child of children) running.delete(child);
  };
  const start = async (name: string, script: readonly string[], env: NodeJS.ProcessEnv): Promise<Child> => {
    const child = startChild({
      name,
      command: process.execPath,
      args: ['--import', 'tsx', ...script],
      cwd: ROOT,
      env: { ...shared, ...env },
      logFile: join(folder, `${name}.log`),
    });
    running.add(child);
    await child.firstJson('ready', READY_MS);
    return child;
  };
  return {
    devnet,
    lotus: makeLotus({ url: devnet.rpc, token: devnet.tokens.write }),
    knex,
    client,
    startSigner: () =>
      start('signer', ['workers/signer.ts', '--init-if-missing'], {
        SIGNER_DATABASE_URL: database.signerUrl,
        KEYSTORE_PATH: join(folder, 'keystore.json'),
        KEYSTORE_PASSPHRASE_FILE: passphraseFile,
      }),
    startWorker: () =>
      start('worker', ['workers/main.ts', '--queues', 'core,ledger,chain,mail,batch'], {
        DATABASE_URL: database.appUrl,
        SMTP_URL: 'smtp://127.0.0.1:9',
        MAIL_FROM: 'test@loanstone.test',
        PUBLIC_URL: 'http://127.0.0.1:9',
      }),
    kill,
    killAll: () => kill(...running),
    until: (what, probe) => waitFor(async () => (await probe()) ?? undefined, { what, timeoutMs: WAIT_MS }),
    close: async () => {
      await kill(...running);
      await Promise.all([knex.destroy(), devnet.stop(), connection.close()]);
      await database.drop();
    },
  };
}

/** The parts the product stands on: database, Temporal, chain, mail. Each is given or started. */
import { join } from 'node:path';
import { z } from 'zod';
import { migrate } from '../db/migrate';
import { paceOf } from './chain-pace';
import { readyOrStopped, startChild } from './child';
import type { DataFolder } from './data-folder';
import { plainEnvironment } from './environment';
import type { Given } from './given';
import { reservePort, type Reservation } from './port';
import { startPostgres } from './postgres';
import { databaseUrl, ensureDatabase, ensureRoles, type Logins } from './roles';
import type { Supervisor } from './supervisor';
import { startTemporal } from './temporal';

export const ROOT = join(__dirname, '..');
const DATABASE = 'loanstone';

const text = z.string();
const devnetReady = z.object({
  rpc: text,
  tokens: z.object({ admin: text, sign: text, write: text, read: text }),
});
const inboxReady = z.object({ smtp: text, http: text });

export interface DevnetPace {
  /** Real milliseconds between tipsets; 0: only when asked for. */
  readonly epochMs: number;
  /** Seconds of chain time an epoch stands for. */
  readonly epochSeconds: number;
  readonly finality: number;
}

/** Held from before the first part starts until each part's own start. */
export interface Ports {
  readonly postgres: Reservation;
  readonly temporal: Reservation;
  readonly temporalUi: Reservation;
  readonly devnet: Reservation;
  readonly smtp: Reservation;
  readonly inbox: Reservation;
  readonly api: Reservation;
}

/**
 * The usual ports where they are free, else others. LOANSTONE_ANY_PORTS: others at once, for stacks that start side by
 * side: between release and use a usual port could be taken by the next one.
 */
export async function reservePorts(env: NodeJS.ProcessEnv = process.env): Promise<Ports> {
  const usual = (port: number): Promise<Reservation> =>
    reservePort(env['LOANSTONE_ANY_PORTS'] === undefined ? port : 0);
  return {
    postgres: await usual(5432),
    temporal: await usual(7233),
    temporalUi: await usual(8233),
    devnet: await usual(1234),
    smtp: await usual(1025),
    inbox: await usual(8025),
    api: await usual(8080),
  };
}

export interface Ground {
  readonly ports: Ports;
  readonly data: DataFolder;
  readonly given: Given;
  readonly supervisor: Supervisor;
  readonly pace: DevnetPace;
}

export interface DatabaseUrls {
  readonly app: string;
  readonly owner: string;
  readonly signer: string;
}

/** Postgres with roles, database and all migrations. */
export async function bringDatabase({ data, given, supervisor, ports }: Ground): Promise<DatabaseUrls> {
  const urls = given.database ?? (await ownDatabase(data, supervisor, ports.postgres));
  await supervisor.task(
    'migrations',
    () => migrate(urls.owner),
    (ran) => (ran.length === 0 ? 'nothing to do' : `${ran.length} run, last ${ran.at(-1) ?? ''}`),
  );
  return urls;
}

async function ownDatabase(
  data: DataFolder,
  supervisor: Supervisor,
  { port, release }: Reservation,
): Promise<DatabaseUrls> {
  const { secrets } = data;
  const logins: Logins = {
    owner: { user: 'loanstone_owner', password: secrets.owner },
    app: { user: 'loanstone', password: secrets.app },
    signer: { user: 'loanstone_signer_login', password: secrets.signer },
  };
  const logFile = data.log('postgres');
  const { adminUrl } = await supervisor.run({
    name: 'postgres',
    start: async (signal) => {
      await release();
      const postgres = await startPostgres({
        folder: data.postgres,
        logFile,
        port,
        password: secrets.postgres,
        signal,
      });
      return { ...postgres, where: `127.0.0.1:${port}, data in ${data.postgres}` };
    },
  });
  await ensureRoles(adminUrl, logins);
  await ensureDatabase(adminUrl, DATABASE, logins.owner.user);
  return {
    app: databaseUrl(adminUrl, DATABASE, logins.app),
    owner: databaseUrl(adminUrl, DATABASE, logins.owner),
    signer: databaseUrl(adminUrl, DATABASE, logins.signer),
  };
}

export interface TemporalPlace {
  readonly address: string;
  readonly namespace: string;
  readonly ui: string | null;
}

/** The dev server with its Web UI, histories kept in the data folder. */
export async function bringTemporal({ data, given, supervisor, ports }: Ground): Promise<TemporalPlace> {
  if (given.temporal !== undefined) return { ...given.temporal, ui: null };
  const { port } = ports.temporal;
  const uiPort = ports.temporalUi.port;
  const logFile = data.log('temporal');
  const { address, uiUrl } = await supervisor.run({
    name: 'temporal',
    start: async (signal, step) => {
      const onTry = (way: string): void => step.note(`trying ${way}`);
      const databaseFile = data.temporalFile;
      await Promise.all([ports.temporal.release(), ports.temporalUi.release()]);
      const server = await startTemporal({ logFile, port, uiPort, databaseFile, signal, onTry });
      return { ...server, where: `${server.address}, UI at ${server.uiUrl ?? '-'}` };
    },
  });
  return { address, namespace: 'default', ui: uiUrl ?? null };
}

export interface ChainPlace {
  readonly rpc: string;
  /** For workers: may push. */
  readonly writeToken: string;
  /** For the signer: may only look. */
  readonly readToken: string;
  readonly tokens: {
    readonly admin: string;
    readonly sign: string;
    readonly write: string;
    readonly read: string;
  } | null;
  readonly controlToken: string | null;
  /** Longest single wait for an epoch, in seconds. */
  readonly waitCapSeconds: number;
}

/** The simulated chain, unless a Lotus node is given. */
export async function bringChain({ data, given, supervisor, pace, ports }: Ground): Promise<ChainPlace> {
  if (given.lotus !== undefined) {
    const { rpc, token } = given.lotus;
    const waitCapSeconds = await supervisor.task(
      'chain',
      () => paceOf(rpc, token),
      (seconds) => `${rpc}, waits of ${seconds} s`,
    );
    return { rpc, writeToken: token, readToken: token, tokens: null, controlToken: null, waitCapSeconds };
  }
  const { port, release } = ports.devnet;
  const logFile = data.log('devnet');
  const controlToken = data.secrets.devnetControl;
  const args = [
    '--import',
    'tsx',
    'devnet/main.ts',
    '--port',
    String(port),
    '--data',
    data.devnet,
    '--network',
    'f',
  ];
  args.push('--control-token', controlToken, '--epoch-ms', String(pace.epochMs));
  args.push('--epoch-seconds', String(pace.epochSeconds), '--finality', String(pace.finality));
  const { rpc, tokens } = await supervisor.run({
    name: 'devnet',
    start: async (signal) => {
      await release();
      const env = plainEnvironment();
      const child = startChild({
        name: 'devnet',
        command: process.execPath,
        args,
        cwd: ROOT,
        env,
        logFile,
        signal,
      });
      const ready = devnetReady.parse(await readyOrStopped(child, child.firstJson('rpc', 60_000)));
      return { child, ...ready, where: ready.rpc };
    },
  });
  return { rpc, writeToken: tokens.write, readToken: tokens.read, tokens, controlToken, waitCapSeconds: 1 };
}

export interface MailPlace {
  readonly smtp: string;
  readonly http: string | null;
}

/** The mail catcher, unless a mail server is given. */
export async function bringMail({ data, given, supervisor, ports }: Ground): Promise<MailPlace> {
  if (given.mail !== undefined) return { smtp: given.mail.smtp, http: null };
  const logFile = data.log('inbox');
  const args = [
    '--import',
    'tsx',
    'stack/inbox.ts',
    '--smtp-port',
    String(ports.smtp.port),
    '--http-port',
    String(ports.inbox.port),
  ];
  const { smtp, http } = await supervisor.run({
    name: 'inbox',
    start: async (signal) => {
      await Promise.all([ports.smtp.release(), ports.inbox.release()]);
      const env = plainEnvironment();
      const child = startChild({
        name: 'inbox',
        command: process.execPath,
        args,
        cwd: ROOT,
        env,
        logFile,
        signal,
      });
      const ready = inboxReady.parse(await readyOrStopped(child, child.firstJson('smtp', 30_000)));
      return { child, ...ready, where: `${ready.http} (${ready.smtp})` };
    },
  });
  return { smtp, http };
}

import { readFileSync } from 'node:fs';
import { Client, Connection, type TLSConfig } from '@temporalio/client';
import type { Knex } from 'knex';
import { createTransport } from 'nodemailer';
import { pino, type Logger } from 'pino';
import { makeLotus, type Lotus } from './chain/lotus';
import type { ApiConfig, WorkerConfig } from './config';
import type { Mailer } from './activities/mail';
import { makeKnex } from './db/knex';

type TemporalConfig = WorkerConfig['temporal'];

/** What API and workers share. */
export interface Deps {
  readonly knex: Knex;
  /** Connects at its first call. */
  readonly client: Client;
  readonly log: Logger;
  /** Ends connections; call it last. */
  readonly close: () => Promise<void>;
}

export interface WorkerDeps extends Deps {
  readonly mailer: Mailer;
  readonly lotus: Lotus;
}

/** Header and field names whose values never reach a log. */
const REDACTED = [
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'password',
  'passphrase',
  'email',
  'secret',
];

/** One-time codes in what callers send; an error's code is no secret. */
const REDACTED_PATHS = ['code', 'body.code', 'req.body.code'];

/** A logger of JSON lines on stdout; secrets and personal data are cut at any of the first three levels. */
export function makeLog(part: string, level: string): Logger {
  const cut = REDACTED.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]);
  return pino({
    name: `loanstone-${part}`,
    level,
    redact: { paths: [...cut, ...REDACTED_PATHS], censor: '[cut]' },
  });
}

/** TLS settings of a Temporal connection; undefined = plain text (development, or a mesh that encrypts). */
export function temporalTls(config: TemporalConfig): TLSConfig | undefined {
  const { certFile, keyFile, caFile } = config.tls;
  if (certFile === undefined && caFile === undefined) return undefined;
  return {
    ...(caFile === undefined ? {} : { serverRootCACertificate: readFileSync(caFile) }),
    ...(certFile === undefined || keyFile === undefined
      ? {}
      : { clientCertPair: { crt: readFileSync(certFile), key: readFileSync(keyFile) } }),
  };
}

/** A client that connects at its first call, so that a process can start before Temporal does. */
export function makeTemporal(config: TemporalConfig): { client: Client; connection: Connection } {
  const connection = Connection.lazy({ address: config.address, tls: temporalTls(config) ?? null });
  return { client: new Client({ connection, namespace: config.namespace }), connection };
}

/**
 * The one composition root of API and workers. It takes no path of the keystore: only workers/signer.ts can open it.
 * Opens no connection before the first use.
 */
export function makeDeps(config: ApiConfig): Deps;
export function makeDeps(config: WorkerConfig): WorkerDeps;
export function makeDeps(config: ApiConfig | WorkerConfig): Deps | WorkerDeps {
  const knex = makeKnex(config.databaseUrl, { poolMax: 20, applicationName: `loanstone-${config.part}` });
  const { client, connection } = makeTemporal(config.temporal);
  const log = makeLog(config.part, config.logLevel);
  if (config.part === 'api') {
    return {
      knex,
      client,
      log,
      close: async () => {
        await connection.close();
        await knex.destroy();
      },
    };
  }
  const transport = createTransport(config.mail.url);
  return {
    knex,
    client,
    log,
    lotus: makeLotus(config.lotus),
    mailer: {
      send: async (mail) => {
        await transport.sendMail({ from: config.mail.from, ...mail });
      },
    },
    close: async () => {
      transport.close();
      await connection.close();
      await knex.destroy();
    },
  };
}

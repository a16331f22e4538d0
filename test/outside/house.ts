/**
 * The whole product but its API, as processes of their own: signer and worker, on a devnet whose epochs are mined by
 * hand, with lines to the node and to the mail server that a test cuts.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Knex } from 'knex';
import { SMTPServer } from 'smtp-server';
import { makeLotus, type Lotus } from '../../chain/lotus';
import { readCursor } from '../../db/clock';
import { makeKnex } from '../../db/knex';
import { addressFrom, type Address } from '../../domain/address';
import { coins } from '../../domain/money';
import type { Part } from '../../config-variables';
import { startChild, type Child } from '../../stack/child';
import { partEnvironment } from '../../stack/environment';
import { waitFor } from '../../stack/wait';
import type { TestDatabase } from '../support/database';
import { startDevnet, type TestDevnet } from '../support/devnet';
import { ownNamespace } from '../support/namespace';
import { openLine, type Line } from './line';

const ROOT = join(__dirname, '..', '..');
const READY_MS = 120_000;
const WAIT_MS = 240_000;
export const FINALITY = 5;
export const STUCK_EPOCHS = 12;

/** Where it finds the two servers that keep its state. */
export interface Ground {
  readonly database: Pick<TestDatabase, 'ownerUrl' | 'appUrl' | 'signerUrl'>;
  readonly temporalAddress: string;
}

export interface House {
  readonly devnet: TestDevnet;
  /** The node, by a way of the test's own. */
  readonly lotus: Lotus;
  /** The owner of the tables. */
  readonly knex: Knex;
  readonly client: Client;
  readonly hot: Address;
  readonly lotusLine: Line;
  readonly mailLine: Line;
  /** Subjects of the mails that arrived, by recipient. */
  readonly mails: readonly { readonly to: string; readonly subject: string }[];
  readonly processes: readonly Child[];
  readonly mine: (n?: number) => Promise<void>;
  /** Mines an epoch before each look, until the probe gives something. */
  readonly until: <T>(what: string, probe: () => Promise<T | null | undefined>) => Promise<T>;
  /** The same on a chain that stands still. */
  readonly untilStill: <T>(what: string, probe: () => Promise<T | null | undefined>) => Promise<T>;
  readonly close: () => Promise<void>;
}

type Mail = House['mails'][number];

function mailbox(mails: Mail[]): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (piece: Buffer) => (text += piece.toString('utf8')));
      stream.on('end', () => {
        const subject = /^Subject: (.*)$/im.exec(text)?.[1] ?? '';
        for (const { address } of session.envelope.rcptTo)
          mails.push({ to: address, subject: subject.trim() });
        done();
      });
    },
  });
}

async function listen(server: SMTPServer): Promise<number> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the mailbox has no port');
  return address.port;
}

interface Started {
  readonly name: string;
  readonly part: Part;
  readonly script: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function startPart(folder: string, { name, part, script, env }: Started): Promise<Child> {
  const child = startChild({
    name,
    command: process.execPath,
    args: ['--import', 'tsx', ...script],
    cwd: ROOT,
    env: partEnvironment(part, env),
    logFile: join(folder, `${name}.log`),
  });
  await child.firstJson('ready', READY_MS);
  return child;
}

async function startProduct(ground: Ground, shared: Readonly<Record<string, string>>): Promise<Child[]> {
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-outside-'));
  const passphraseFile = join(folder, 'passphrase');
  writeFileSync(passphraseFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  const signer = await startPart(folder, {
    name: 'signer',
    part: 'signer',
    script: ['workers/signer.ts', '--init-if-missing'],
    env: {
      ...shared,
      SIGNER_DATABASE_URL: ground.database.signerUrl,
      KEYSTORE_PATH: join(folder, 'keystore.json'),
      KEYSTORE_PASSPHRASE_FILE: passphraseFile,
    },
  });
  const worker = await startPart(folder, {
    name: 'worker',
    part: 'worker',
    script: ['workers/main.ts', '--queues', 'core,ledger,chain,mail,batch'],
    env: { ...shared, DATABASE_URL: ground.database.appUrl },
  });
  return [signer, worker];
}

async function hotAddress(knex: Knex): Promise<Address> {
  const row = await knex<{ address: string; kind: string }>('chain.address').where({ kind: 'hot' }).first();
  if (row === undefined) throw new Error('the signer has made no hot wallet');
  return addressFrom(row.address);
}

/** Starts it all on the ground given, with FIL in the hot wallet. Call `close` in afterAll. */
export async function makeHouse(ground: Ground): Promise<House> {
  const devnet = await startDevnet({ finality: FINALITY, epochSeconds: 1 });
  const mails: Mail[] = [];
  const smtp = mailbox(mails);
  const [lotusLine, mailLine] = await Promise.all([
    openLine(Number(new URL(devnet.rpc).port)),
    openLine(await listen(smtp)),
  ]);
  const connection = await Connection.connect({ address: ground.temporalAddress });
  const namespace = await ownNamespace(new Client({ connection }));
  const knex = makeKnex(ground.database.ownerUrl, { poolMax: 4 });
  const processes = await startProduct(ground, {
    LOANSTONE_ENV: 'development',
    LOG_LEVEL: 'warn',
    TEMPORAL_ADDRESS: ground.temporalAddress,
    TEMPORAL_NAMESPACE: namespace,
    LOTUS_RPC_URL: `http://127.0.0.1:${lotusLine.port}/rpc/v1`,
    LOTUS_RPC_TOKEN: devnet.tokens.write,
    STUCK_EPOCHS: String(STUCK_EPOCHS),
    STALLED_EPOCHS: '600',
    WAIT_CAP_SECONDS: '1',
    SMTP_URL: `smtp://127.0.0.1:${mailLine.port}`,
    MAIL_FROM: 'no-reply@loanstone.test',
    PUBLIC_URL: 'http://127.0.0.1:9',
  });
  const hot = await hotAddress(knex);
  const mine = async (n = 1): Promise<void> => {
    await devnet.control('Devnet.Mine', n);
  };
  const untilStill: House['until'] = (what, probe) =>
    waitFor(async () => (await probe()) ?? undefined, { what, timeoutMs: WAIT_MS, everyMs: 150 });
  const until: House['until'] = (what, probe) =>
    untilStill(what, async () => {
      const found = await probe();
      if (found === null || found === undefined) await mine();
      return found;
    });
  const close = async (): Promise<void> => {
    await Promise.all(processes.map((child) => child.stop(0)));
    await new Promise<void>((done) => smtp.close(() => done()));
    await Promise.all([knex.destroy(), devnet.stop(), lotusLine.close(), mailLine.close()]);
    await connection.close();
  };
  try {
    await mine(3);
    // What is final before chain-watch's first look is nobody's.
    await until('the books to begin', () => readCursor(knex));
    await devnet.control('Devnet.Fund', hot, coins(1_000n).toString());
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ devnet, knex, hot, lotusLine, mailLine, mails, processes, mine, until, untilStill, close },
    lotus: makeLotus({ url: devnet.rpc, token: devnet.tokens.write }),
    client: new Client({ connection, namespace }),
  };
}

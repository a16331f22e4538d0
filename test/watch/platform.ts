/** A world with real workers on it: workers/main.ts as a process of its own, in a Temporal namespace of its own. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { SMTPServer } from 'smtp-server';
import { startChild, type Child } from '../../stack/child';
import { partEnvironment } from '../../stack/environment';
import { freePort } from '../../stack/port';
import { waitFor } from '../../stack/wait';
import { ownNamespace } from '../support/namespace';
import { services } from '../support/services';
import { makeWorld, type World, type WorldOptions } from './world';

const ROOT = join(__dirname, '..', '..');

export interface Platform extends World {
  readonly client: Client;
  /** Starts workers/main.ts on all its queues; resolves when it says that it is ready. */
  readonly startWorker: () => Promise<Child>;
  /** Recipients of the mails that arrived. */
  readonly mails: readonly string[];
  readonly customer: (id: string) => Promise<void>;
  readonly until: <T>(what: string, probe: () => Promise<T | undefined>) => Promise<T>;
  readonly namespace: string;
  /** Keeps the history for replay tests, where LOANSTONE_RECORD is set. */
  readonly record: (name: string, workflowId: string) => Promise<void>;
}

function mailbox(mails: string[]): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: (recipient, _session, done) => {
      mails.push(recipient.address);
      done();
    },
    onData: (stream, _session, done) => {
      stream.resume();
      stream.on('end', () => done());
    },
  });
}

/** Starts all of it but the worker process. Call `close` in afterAll. */
export async function makePlatform(options: WorldOptions = {}): Promise<Platform> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  const world = await makeWorld(options);
  const address = services().temporalAddress;
  const connection = await Connection.connect({ address });
  const namespace = await ownNamespace(new Client({ connection }));
  const client = new Client({ connection, namespace });
  const mails: string[] = [];
  const smtp = mailbox(mails);
  const port = await freePort();
  await new Promise<void>((ready) => smtp.listen(port, '127.0.0.1', () => ready()));
  const native = await NativeConnection.connect({ address });
  const signer = await Worker.create({
    connection: native,
    namespace,
    taskQueue: 'signer',
    activities: world.signer,
  });
  const signing = signer.run();
  const children: Child[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-worker-'));
  const env = partEnvironment('worker', {
    LOANSTONE_ENV: 'development',
    DATABASE_URL: world.appUrl,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    LOTUS_RPC_URL: world.devnet.rpc,
    LOTUS_RPC_TOKEN: world.devnet.tokens.write,
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'no-reply@loanstone.test',
    PUBLIC_URL: 'http://127.0.0.1:1',
    WAIT_CAP_SECONDS: '1',
  });
  return {
    ...world,
    client,
    namespace,
    mails,
    startWorker: async () => {
      const args = ['--import', 'tsx', 'workers/main.ts', '--queues', 'core,ledger,chain,mail,batch'];
      const logFile = join(folder, 'worker.log');
      const child = startChild({ name: 'worker', command: process.execPath, args, cwd: ROOT, env, logFile });
      children.push(child);
      await child.firstJson('ready', 120_000);
      return child;
    },
    customer: async (id) => {
      const email = `${id}@example.com`;
      await world.admin('registration').insert({ email, customer_id: id });
      await world.admin('customer').insert({ id, email, state: 'open' });
    },
    record: async (name, workflowId) => {
      if (process.env['LOANSTONE_RECORD'] === undefined) return;
      const history = historyToJSON(await client.workflow.getHandle(workflowId).fetchHistory());
      const file = join(ROOT, 'test', 'histories', `${name}.json`);
      writeFileSync(file, `${JSON.stringify(JSON.parse(history), null, 1)}\n`);
    },
    until: (what, probe) => waitFor(probe, { what, timeoutMs: 90_000, everyMs: 100 }),
    close: async () => {
      await Promise.all(children.map((child) => child.stop()));
      signer.shutdown();
      await signing;
      await native.close();
      await new Promise<void>((done) => smtp.close(() => done()));
      await connection.operatorService.deleteNamespace({ namespace });
      await connection.close();
      await world.close();
    },
  };
}

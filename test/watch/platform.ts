/** A world with real workers on it: workers/main.ts as a process of its own, in a Temporal namespace of its own. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { NativeConnection, Worker } from '@temporalio/worker';
import { SMTPServer } from 'smtp-server';
import { startChild, type Child } from '../../stack/child';
import { partEnvironment } from '../../stack/environment';
import { freePort } from '../../stack/port';
import { waitFor } from '../../stack/wait';
import { services } from '../support/services';
import { makeWorld, type World } from './world';

const ROOT = join(__dirname, '..', '..');
/** Kinds of search attributes as the server numbers them. */
const SEARCH_ATTRIBUTES = { Lifecycle: 2, State: 2, CustomerRef: 2, NeedsAction: 5, DueAt: 6 } as const;

export interface Platform extends World {
  readonly client: Client;
  /** Starts workers/main.ts on all its queues; resolves when it says that it is ready. */
  readonly startWorker: () => Promise<Child>;
  /** Recipients of the mails that arrived. */
  readonly mails: readonly string[];
  readonly customer: (id: string) => Promise<void>;
  readonly until: <T>(what: string, probe: () => Promise<T | undefined>) => Promise<T>;
  readonly namespace: string;
}

async function makeNamespace(connection: Connection, namespace: string): Promise<void> {
  const workflowExecutionRetentionPeriod = msToTs('1 day');
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
  await waitFor(
    async () => {
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: SEARCH_ATTRIBUTES,
      });
      return true;
    },
    { what: `search attributes of ${namespace}`, timeoutMs: 30_000, everyMs: 250 },
  );
  await waitFor(
    async () => {
      const client = new Client({ connection, namespace });
      await client.workflow.count("Lifecycle = 'none'");
      return true;
    },
    { what: `namespace ${namespace}`, timeoutMs: 30_000, everyMs: 250 },
  );
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
export async function makePlatform(): Promise<Platform> {
  const world = await makeWorld();
  const address = services().temporalAddress;
  const namespace = `watch-${process.pid}-${Date.now()}`;
  const connection = await Connection.connect({ address });
  await makeNamespace(connection, namespace);
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

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { freePort } from '../../stack/port';
import { readyOrStopped, startChild } from '../../stack/child';
import { temporalTestServer } from '../../stack/temporal-binary';
import { waitFor } from '../../stack/wait';
import { services } from './services';

export interface TemporalForTest {
  readonly address: string;
  readonly client: Client;
  /** For `Worker.create`. */
  readonly nativeConnection: NativeConnection;
  /** Own task queues and workflow ids start with it: test files share one server. */
  readonly prefix: string;
  readonly close: () => Promise<void>;
}

/** Connections to the dev server of this run (namespace default, search attributes registered). */
export async function connectTemporal(
  address: string = services().temporalAddress,
): Promise<TemporalForTest> {
  const connection = await Connection.connect({ address });
  const nativeConnection = await NativeConnection.connect({ address });
  return {
    address,
    client: new Client({ connection }),
    nativeConnection,
    prefix: `t${randomBytes(6).toString('hex')}`,
    close: async () => {
      await connection.close();
      await nativeConnection.close();
    },
  };
}

export interface TestServer {
  readonly address: string;
  readonly stop: () => Promise<void>;
}

/**
 * The time-skipping server, one a test file: its clock is shared by all that runs on it. It knows no Schedules and
 * no listing. Use it with `TestWorkflowEnvironment.createFromExistingServer` or `connectTemporal(address)`.
 */
export async function startTestServer(): Promise<TestServer> {
  const command = await temporalTestServer();
  const port = await freePort();
  const child = startChild({
    name: 'temporal-test-server',
    command,
    args: [String(port), '--enable-time-skipping'],
    logFile: join(services().folder, `test-server-${port}.log`),
  });
  const address = `127.0.0.1:${port}`;
  const probe = async (): Promise<true> => {
    const connection = await Connection.connect({ address, connectTimeout: '2s' });
    await connection.close();
    return true;
  };
  const ready = waitFor(probe, {
    what: 'the time-skipping test server',
    timeoutMs: 30_000,
    giveUp: child.ending,
  });
  await readyOrStopped(child, ready);
  return { address, stop: () => child.stop() };
}

/** As many empty workflows with as many activities that do nothing, on the same Temporal, by a worker like ours. */
import { join } from 'node:path';
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import type { StackInfo } from '../../stack/info';
import type { Counted } from './history-count';
import { openClient } from './history-count';

const QUEUE = 'bench-empty';
/** So many at a time: thousands of calls at once are refused by the server, and their retries outlive the connection. */
const AT_A_TIME = 200;

export interface Reference {
  readonly workflows: number;
  readonly activities: number;
  readonly seconds: number;
}

/** Plays the reference; the worker runs in this process. */
export async function playEmpty(info: StackInfo, as: Counted): Promise<Reference> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  const { client, close } = await openClient(info);
  const connection = await NativeConnection.connect({ address: info.temporal.address });
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: join(__dirname, 'empty-workflow.ts'),
    logger: new DefaultLogger('ERROR'),
  });
  const worker = await Worker.create({
    connection,
    namespace: info.temporal.namespace,
    taskQueue: QUEUE,
    workflowBundle,
    activities: { nothing: () => Promise.resolve() },
    maxCachedWorkflows: 500,
  });
  const running = worker.run();
  try {
    const since = performance.now();
    const share = (n: number): number =>
      Math.floor(((n + 1) * as.activities) / as.workflows) - Math.floor((n * as.activities) / as.workflows);
    let next = 0;
    const line = async (): Promise<void> => {
      while (next < as.workflows) {
        const n = next++;
        await client.workflow.execute('empty', {
          taskQueue: QUEUE,
          workflowId: `empty/${n}`,
          args: [share(n)],
        });
      }
    };
    const lines = await Promise.allSettled(Array.from({ length: AT_A_TIME }, line));
    for (const one of lines) if (one.status === 'rejected') throw one.reason;
    const seconds = (performance.now() - since) / 1000;
    return { workflows: as.workflows, activities: as.activities, seconds };
  } finally {
    worker.shutdown();
    await running;
    await connection.close();
    await close();
  }
}

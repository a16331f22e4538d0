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
    await Promise.all(
      Array.from({ length: as.workflows }, (_, n) =>
        client.workflow.execute('empty', {
          taskQueue: QUEUE,
          workflowId: `empty/${n}`,
          args: [share(n)],
        }),
      ),
    );
    const seconds = (performance.now() - since) / 1000;
    return { workflows: as.workflows, activities: as.activities, seconds };
  } finally {
    worker.shutdown();
    await running;
    await connection.close();
    await close();
  }
}

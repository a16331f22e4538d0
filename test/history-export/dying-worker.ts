/** Serves task queue `batch` with the product's own code and dies by SIGKILL at the n-th history that it reads. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { makeHistoryExportActivities } from '../../activities/history-export';
import { makeKnex } from '../../db/knex';

export interface Orders {
  readonly appUrl: string;
  readonly address: string;
  readonly namespace: string;
  readonly dieAt: number;
}

async function main(): Promise<void> {
  const { appUrl, address, namespace, dieAt } = JSON.parse(process.argv[2] ?? '') as Orders;
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  const read = client.workflow.getHandle.bind(client.workflow);
  let reads = 0;
  Object.assign(client.workflow, {
    getHandle: (workflowId: string, runId: string) => {
      reads += 1;
      if (reads === dieAt) process.kill(process.pid, 'SIGKILL');
      return read(workflowId, runId);
    },
  });
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    namespace,
    taskQueue: 'batch',
    activities: makeHistoryExportActivities({ knex: makeKnex(appUrl), client }),
  });
  const running = worker.run();
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
  await running;
}

main().catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exitCode = 1;
});

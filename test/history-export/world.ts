/** A namespace in which runs close, with a worker for workflows and, where asked for, one that copies their histories. */
import { Client, type WorkflowHandle, type WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { makeHistoryExportActivities, type HistoryExportDeps } from '../../activities/history-export';
import { makeAccrualActivities } from '../../activities/pool';
import { waitFor } from '../../stack/wait';
import { SA } from '../../workflows/handles';
import type { historyExport, HistoryExported } from '../../workflows/history-export';
import { openBooks, type Books } from '../pool/books';
import { ownNamespace } from '../support/namespace';
import { connectTemporal } from '../support/temporal';
import { workflowBundle } from '../support/workflow-bundle';

export interface World {
  readonly books: Books;
  readonly client: Client;
  readonly namespace: string;
  readonly address: string;
  /** Serves task queue `batch` until the function it gives is called. */
  readonly copyWith: (deps?: Partial<HistoryExportDeps>) => Promise<() => Promise<void>>;
  /** Runs accruals one after the other, so that no two close at the same time; gives their handles once lists show them. */
  readonly closeRuns: (...ids: readonly string[]) => Promise<WorkflowHandle[]>;
  readonly startExport: (id: string) => Promise<WorkflowHandleWithFirstExecutionRunId<typeof historyExport>>;
  readonly runExport: (id: string) => Promise<HistoryExported>;
  /** Waits until Temporal lists this many closed runs that match. */
  readonly listed: (count: number, query?: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function makeWorld(): Promise<World> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  const [books, temporal, bundle] = await Promise.all([openBooks(), connectTemporal(), workflowBundle()]);
  await books.clock(1000);
  const namespace = await ownNamespace(temporal.client);
  const connection = await NativeConnection.connect({ address: temporal.address });
  const client = new Client({ connection: temporal.client.connection, namespace });
  const core = await Worker.create({ connection, namespace, taskQueue: 'core', workflowBundle: bundle });
  const running = core.run();

  const copyWith: World['copyWith'] = async (deps = {}) => {
    const activities = {
      ...makeAccrualActivities({ knex: books.app }),
      ...makeHistoryExportActivities({ knex: books.app, client, ...deps }),
    };
    const worker = await Worker.create({ connection, namespace, taskQueue: 'batch', activities });
    const serving = worker.run();
    return async () => {
      worker.shutdown();
      await serving;
    };
  };
  const listed: World['listed'] = async (count, query = '') => {
    const closed = `ExecutionStatus != 'Running'${query === '' ? '' : ` AND ${query}`}`;
    await waitFor(async () => ((await client.workflow.count(closed)).count >= count ? true : undefined), {
      what: `${count} closed runs in the list`,
      timeoutMs: 60_000,
    });
  };
  const startExport: World['startExport'] = (id) =>
    client.workflow.start<typeof historyExport>('historyExport', {
      taskQueue: 'core',
      workflowId: id,
      args: [],
      staticSummary: 'Copies the history of every run that closed into Postgres',
      typedSearchAttributes: [{ key: SA.lifecycle, value: 'history-export' }],
    });
  return {
    books,
    client,
    namespace,
    address: temporal.address,
    copyWith,
    listed,
    startExport,
    closeRuns: async (...ids) => {
      const handles: WorkflowHandle[] = [];
      for (const workflowId of ids) {
        const handle = await client.workflow.start('accrual', { taskQueue: 'core', workflowId });
        await handle.result();
        handles.push(handle);
      }
      await listed(ids.length, `WorkflowId IN (${ids.map((id) => `'${id}'`).join(', ')})`);
      return handles;
    },
    runExport: async (id) => (await startExport(id)).result(),
    close: async () => {
      core.shutdown();
      await running;
      await connection.close();
      await temporal.close();
      await books.close();
    },
  };
}

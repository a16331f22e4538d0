import { Client } from '@temporalio/client';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { makeAccrualActivities, makePoolActivities } from '../../activities/pool';
import { ownNamespace } from '../support/namespace';
import { connectTemporal } from '../support/temporal';
import { workflowBundle } from '../support/workflow-bundle';
import { openBooks, type Books } from './books';

/** Books with the workers that keep them, in a Temporal namespace of their own. */
export interface Runner {
  readonly books: Books;
  readonly client: Client;
  readonly close: () => Promise<void>;
}

export async function startRunner(): Promise<Runner> {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  const [books, temporal, bundle] = await Promise.all([openBooks(), connectTemporal(), workflowBundle()]);
  const namespace = await ownNamespace(temporal.client);
  const connection = await NativeConnection.connect({ address: temporal.address });
  const deps = { knex: books.app };
  const workers = await Promise.all([
    Worker.create({ connection, namespace, taskQueue: 'core', workflowBundle: bundle }),
    Worker.create({ connection, namespace, taskQueue: 'ledger', activities: makePoolActivities(deps) }),
    Worker.create({ connection, namespace, taskQueue: 'batch', activities: makeAccrualActivities(deps) }),
  ]);
  const running = workers.map((worker) => worker.run());
  return {
    books,
    client: new Client({ connection: temporal.client.connection, namespace }),
    close: async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(running);
      await connection.close();
      await temporal.close();
      await books.close();
    },
  };
}

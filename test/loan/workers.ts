/** Workers with the real activities of loans, on a node at the edge; mails go nowhere. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { makeLoanActivities } from '../../activities/loan';
import { makeLoanChainActivities } from '../../activities/loan-chain';
import type { Lotus } from '../../chain/lotus';
import { coins } from '../../domain/money';
import type { World } from '../api/world';
import { services } from '../support/services';
import { workflowBundle } from '../support/workflow-bundle';

/** Runs them in the world's namespace; gives the way to stop them, and the mails that were asked for. */
export async function runLoanWorkers(
  world: World,
  lotus: Lotus,
): Promise<{ readonly stop: () => Promise<void>; readonly mails: string[] }> {
  const connection = await NativeConnection.connect({ address: services().temporalAddress });
  const { namespace } = world.client.options;
  const config = {
    lotus: { finalityEpochs: 10, maxFee: coins(1n) },
    waitCapSeconds: 1,
    escrowGas: coins(5n),
  };
  const deps = { knex: world.knex, lotus, config };
  const mails: string[] = [];
  const postMail = ({ template, key }: { template: string; key: string }) => {
    mails.push(template);
    return Promise.resolve({ mailId: `mail/${key}` });
  };
  const ledger = { ...makeLoanActivities(deps), postMail };
  const { code } = await workflowBundle();
  const workers = await Promise.all([
    Worker.create({ connection, namespace, taskQueue: 'core', workflowBundle: { code } }),
    Worker.create({ connection, namespace, taskQueue: 'ledger', activities: ledger }),
    Worker.create({ connection, namespace, taskQueue: 'chain', activities: makeLoanChainActivities(deps) }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    mails,
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

/** Worker process: one worker a task queue it was told to serve, all on one connection. Never opens the keystore. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import {
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  makeTelemetryFilterString,
  type WorkerOptions,
} from '@temporalio/worker';
import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { makeActivities, type ActivityQueue } from '../activities/index';
import { makeLotus } from '../chain/lotus';
import { checkNetwork } from '../chain/network';
import { readConfig, type WorkerConfig } from '../config';
import { makeDeps, temporalTls } from '../deps';
import { SA, workflowIds } from '../workflows/handles';
import { bundleWorkflows } from './bundle';
import { BEATING } from './heartbeat';
import { ensureSchedules } from './schedule';

type ServedQueue = WorkerConfig['queues'][number];

const GRACE = '10s';
const FORCE = '20s';
/** Cached workflows cost memory and save replays; a worker of one small company holds them all. */
const CACHED_WORKFLOWS = 500;
/**
 * One thread runs all workflow code. After a restart every workflow is replayed at once; with the SDK's 40 under way
 * long histories on a busy machine all overran the server's ten seconds for a task, were given out again, and so on.
 */
const WORKFLOW_TASKS = 8;

/** The queues named by `--queues core,ledger,…`, else those of the configuration. */
function servedQueues(config: WorkerConfig): readonly ServedQueue[] {
  const { values } = parseArgs({ options: { queues: { type: 'string' } } });
  if (values.queues === undefined) return config.queues;
  const known: readonly ServedQueue[] = ['core', 'ledger', 'chain', 'mail', 'batch'];
  return values.queues.split(',').map((name) => {
    const queue = known.find((candidate) => candidate === name.trim());
    if (queue === undefined) throw new Error(`--queues: ${name} is none of ${known.join(', ')}`);
    return queue;
  });
}

/** A workflow task that sets an unregistered search attribute is retried for ever without failing: refuse to start. */
export async function checkSearchAttributes(client: Client): Promise<void> {
  const namespace = client.options.namespace;
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
  const missing = Object.values(SA)
    .map(({ name }) => name)
    .filter((name) => !(name in customAttributes));
  if (missing.length > 0)
    throw new Error(`search attributes not registered in namespace ${namespace}: ${missing.join(', ')}`);
}

/** chain-watch runs for ever: started here when it does not, left alone when it does. */
export async function ensureChainWatch(client: Client): Promise<void> {
  try {
    await client.workflow.start('chainWatch', {
      taskQueue: 'core',
      workflowId: workflowIds.chainWatch(),
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ started: [] }],
      staticSummary: 'Follows the chain: sees arrivals, books what is final, moves the pool clock',
      typedSearchAttributes: [{ key: SA.lifecycle, value: 'chain-watch' }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** The watch over the collateral runs for ever too. */
export async function ensureCollateral(client: Client): Promise<void> {
  try {
    await client.workflow.start('collateral', {
      taskQueue: 'core',
      workflowId: workflowIds.collateral(),
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ last: null, told: {} }],
      staticSummary:
        'Watches the miners that FIL is lent to: reads them at intervals, raises alerts on loans',
      typedSearchAttributes: [{ key: SA.lifecycle, value: 'collateral' }],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

interface Serving {
  readonly config: WorkerConfig;
  readonly connection: NativeConnection;
  readonly activities: ReturnType<typeof makeActivities>;
}

/** The worker of one queue: `core` runs workflows only, the others activities only. */
async function makeWorker(queue: ServedQueue, { config, connection, activities }: Serving): Promise<Worker> {
  const common: WorkerOptions = {
    connection,
    namespace: config.temporal.namespace,
    taskQueue: queue,
    identity: `worker-${queue}@${hostname()}#${process.pid}-${randomUUID().slice(0, 8)}`,
    shutdownGraceTime: GRACE,
    shutdownForceTime: FORCE,
    ...BEATING,
  };
  if (queue !== 'core') return Worker.create({ ...common, activities: activities[queue] });
  const { code } = await bundleWorkflows();
  return Worker.create({
    ...common,
    workflowBundle: { code },
    maxCachedWorkflows: CACHED_WORKFLOWS,
    maxConcurrentWorkflowTaskExecutions: WORKFLOW_TASKS,
  });
}

async function main(): Promise<void> {
  const config = readConfig('worker');
  const queues = servedQueues(config);
  Runtime.install({
    logger: new DefaultLogger('WARN'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN', other: 'WARN' }) } },
  });
  const deps = makeDeps(config);
  const { address } = config.temporal;
  const connection = await NativeConnection.connect({ address, tls: temporalTls(config.temporal) ?? null });
  try {
    await checkSearchAttributes(deps.client);
    const lotus = makeLotus(config.lotus);
    if (queues.includes('chain')) await checkNetwork(lotus, config.lotus);
    const activities = makeActivities({ ...deps, config, lotus });
    const workers = await Promise.all(
      queues.map((queue) => makeWorker(queue, { config, connection, activities })),
    );
    const running = Promise.all(workers.map((worker) => runWith(worker, workers)));
    if (queues.includes('core')) {
      await ensureSchedules(deps.client, config);
      await ensureChainWatch(deps.client);
      await ensureCollateral(deps.client);
    }
    process.stdout.write(`${JSON.stringify({ ready: true, queues })}\n`);
    await running;
  } finally {
    await connection.close();
    await deps.close();
  }
}

/** Runs one worker; when it fails the others are shut down too, so that the process ends instead of limping. */
async function runWith(worker: Worker, all: readonly Worker[]): Promise<void> {
  try {
    await worker.run();
  } catch (error) {
    for (const other of all) if (other.getState() === 'RUNNING') other.shutdown();
    throw error;
  }
}

export type { ActivityQueue };

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  });
}

/** A Temporal on which loans play in a world of fakes: the time-skipping one, or the real one where nothing waits for time. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, WithStartWorkflowOperation, type WorkflowHandleWithStartDetails } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type NativeConnection,
  type WorkflowBundle,
} from '@temporalio/worker';
import { temporalTestServer } from '../../stack/temporal-binary';
import { look, QUEUES, standing, workflowIds } from '../../workflows/handles';
import { applyForLoan } from '../../workflows/handles-loan';
import type { LoanRun } from '../../workflows/loan-run';
import { ownNamespace } from '../support/namespace';
import { connectTemporal } from '../support/temporal';
import { timeSkippingBundle } from '../support/time-skipping';
import { APPLICATION, type World } from './world';

const NAMESPACE = 'default';
export const HISTORIES = join(__dirname, '..', 'histories');

const { INDEXED_VALUE_TYPE_KEYWORD, INDEXED_VALUE_TYPE_BOOL, INDEXED_VALUE_TYPE_DATETIME } =
  temporal.api.enums.v1.IndexedValueType;

export interface RealStage {
  readonly client: Client;
  /** Runs a test while workers serve every queue with the world's activities. */
  readonly play: (world: Pick<World, 'activities'>, act: (client: Player) => Promise<void>) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface Stage extends RealStage {
  readonly env: TestWorkflowEnvironment;
}

interface Ground {
  readonly client: Client;
  readonly connection: NativeConnection;
  readonly namespace: string;
}

type Handle = WorkflowHandleWithStartDetails<() => Promise<{ state: string; outcome: string | null }>>;

export interface Player {
  /** Applies under the name; gives the workflow's handle. */
  readonly apply: (name: string) => Promise<Handle>;
  /** Starts a run as the one before it would have handed it on. */
  readonly resume: (run: LoanRun) => Promise<Pick<Handle, 'result'>>;
  /** Waits until the workflow says that it is in the state, or asks for 'help'. */
  readonly until: (handle: Handle, state: string) => Promise<void>;
  /** Writes the history for replay tests where LOANSTONE_RECORD is set. */
  readonly keep: (handle: Handle, name: string) => Promise<void>;
}

function install(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
}

const bundleLoan = () => timeSkippingBundle(join(__dirname, 'workflows.ts'));

/** Starts the time-skipping server and bundles the loan's workflow once for a test file. */
export async function aStage(): Promise<Stage> {
  install();
  const path = await temporalTestServer();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  await env.connection.operatorService.addSearchAttributes({
    namespace: NAMESPACE,
    searchAttributes: {
      Lifecycle: INDEXED_VALUE_TYPE_KEYWORD,
      State: INDEXED_VALUE_TYPE_KEYWORD,
      CustomerRef: INDEXED_VALUE_TYPE_KEYWORD,
      NeedsAction: INDEXED_VALUE_TYPE_BOOL,
      DueAt: INDEXED_VALUE_TYPE_DATETIME,
    },
  });
  const ground = { client: env.client, connection: env.nativeConnection, namespace: NAMESPACE };
  const play = playOn(ground, await bundleLoan());
  return { client: env.client, env, play, close: () => env.teardown() };
}

/** A namespace on the real Temporal, for what people lead step by step and no time passes in. */
export async function aRealStage(): Promise<RealStage> {
  install();
  const temporal = await connectTemporal();
  const namespace = await ownNamespace(temporal.client);
  const client = new Client({ connection: temporal.client.connection, namespace });
  const ground = { client, connection: temporal.nativeConnection, namespace };
  return { client, play: playOn(ground, await bundleLoan()), close: temporal.close };
}

function playOn(
  { client, connection, namespace }: Ground,
  workflowBundle: WorkflowBundle,
): RealStage['play'] {
  return async (world, act) => {
    const workers = await Promise.all(
      QUEUES.filter((queue) => queue !== 'batch').map((taskQueue) =>
        Worker.create({
          connection,
          namespace,
          taskQueue,
          ...(taskQueue === 'core' ? { workflowBundle } : { activities: world.activities }),
        }),
      ),
    );
    const running = Promise.all(workers.map((worker) => worker.run()));
    try {
      await act(playerOf(client));
    } finally {
      for (const worker of workers) worker.shutdown();
      await running;
    }
  };
}

function playerOf(client: Client): Player {
  return {
    apply: async (name) => {
      const operation = new WithStartWorkflowOperation('loan', {
        workflowId: workflowIds.loan(name),
        taskQueue: 'core',
        args: [{ loanId: name }],
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      await client.workflow.executeUpdateWithStart(applyForLoan, {
        args: [APPLICATION],
        startWorkflowOperation: operation,
      });
      return (await operation.workflowHandle()) as unknown as Handle;
    },
    resume: (run) =>
      client.workflow.start<(input: unknown) => Promise<{ state: string; outcome: string | null }>>('loan', {
        workflowId: workflowIds.loan(run.loanId),
        taskQueue: 'core',
        args: [{ loanId: run.loanId, run }],
      }),
    until: async (handle, wanted) => {
      const deadline = Date.now() + 45_000;
      for (;;) {
        const now = await handle.query(standing);
        if (wanted === 'help' ? now.needsAction !== null : now.state === wanted) return;
        if (Date.now() > deadline)
          throw new Error(`the loan did not become ${wanted}: ${JSON.stringify(now)}`);
        // Polls are an hour apart, and time is not skipped here.
        await handle.signal(look);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    keep: async (handle, name) => {
      if (process.env['LOANSTONE_RECORD'] !== '1') return;
      const history = await handle.fetchHistory();
      writeFileSync(
        join(HISTORIES, `${name}.json`),
        `${JSON.stringify(JSON.parse(historyToJSON(history)), null, 1)}\n`,
      );
    },
  };
}

import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { temporalTestServer } from '../../stack/temporal-binary';
import { hurry } from './race';
import { timeSkippingBundle } from './time-skipping';

test('a timer that fires while the task that cancels it is under way stops no run', async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  const executable = { type: 'existing-path', path: await temporalTestServer() } as const;
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  const worker = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: 'core',
    workflowBundle: await timeSkippingBundle(join(__dirname, 'race.ts')),
  });
  const told = await worker.runUntil(async () => {
    const handle = await env.client.workflow.start('race', { workflowId: 'race', taskQueue: 'core' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await handle.signal(hurry);
    return (await handle.result()) as string;
  });
  await env.teardown();
  expect(['hurried', 'late']).toContain(told);
}, 60_000);

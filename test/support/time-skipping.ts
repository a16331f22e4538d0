import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import { waitFor } from '../../stack/wait';
import { standing } from '../../workflows/handles';
import { services } from './services';
import { workflowBundle } from './workflow-bundle';

const WORKFLOWS = join(__dirname, '..', '..', 'workflows', 'index.ts');
const INTERCEPTORS = ['kept-timers.ts', 'uneven-deadline.ts'].map((file) => join(__dirname, file));

/**
 * Workflows for the time-skipping server: they cancel no timer there (kept-timers.ts), and no activity's deadline is a
 * whole second (uneven-deadline.ts). Where LOANSTONE_RECORD is set they are the product's alone, as the histories that
 * they leave are replayed by it.
 */
export async function timeSkippingBundle(workflowsPath = WORKFLOWS): Promise<WorkflowBundle> {
  const recording = process.env['LOANSTONE_RECORD'] === '1';
  if (recording && workflowsPath === WORKFLOWS) return workflowBundle();
  const name = createHash('sha256').update(workflowsPath).digest('hex').slice(0, 16);
  const kept = join(services().folder, `time-skipping-${name}.js`);
  if (!recording && existsSync(kept)) return { code: readFileSync(kept, 'utf8') };
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    ...(recording ? {} : { workflowInterceptorModules: INTERCEPTORS }),
    logger: new DefaultLogger('ERROR'),
  });
  if (recording) return { code };
  writeFileSync(`${kept}.${process.pid}`, code);
  renameSync(`${kept}.${process.pid}`, kept);
  return { code };
}

/**
 * The sentence with which a workflow asks for help. A step is tried for ten minutes before anybody is asked; on a slow
 * machine it begins only after some of them were skipped, so that time is skipped in small steps until it asks.
 */
export function untilHelp(
  env: TestWorkflowEnvironment,
  handle: Pick<WorkflowHandle, 'query' | 'workflowId'>,
  step: '1 second' | '2 minutes' = '2 minutes',
): Promise<string> {
  const asks = async (): Promise<string | undefined> => {
    const { needsAction } = await handle.query(standing);
    if (needsAction === null) await env.sleep(step);
    return needsAction ?? undefined;
  };
  return waitFor(asks, { what: `help for ${handle.workflowId}`, timeoutMs: 60_000 });
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundle } from '@temporalio/worker';
import { services } from './services';
import { workflowBundle } from './workflow-bundle';

const WORKFLOWS = join(__dirname, '..', '..', 'workflows', 'index.ts');

/**
 * Workflows for the time-skipping server: they cancel no timer there (kept-timers.ts). Where LOANSTONE_RECORD is set
 * they are the product's alone, as the histories that they leave are replayed by it.
 */
export async function timeSkippingBundle(workflowsPath = WORKFLOWS): Promise<WorkflowBundle> {
  const recording = process.env['LOANSTONE_RECORD'] === '1';
  if (recording && workflowsPath === WORKFLOWS) return workflowBundle();
  const name = createHash('sha256').update(workflowsPath).digest('hex').slice(0, 16);
  const kept = join(services().folder, `time-skipping-${name}.js`);
  if (!recording && existsSync(kept)) return { code: readFileSync(kept, 'utf8') };
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    ...(recording ? {} : { workflowInterceptorModules: [join(__dirname, 'kept-timers.ts')] }),
    logger: new DefaultLogger('ERROR'),
  });
  if (recording) return { code };
  writeFileSync(`${kept}.${process.pid}`, code);
  renameSync(`${kept}.${process.pid}`, kept);
  return { code };
}

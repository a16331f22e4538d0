import { bundleWorkflows, type WorkflowBundle } from '../../workers/bundle';

/** The workflows as one bundle; kept on disk under the hash of their sources, so that a run bundles once. */
export async function workflowBundle(): Promise<WorkflowBundle> {
  return bundleWorkflows();
}

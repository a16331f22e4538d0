import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflows } from '../../workers/bundle';
import { services } from './services';

/** The workflows, bundled once a run: the first test file that asks does it, the others read its file. */
export async function workflowBundle(): Promise<{ code: string }> {
  const file = join(services().folder, 'workflows.js');
  if (!existsSync(file)) {
    const { code } = await bundleWorkflows();
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, code);
    renameSync(partial, file);
  }
  return { code: readFileSync(file, 'utf8') };
}

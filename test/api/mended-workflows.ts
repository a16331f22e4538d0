/** What failing-workflows.ts should have been. */
import { condition } from '@temporalio/workflow';

export async function broken(): Promise<string> {
  await condition(() => true);
  return 'mended';
}

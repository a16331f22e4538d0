/** A workflow of a release that is broken, and the same of the one that mends it. */
import { condition } from '@temporalio/workflow';

export async function broken(): Promise<string> {
  await condition(() => true);
  throw new TypeError('the rate of nobody is not a number\n  at nowhere');
}

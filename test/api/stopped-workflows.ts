/** A parent that waits for its child, as a loan does for its message. */
import { condition, defineSignal, executeChild, ParentClosePolicy, setHandler } from '@temporalio/workflow';

export const finish = defineSignal('finish');

export async function child(): Promise<string> {
  let told = false;
  setHandler(finish, () => {
    told = true;
  });
  await condition(() => told);
  return 'done';
}

/** The child of the same id is begun again where it ended; done anew it finds its work done. */
export async function parent(): Promise<string> {
  return executeChild(child, { workflowId: 'the-child', parentClosePolicy: ParentClosePolicy.ABANDON });
}

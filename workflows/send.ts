import { executeChild, ParentClosePolicy } from '@temporalio/workflow';
import { SA, workflowIds } from './handles';
import { message, type MessageInput, type MessageOutcome } from './message';

/**
 * Sends one on-chain message as a child of the calling workflow and waits until it is final, failed, or given up
 * before it was signed. The child outlives its parent: what is signed is followed to its end.
 */
export function send(input: MessageInput): Promise<MessageOutcome> {
  return executeChild(message, {
    workflowId: workflowIds.message(input.id),
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: input.summary,
    typedSearchAttributes: [
      { key: SA.lifecycle, value: 'message' },
      { key: SA.state, value: 'draft' },
    ],
  });
}

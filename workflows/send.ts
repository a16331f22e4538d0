import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  startChild,
  type ChildWorkflowHandle,
  type ChildWorkflowOptions,
} from '@temporalio/workflow';
import { SA, workflowIds } from './handles';
import { message, type MessageInput, type MessageOutcome } from './message';

/** The message's workflow was terminated, or runs apart from its parent: how the message ends is not known here. */
export function gaveNoOutcome(error: unknown): boolean {
  const gone = error instanceof ChildWorkflowFailure || error instanceof WorkflowExecutionAlreadyStartedError;
  return gone && !isCancellation(error);
}

const optionsOf = (input: MessageInput) =>
  ({
    workflowId: workflowIds.message(input.id),
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: input.summary,
    typedSearchAttributes: [
      { key: SA.lifecycle, value: 'message' },
      { key: SA.state, value: 'draft' },
    ],
  }) satisfies ChildWorkflowOptions & { args: [MessageInput] };

/**
 * Sends one on-chain message as a child of the calling workflow and waits until it is final, failed, or given up
 * before it was signed. The child outlives its parent: what is signed is followed to its end.
 */
export function send(input: MessageInput): Promise<MessageOutcome> {
  return executeChild(message, optionsOf(input));
}

/** As `send`, for who may have to tell the message to give up; resolves when it runs. */
export function startSending(input: MessageInput): Promise<ChildWorkflowHandle<typeof message>> {
  return startChild(message, optionsOf(input));
}

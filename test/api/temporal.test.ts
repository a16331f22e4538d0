/** What the engine's own ways to lose an Update become for the caller: something to act on, never a 500. */
import { ServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { ask } from '../../api/temporal';
import { RefusalError } from '../../domain/refusal';

/** No engine: the call is all there is. */
const client = { connection: { withDeadline: (_: number, call: () => Promise<unknown>) => call() } } as never;

const grpc = (code: number): ServiceError => {
  const cause = Object.assign(new Error('said the server'), { code, details: '', metadata: {} });
  return new ServiceError('Workflow Update failed', { cause });
};
const failed = (type: string): WorkflowUpdateFailedError =>
  new WorkflowUpdateFailedError('Workflow Update failed', ApplicationFailure.nonRetryable('ended', type));

test.each<[string, Error, string]>([
  ['the workflow task failed (WorkflowNotReady)', grpc(9), 'service-unavailable'],
  ['aborted', grpc(10), 'service-unavailable'],
  ['out of capacity', grpc(8), 'service-unavailable'],
  ['not there', grpc(5), 'wrong-state'],
  ['closed before', new WorkflowNotFoundError('gone', 'loan/1', undefined), 'wrong-state'],
  ['closed before it answered', failed('AcceptedUpdateCompletedWorkflow'), 'wrong-state'],
  ['refused by the workflow', failed('nothing-to-repay'), 'nothing-to-repay'],
])('%s', async (_, error, code) => {
  const thrown: unknown = await ask(client, () => Promise.reject(error)).catch((caught: unknown) => caught);
  expect(thrown).toBeInstanceOf(RefusalError);
  expect((thrown as RefusalError).code).toBe(code);
});

test('a fault of ours stays one', async () => {
  const fault = new TypeError('a bug');
  await expect(ask(client, () => Promise.reject(fault))).rejects.toBe(fault);
});

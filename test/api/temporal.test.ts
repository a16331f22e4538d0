/** What the engine's own ways to lose an Update become for the caller: something to act on, never a 500. */
import { ServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { ask, update } from '../../api/temporal';
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

describe('a workflow that has not heard yet what the database shows', () => {
  /** Refuses so many times, then takes it. */
  function late(refusals: number, code: string) {
    const ids: string[] = [];
    const executeUpdate = (_: unknown, { updateId }: { updateId: string }) => {
      ids.push(updateId);
      return ids.length <= refusals ? Promise.reject(failed(code)) : Promise.resolve('taken');
    };
    const workflow = { getHandle: () => ({ executeUpdate }) };
    return { ids, client: { ...(client as object), workflow } as never };
  }
  const forward = { name: 'forwardLoan' } as never;
  const send = (to: never, allowed?: () => Promise<boolean>) =>
    update<unknown, [string]>(to, 'loan/1', forward, 'someone/key', ['x'], allowed);
  const yes = () => Promise.resolve(true);
  const no = () => Promise.resolve(false);

  test('is asked again by the same id until it has', async () => {
    const { client: to, ids } = late(2, 'wrong-state');
    expect(await send(to, yes)).toBe('taken');
    expect(ids).toEqual(['someone/key', 'someone/key', 'someone/key']);
  });

  test.each<[string, string, (() => Promise<boolean>) | undefined]>([
    ['where the database agrees with it', 'wrong-state', no],
    ['where nobody can tell', 'wrong-state', undefined],
    ['for what no wait changes', 'maker-is-checker', yes],
  ])('its refusal stands at once: %s', async (_, code, allowed) => {
    const { client: to, ids } = late(1, code);
    await expect(send(to, allowed)).rejects.toMatchObject({ code });
    expect(ids).toHaveLength(1);
  });

  test('a refusal that stays is told in the end', async () => {
    const { client: to } = late(Infinity, 'not-found');
    await expect(send(to, yes)).rejects.toMatchObject({ code: 'not-found' });
  });
});

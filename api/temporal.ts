/** Calls to Temporal: each with a deadline, each fault turned into what the caller can act on. */
import { setTimeout as delay } from 'node:timers/promises';
import { ApplicationFailure, TypedSearchAttributes } from '@temporalio/common';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  isGrpcServiceError,
  type Client,
} from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { REFUSALS, RefusalError, type RefusalCode } from '../domain/refusal';
import { SA } from '../workflows/handles';
import { makeGate } from './gate';

const DEADLINE_MS = 5_000;
/**
 * gRPC: CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, FAILED_PRECONDITION (the server's WorkflowNotReady: an Update
 * whose workflow task failed or was lost), ABORTED, UNAVAILABLE.
 */
const PASSING = [1, 4, 8, 9, 10, 14];

function isRefusalCode(code: unknown): code is RefusalCode {
  return typeof code === 'string' && code in REFUSALS;
}

const NOT_FOUND = 5;

function grpcCode(error: unknown): number | null {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && isGrpcServiceError(error.cause) ? error.cause.code : null;
}

/** The refusal at the bottom of a failure: a validator's own, or an activity's inside the handler. */
function refusalIn(error: unknown): RefusalError | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure && isRefusalCode(cause.type)) {
      return new RefusalError(cause.type, cause.message);
    }
  }
  return null;
}

/** How the server ends an Update that the workflow took and did not answer before it closed. */
const CLOSED_MEANWHILE = 'AcceptedUpdateCompletedWorkflow';

function isClosedMeanwhile(error: unknown): boolean {
  return (
    error instanceof WorkflowUpdateFailedError &&
    error.cause instanceof ApplicationFailure &&
    error.cause.type === CLOSED_MEANWHILE
  );
}

function translate(error: unknown): unknown {
  const refusal = error instanceof WorkflowUpdateFailedError ? refusalIn(error) : null;
  if (refusal) return refusal;
  const code = grpcCode(error);
  if (error instanceof WorkflowNotFoundError || code === NOT_FOUND || isClosedMeanwhile(error))
    return new RefusalError('wrong-state', 'That work is over already.');
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || (code !== null && PASSING.includes(code)))
    return new RefusalError(
      'service-unavailable',
      'The workflow engine did not answer in time. Ask again later.',
    );
  return error;
}

/**
 * Runs calls to Temporal under a deadline, 5 s unless the work is known to take longer.
 * @throws RefusalError service-unavailable when it passes (the call may have taken effect: the same key finds it),
 *   the refusal of a workflow's validator, wrong-state when the workflow is over
 */
export async function ask<T>(
  client: Client,
  call: () => Promise<T>,
  deadlineMs: number = DEADLINE_MS,
): Promise<T> {
  try {
    return await client.connection.withDeadline(Date.now() + deadlineMs, call);
  } catch (error) {
    throw translate(error);
  }
}

/** What starts or moves workflows and waits for them: a few at a time, so that a crowd gets through in its order. */
const gate = makeGate({ places: 16, patienceMs: 20_000 });

/** As `ask`, in line behind the others. @throws RefusalError also service-unavailable where the line is too long */
export async function act<T>(client: Client, call: () => Promise<T>): Promise<T> {
  return gate(() => ask(client, call));
}

export interface Start {
  /** Exported name of the workflow function. */
  readonly type: string;
  readonly id: string;
  readonly args: readonly unknown[];
  readonly lifecycle: string;
  readonly summary: string;
  readonly customerId?: string;
  /** Somebody waits for it at a screen: it, and all that it does, goes ahead of what nobody waits for. */
  readonly prompt?: true;
  /** Start again when it ran before and is closed; by default an id runs once. */
  readonly again?: true;
}

const PROMPT = { priorityKey: 1 };

/** Starts a workflow once: the same id again is the same work, running or closed. */
export async function startOnce(client: Client, start: Start): Promise<void> {
  const attributes = [{ key: SA.lifecycle, value: start.lifecycle }];
  if (start.customerId !== undefined) attributes.push({ key: SA.customerRef, value: start.customerId });
  await act(client, async () => {
    try {
      await client.workflow.start(start.type, {
        workflowId: start.id,
        taskQueue: 'core',
        args: [...start.args],
        workflowIdReusePolicy: start.again ? 'ALLOW_DUPLICATE' : 'REJECT_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        typedSearchAttributes: new TypedSearchAttributes(attributes),
        staticSummary: start.summary,
        ...(start.prompt ? { priority: PROMPT } : {}),
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  });
}

/** What a workflow refuses while it has not yet heard what the database shows already. */
const BEHIND: readonly RefusalCode[] = ['wrong-state', 'not-found', 'nothing-to-repay'];
const BEHIND_MS = 3_000;
const ASK_AGAIN_MS = 100;

/** Tells whether the database allows what was asked. */
export type Allowed = () => Promise<boolean>;

/**
 * Sends an Update and waits for its result; the same update id again is the same Update. An activity commits a moment
 * before its workflow hears of it: with `allowed`, a refusal that the database contradicts is asked again for a while,
 * so that who acts on what the API shows is not refused.
 */
export async function update<R, A extends [unknown, ...unknown[]]>(
  client: Client,
  workflowId: string,
  definition: UpdateDefinition<R, A>,
  updateId: string,
  args: A,
  allowed?: Allowed,
): Promise<R> {
  const until = Date.now() + BEHIND_MS;
  for (;;) {
    try {
      return await act(client, () =>
        client.workflow.getHandle(workflowId).executeUpdate(definition, { args, updateId }),
      );
    } catch (error) {
      const behind = error instanceof RefusalError && BEHIND.includes(error.code);
      if (!behind || allowed === undefined || Date.now() >= until || !(await allowed())) throw error;
      await delay(ASK_AGAIN_MS);
    }
  }
}

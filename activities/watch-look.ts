/** The signals that chain-watch owes: hints to workflows that there is something to see. */
import { isGrpcServiceError, ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { Knex } from 'knex';
import { owedLooks, paidLooks } from '../db/look';

export interface LookDeps {
  readonly knex: Knex;
  readonly signal: (workflowId: string) => Promise<void>;
}

const SOME = 100;

/** gRPC: invalid argument (a run that has taken all the signals that it can), resource exhausted, failed precondition. */
const REFUSALS: readonly number[] = [3, 8, 9];

function isRefused(error: unknown): error is ServiceError {
  return (
    error instanceof ServiceError && isGrpcServiceError(error.cause) && REFUSALS.includes(error.cause.code)
  );
}

/**
 * Sends the signals owed. A workflow that is over, or was never started, needs none: the database is the truth. One that
 * takes no more (anybody can have a loan signalled, by paying it an atto) is owed its own and holds up nobody else's.
 * @returns what could not be signalled
 * @throws where Temporal does not answer
 */
export async function sendLooks({ knex, signal }: LookDeps): Promise<readonly string[]> {
  const refused: string[] = [];
  const sent: string[] = [];
  try {
    for (const { workflowId, ids } of await owedLooks(knex, SOME)) {
      try {
        await signal(workflowId);
        sent.push(...ids);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) sent.push(...ids);
        else if (isRefused(error)) refused.push(workflowId);
        else throw error;
      }
    }
  } finally {
    await paidLooks(knex, sent);
  }
  return refused;
}

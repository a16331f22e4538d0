/**
 * Workflows whose code fails at the task that they stand at: Temporal tries that task again for ever, and says so in a
 * search attribute of its own once two tries in a row failed (`system.numConsecutiveWorkflowTaskProblems…`, set by
 * stack/temporal.ts and deploy/temporal-dynamic.yaml). Such a workflow can neither answer nor ask for help itself.
 */
import { defineSearchAttributeKey } from '@temporalio/common';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { ask } from './temporal';

const PROBLEMS = defineSearchAttributeKey('TemporalReportedProblems', 'KEYWORD_LIST');

/** Finds them, in a visibility query. */
export const FAILING = 'TemporalReportedProblems IS NOT NULL';

/** How many of the newest events are looked at for the cause. */
const LOOKED_AT = 20;
const CAUSE_LETTERS = 300;

export const isFailing = (info: Pick<WorkflowExecutionInfo, 'status' | 'typedSearchAttributes'>): boolean =>
  info.status.name === 'RUNNING' && (info.typedSearchAttributes.get(PROBLEMS) ?? []).length > 0;

/** The sentence in which staff are told, with the first line of what the code threw. */
export async function failingSentence(
  client: Client,
  { workflowId, runId }: Pick<WorkflowExecutionInfo, 'workflowId' | 'runId'>,
): Promise<string> {
  const { history } = await ask(client, () =>
    client.workflowService.getWorkflowExecutionHistoryReverse({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: LOOKED_AT,
    }),
  );
  const failed = history?.events?.find((event) => event.workflowTaskFailedEventAttributes);
  const thrown = failed?.workflowTaskFailedEventAttributes?.failure?.message;
  const cause = thrown
    ? thrown.split('\n', 1).join('').slice(0, CAUSE_LETTERS)
    : 'no worker ends its task in time';
  return `Its code fails: ${cause}. It is tried again by itself, and goes on once a release runs that mends this.`;
}

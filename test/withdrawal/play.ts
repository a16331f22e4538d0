/** What tests of withdrawals ask of workflows: the code of a refusal, and a history kept. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { stableHistory } from '../../domain/history';

/** Keeps the history for replay tests, where LOANSTONE_RECORD is set. */
export async function keep(handle: WorkflowHandle, name: string): Promise<void> {
  if (process.env['LOANSTONE_RECORD'] === undefined) return;
  const file = join(__dirname, '..', 'histories', `${name}.json`);
  writeFileSync(file, stableHistory(historyToJSON(await handle.fetchHistory())));
}

/** The code of the refusal that an Update met. */
export async function codeOf(update: Promise<unknown>): Promise<string | null | undefined> {
  const error: unknown = await update.then(
    () => new Error('the Update was taken'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause as Error | undefined)
    if (cause instanceof ApplicationFailure) return cause.type;
  throw error;
}

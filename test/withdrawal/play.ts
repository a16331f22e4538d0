/** What tests of withdrawals ask of workflows: a code, a history kept, a message that is not signed. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { stableHistory } from '../../domain/history';
import type { World } from './world';

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

/** The signer refuses until this is undone: messages wait for their signature and ask a person. */
export async function hotFrozen({ chain: { admin, hot } }: World): Promise<() => Promise<void>> {
  const sender = admin('chain.sender').where({ address: hot });
  await sender.clone().update({ mode: 'frozen', frozen_reason: 'a person said so' });
  return async () => {
    // Only two people do that (0019_remedy): not what this is about.
    await admin.raw('ALTER TABLE chain.sender DISABLE TRIGGER sender_guard');
    await sender.clone().update({ mode: 'active', frozen_reason: null });
    await admin.raw('ALTER TABLE chain.sender ENABLE TRIGGER sender_guard');
  };
}

/** The message that waits and says so. */
export async function waitingDraft(world: World, { id }: { readonly id: string }): Promise<string> {
  const found = await world.until('the draft', () =>
    world.chain
      .app('chain.message')
      .where({ subject_id: id, state: 'draft' })
      .whereNotNull('needs_action')
      .first<{ id: string } | undefined>('id'),
  );
  return found.id;
}

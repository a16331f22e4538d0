import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

const HISTORIES = join(__dirname, '..', 'histories');

/** Keeps the history for replay tests, where LOANSTONE_RECORD is set. */
export async function keepHistory(client: Client, workflowId: string, name: string): Promise<void> {
  if (process.env['LOANSTONE_RECORD'] === undefined) return;
  const history = historyToJSON(await client.workflow.getHandle(workflowId).fetchHistory());
  writeFileSync(join(HISTORIES, `${name}.json`), `${JSON.stringify(JSON.parse(history), null, 1)}\n`);
}

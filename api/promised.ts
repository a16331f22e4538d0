/** What a 202 promised: its Location can be asked for sooner than the workflow's first step has written it down. */
import type { ApiDeps } from './deps';

const TRIES = 9;
const PAUSE_MS = 200;

/**
 * The row that a call of this actor has started the workflow for: waits up to 2 s for it. Where there was no such call,
 * it is read once.
 */
export async function promised<Row>(
  { knex }: Pick<ApiDeps, 'knex'>,
  { actorId, workflowId }: { readonly actorId: string; readonly workflowId: string },
  read: () => Promise<Row | null | undefined>,
): Promise<Row | undefined> {
  const there = await read();
  if (there != null) return there;
  const asked: unknown = await knex('idempotency_record')
    .where({ actor: actorId, workflow_id: workflowId })
    .first('key');
  for (let tries = asked === undefined ? TRIES : 0; tries < TRIES; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const found = await read();
    if (found != null) return found;
  }
  return undefined;
}

/** Workflows that cannot go on alone, each with the sentence in which it asks for help. */
import type { Knex } from 'knex';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { z } from 'zod';
import { SA, standing } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { timeOut } from './fields';
import { count } from './home-count';
import { ask } from './temporal';

const SHOWN = 8;

const workflow = z.strictObject({
  id: z.string(),
  lifecycle: z.string(),
  state: z.string().nullable(),
  startedAt: timeOut,
  sentence: z
    .string()
    .nullable()
    .meta({ description: 'What it asks for; null where it does not answer now' }),
});

export const helpWanted = count.extend({
  workflows: z.array(workflow).meta({ description: `The first ${SHOWN}` }),
});

type Asking = z.output<typeof workflow>;

/** Sentences that loans, withdrawals and messages have written down: these answer also while no worker runs. */
async function written(knex: Knex): Promise<Map<string, string>> {
  const { rows } = await knex.raw<{ rows: { id: string; sentence: string }[] }>(
    `SELECT 'loan/' || id AS id, needs_action AS sentence FROM loan WHERE needs_action IS NOT NULL
     UNION ALL SELECT workflow_id, needs_action FROM withdrawal WHERE needs_action IS NOT NULL
     UNION ALL SELECT workflow_id, needs_action FROM chain.message WHERE needs_action IS NOT NULL
       AND state IN ('draft', 'signed', 'pushed', 'included', 'conflict')`,
  );
  return new Map(rows.map(({ id, sentence }) => [id, sentence]));
}

async function told(deps: ApiDeps, id: string): Promise<string | null> {
  try {
    const { needsAction } = await ask(deps.client, () => deps.client.workflow.getHandle(id).query(standing));
    return needsAction;
  } catch (error) {
    deps.log.debug({ err: error, workflowId: id }, 'no standing');
    return null;
  }
}

function askingOf(info: WorkflowExecutionInfo, sentence: string | null): Asking {
  const attributes = info.typedSearchAttributes;
  return {
    id: info.workflowId,
    lifecycle: attributes.get(SA.lifecycle) ?? info.type,
    state: attributes.get(SA.state) ?? null,
    startedAt: info.startTime.toISOString(),
    sentence,
  };
}

/** Running workflows with NeedsAction, the first of them with their sentences. */
export async function helpWantedBy(deps: ApiDeps): Promise<z.output<typeof helpWanted>> {
  const query = "NeedsAction = true AND ExecutionStatus = 'Running'";
  const { total, found } = await ask(deps.client, async () => {
    const { count: all } = await deps.client.workflow.count(query);
    const infos: WorkflowExecutionInfo[] = [];
    if (all === 0) return { total: all, found: infos };
    for await (const info of deps.client.workflow.list({ query, pageSize: 100 })) {
      infos.push(info);
      if (infos.length === 100) break;
    }
    return { total: all, found: infos };
  });
  const sentences = found.length === 0 ? new Map<string, string>() : await written(deps.knex);
  // Temporal lists the newest first; who waits longest stands first here.
  const oldest = [...found].reverse();
  const workflows = await Promise.all(
    oldest
      .slice(0, SHOWN)
      .map(async (info) =>
        askingOf(info, sentences.get(info.workflowId) ?? (await told(deps, info.workflowId))),
      ),
  );
  return { count: total, oldestAt: oldest[0]?.startTime.toISOString() ?? null, workflows };
}

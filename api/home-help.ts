/** Workflows that cannot go on alone, each with the sentence in which it asks for help. */
import type { Knex } from 'knex';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import { z } from 'zod';
import { SA, standing } from '../workflows/handles';
import type { ApiDeps } from './deps';
import { FAILING, failingSentence, isFailing } from './failing';
import { timeOut } from './fields';
import { count } from './home-count';
import { stoppedSentence, stoppedWorkflows, type StoppedRun } from './stopped';
import { ask } from './temporal';
import { statusOf } from './workflow-history';

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
  stopped: z.int().meta({ description: 'How many of them were ended before their work was done' }),
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

function askingOf(info: StoppedRun, sentence: string | null): Asking {
  const attributes = info.typedSearchAttributes;
  return {
    id: info.workflowId,
    lifecycle: attributes.get(SA.lifecycle) ?? info.type,
    state: attributes.get(SA.state) ?? null,
    startedAt: info.startTime.toISOString(),
    sentence,
  };
}

/** Running workflows that ask for help, or whose code fails: how many, and of a hundred of them which. */
async function asking(deps: ApiDeps): Promise<{ total: number; found: WorkflowExecutionInfo[] }> {
  const query = `ExecutionStatus = 'Running' AND (NeedsAction = true OR ${FAILING})`;
  return ask(deps.client, async () => {
    const { count: all } = await deps.client.workflow.count(query);
    const infos: WorkflowExecutionInfo[] = [];
    if (all === 0) return { total: all, found: infos };
    for await (const info of deps.client.workflow.list({ query, pageSize: 100 })) {
      infos.push(info);
      if (infos.length === 100) break;
    }
    return { total: all, found: infos };
  });
}

/** Workflows that were stopped, then those that ask for help or fail; the first of them with their sentences. */
export async function helpWantedBy(deps: ApiDeps): Promise<z.output<typeof helpWanted>> {
  const [{ total, found }, stopped] = await Promise.all([asking(deps), stoppedWorkflows(deps.client)]);
  const sentences = found.length === 0 ? new Map<string, string>() : await written(deps.knex);
  // Temporal lists the newest first; who waits longest stands first here.
  const oldest = [...found].reverse();
  const ended = stopped.reverse().map((info) => askingOf(info, stoppedSentence(statusOf(info))));
  const sentenceOf = (info: WorkflowExecutionInfo): Promise<string | null> => {
    if (isFailing(info)) return failingSentence(deps.client, info);
    const sentence = sentences.get(info.workflowId);
    return sentence === undefined ? told(deps, info.workflowId) : Promise.resolve(sentence);
  };
  const waiting = await Promise.all(
    oldest.slice(0, SHOWN).map(async (info) => askingOf(info, await sentenceOf(info))),
  );
  const began = [...ended, ...waiting].map(({ startedAt }) => startedAt).sort();
  return {
    count: total + ended.length,
    oldestAt: began[0] ?? null,
    stopped: ended.length,
    workflows: [...ended, ...waiting].slice(0, SHOWN),
  };
}

/**
 * Reads one history in one way, again and again, in a process of its own, so that its memory is nobody else's:
 * `idle` connects only, `raw` fetches the history, `story` is what the story's route does with it.
 */
import { Client, Connection } from '@temporalio/client';
import { storyOf } from '../../api/story';
import { liveHistory } from '../../api/workflow-history';

const [mode = '', address = '', workflowId = '', times = '0'] = process.argv.slice(2);

type Read = (client: Client) => Promise<{ readonly events: number; readonly bytes: number }>;

const READS: Readonly<Record<string, Read>> = {
  idle: () => Promise.resolve({ events: 0, bytes: 0 }),
  raw: async (client) => {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    return { events: events?.length ?? 0, bytes: 0 };
  },
  story: async (client) => {
    const told = storyOf(JSON.parse(await liveHistory(client, workflowId)));
    return { events: told.length, bytes: JSON.stringify(told).length };
  },
};

async function main(): Promise<void> {
  const read = READS[mode];
  if (read === undefined) throw new Error(`no way to read: ${mode}`);
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const ms: number[] = [];
  let last = { events: 0, bytes: 0 };
  for (let n = 0; n < Number(times); n += 1) {
    const start = process.hrtime.bigint();
    last = await read(client);
    ms.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  await connection.close();
  console.log(JSON.stringify({ ms, ...last, maxRssMb: process.resourceUsage().maxRSS / 1024 }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

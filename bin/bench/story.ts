/**
 * The story of a history of 5,000 events, read whole, beside fetching that history alone: a workflow of this length is
 * really lived on a dev server, then read in turns by processes of their own.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { z } from 'zod';
import { freePort } from '../../stack/port';
import { startTemporal } from '../../stack/temporal';
import type { Figures } from '../bench';
import { median, round } from './machine';
import { longLife } from './story-workflow';

const EVENTS = 5_000;
const ROUNDS = 5;
const READS = 12;
/** Of each process the first reads compile what the later ones run. */
const WARM_UP = 2;
const ID = 'bench/long-life';
const WAYS = ['idle', 'raw', 'story'] as const;
type Way = (typeof WAYS)[number];

const reading = z.object({
  ms: z.array(z.number()),
  events: z.number(),
  bytes: z.number(),
  maxRssMb: z.number(),
});
type Run = z.output<typeof reading> & { readonly way: Way; readonly round: number };

const activities = {
  look: ({ n }: { readonly n: number }): Promise<object> =>
    Promise.resolve({ journalId: n, amount: '1000000000000000000', epoch: n, state: 'active' }),
  stumble: async ({ n }: { readonly n: number }): Promise<void> => {
    const first = !stumbled.has(n);
    stumbled.add(n);
    if (first) throw new Error(`the node did not answer at epoch ${n}`);
    return Promise.resolve();
  },
};
const stumbled = new Set<number>();

/** Lives the life; gives the number of its events. */
async function live(address: string): Promise<number> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const [native, connection] = [
    await NativeConnection.connect({ address }),
    await Connection.connect({ address }),
  ];
  const workflowsPath = require.resolve('./story-workflow');
  const worker = await Worker.create({ connection: native, taskQueue: 'bench', workflowsPath, activities });
  const client = new Client({ connection });
  try {
    await worker.runUntil(
      client.workflow.execute(longLife, { taskQueue: 'bench', workflowId: ID, args: [EVENTS] }),
    );
    return (await client.workflow.getHandle(ID).describe()).historyLength;
  } finally {
    await connection.close();
    await native.close();
  }
}

async function readIn(way: Way, address: string, turn: number): Promise<Run> {
  const args = ['--import', 'tsx', join(__dirname, 'story-read.ts'), way, address, ID, String(READS)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const run = { round: turn, way, ...reading.parse(JSON.parse(stdout)) };
  return { ...run, ms: run.ms.slice(WARM_UP) };
}

/** Ratios are taken within each round, since what else the machine does comes and goes. */
function summarise(runs: readonly Run[]): Record<string, unknown> {
  const of = (way: Way): Run[] => runs.filter((run) => run.way === way);
  const pairs = of('story').flatMap((story) =>
    of('raw').flatMap((raw) =>
      of('idle').flatMap((idle) =>
        raw.round === story.round && idle.round === raw.round ? [{ story, raw, idle }] : [],
      ),
    ),
  );
  const msOf = (way: Way) => round(median(of(way).flatMap(({ ms }) => ms)));
  const mbOf = (way: Way) => round(median(of(way).map(({ maxRssMb }) => maxRssMb)));
  return {
    lines: of('story')[0]?.events ?? 0,
    storyKb: round((of('story')[0]?.bytes ?? 0) / 1024),
    rawMs: msOf('raw'),
    storyMs: msOf('story'),
    timeRatio: round(median(pairs.map(({ story, raw }) => median(story.ms) / median(raw.ms)))),
    idlePeakMb: mbOf('idle'),
    rawPeakMb: mbOf('raw'),
    storyPeakMb: mbOf('story'),
    memoryRatio: round(median(pairs.map(({ story, raw }) => story.maxRssMb / raw.maxRssMb))),
    memoryRatioAboveIdle: round(
      median(
        pairs.map(
          ({ story, raw, idle }) => (story.maxRssMb - idle.maxRssMb) / (raw.maxRssMb - idle.maxRssMb),
        ),
      ),
    ),
  };
}

export async function story(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'loanstone-bench-'));
  const { child, address } = await startTemporal({
    logFile: join(folder, 'temporal.log'),
    port: await freePort(),
    uiPort: undefined,
    databaseFile: join(folder, 'temporal.db'),
  });
  try {
    const events = await live(address);
    const runs: Run[] = [];
    for (let turn = 1; turn <= ROUNDS; turn += 1)
      for (const way of WAYS) runs.push(await readIn(way, address, turn));
    return {
      what: `The story of a history of ${events} events, whole, beside fetching that history alone: medians of ${ROUNDS} rounds of ${READS - WARM_UP} reads, each in a process of its own`,
      figures: { events, ...summarise(runs) },
      runs: runs.map(({ ms, ...run }) => ({ ...run, ms: ms.map(round) })),
    };
  } finally {
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

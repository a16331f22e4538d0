/** What the stack holds in memory: at rest, and after loans one after the other for a while. One loan alone is timed. */
import type { Figures } from '../bench';
import { setTimeout as delay } from 'node:timers/promises';
import { openBenchStack } from './bench-stack';
import { countHistories, openClient } from './history-count';
import { openBank } from './loan-bank';
import { openBoard } from './loan-board';
import { findFaults } from './loan-checks';
import { fillPool, topUp } from './loan-pool';
import { LENT, playLoan, prepare, prepareOwner, type Ended } from './loan-play';
import { openSite } from './loan-site';
import { coins } from '../../domain/money';
import { median, round } from './machine';
import { memoryBy, usageOf } from './usage';

const REST_MS = 60_000;
const MOST_LOANS = 1_000;
/** Loans that run side by side while memory is watched. */
const SIDE_BY_SIDE = 4;

/** How long the load lasts: LOANSTONE_BENCH_MINUTES, default 60. */
function minutes(): number {
  const asked = Number(process.env['LOANSTONE_BENCH_MINUTES'] ?? '60');
  if (!(asked > 0)) throw new Error('LOANSTONE_BENCH_MINUTES is no number of minutes');
  return asked;
}

export async function memory(): Promise<Figures> {
  const { stack, startSeconds, close } = await openBenchStack();
  try {
    await delay(REST_MS);
    const rest = memoryBy(usageOf(stack.info()));
    const site = await openSite(stack.info());
    const { client, close: closeClient } = await openClient(stack.info());
    const bank = await openBank(site, BigInt(MOST_LOANS) * coins(20n) + LENT * 10n);
    await topUp(site, bank, coins(200n));
    await fillPool(site, bank, LENT * BigInt(SIDE_BY_SIDE + 1));
    const board = openBoard(site.owner);
    const durations: number[] = [];
    const ended: Ended[] = [];
    const samples: { seconds: number; memoryMb: Readonly<Record<string, number>>; loans: number }[] = [];
    let begun = 0;
    const one = async (): Promise<void> => {
      const n = begun++;
      const ready = await prepare(site, await prepareOwner(site, bank), n);
      const since = performance.now();
      ended.push(await playLoan(site, bank, board, ready));
      durations.push((performance.now() - since) / 1000);
    };
    await one();
    const [alone = 0] = durations;
    const history = await countHistories(client, `WorkflowType IN ('loan', 'message', 'sweep')`);
    const began = performance.now();
    const until = began + minutes() * 60_000;
    const line = async (): Promise<void> => {
      while (performance.now() < until) {
        await one();
        const seconds = Math.round((performance.now() - began) / 1000);
        samples.push({ seconds, memoryMb: memoryBy(usageOf(stack.info())), loans: ended.length });
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, line));
    await board.close();
    const loaded = memoryBy(usageOf(stack.info()));
    const loadMinutes = (performance.now() - began) / 60_000;
    const faults = await findFaults(site, ended, { closed: ended.length, refused: 0 });
    const wrong = Object.entries(faults).filter(([, seen]) => seen !== '');
    if (wrong.length > 0) throw new Error(`checks failed: ${JSON.stringify(wrong)}`);
    await Promise.all([site.close(), closeClient()]);
    return {
      what: `memory of the stack (PSS, MB) at rest and after ${round(loadMinutes)} minutes of loans, ${SIDE_BY_SIDE} side by side`,
      figures: {
        restMb: rest,
        oneLoan: { wallSeconds: round(alone), ...history },
        loadMinutes: round(loadMinutes),
        loans: ended.length,
        medianLoanSeconds: round(median(durations)),
        loadedMb: loaded,
        stackStartSeconds: round(startSeconds),
      },
      runs: samples,
    };
  } finally {
    await close();
  }
}

/** Many loans at once, from application to the owner role's return, beside as many empty workflows with as many activities. */
import type { Figures } from '../bench';
import { openBenchStack } from './bench-stack';
import { playEmpty } from './empty';
import { countHistories, openClient } from './history-count';
import { findFaults } from './loan-checks';
import { playFleet, prepareFleet } from './loan-fleet';
import { openSite } from './loan-site';
import { round } from './machine';
import { cpuBetween, machineBusy, memoryBy, usageOf } from './usage';

/** Everything that the loans themselves start: loans, their messages and sweeps. The platform's own work is not theirs. */
const OF_LOANS = `WorkflowType IN ('loan', 'message', 'sweep')`;

/**
 * Longest single wait for the chain, in seconds, unless WAIT_CAP_SECONDS says otherwise. In production it is minutes; the
 * devnet's one second would make this a measurement of loans that look.
 */
const WAIT_CAP_SECONDS = '10';

/** Loans together: LOANSTONE_BENCH_LOANS, default 200. */
function howMany(): number {
  const asked = process.env['LOANSTONE_BENCH_LOANS'] ?? '200';
  if (!/^[1-9]\d{0,3}$/.test(asked)) throw new Error(`LOANSTONE_BENCH_LOANS=${asked} is no number of loans`);
  return Number(asked);
}

/** Plays them and checks the books. @throws where a check fails: figures of wrong books are no figures */
export async function loans(): Promise<Figures> {
  const n = howMany();
  const waitCap = (process.env['WAIT_CAP_SECONDS'] ??= WAIT_CAP_SECONDS);
  const { stack, startSeconds, close } = await openBenchStack();
  try {
    const info = stack.info();
    const atStart = memoryBy(usageOf(info));
    const site = await openSite(info);
    const { client, close: closeClient } = await openClient(info);
    const fleet = await prepareFleet(site, n);
    const before = {
      usage: usageOf(stack.info()),
      busy: machineBusy(),
      at: performance.now(),
      iso: new Date(),
    };
    const ended = await playFleet(site, fleet);
    const seconds = (performance.now() - before.at) / 1000;
    const after = { usage: usageOf(stack.info()), busy: machineBusy() };
    const faults = await findFaults(site, ended, { closed: n, refused: 1 });
    const wrong = Object.entries(faults).filter(([, seen]) => seen !== '');
    if (wrong.length > 0) throw new Error(`checks failed: ${JSON.stringify(wrong)}`);
    const since = before.iso.toISOString();
    const counted = await countHistories(client, `${OF_LOANS} AND StartTime >= '${since}'`);
    const reference = await playEmpty(info, counted);
    await Promise.all([site.close(), closeClient()]);
    const cpu = cpuBetween(before.usage, after.usage);
    return {
      what: `${n} loans at once (and one more that the pool could not pay), each from application to the owner's return, on one machine; epochs of 1 s, finality 10, at most ${waitCap} s between two looks at the chain`,
      figures: {
        loans: n,
        refusedForWantOfCash: ended.filter((end) => end === 'refused').length,
        wallSeconds: round(seconds),
        loansPerMinute: round((n * 60) / seconds),
        temporal: counted,
        eventsPerLoan: round(counted.events / n),
        workflowsPerLoan: round(counted.workflows / n),
        cpuSeconds: cpu,
        cpuSecondsPerLoan: round((cpu['total'] ?? 0) / n),
        machineBusySeconds: round(after.busy - before.busy),
        memoryMbWhenReady: atStart,
        memoryMbAtTheEnd: memoryBy(after.usage),
        reference: { ...reference, seconds: round(reference.seconds) },
        wallSecondsToReference: round(seconds / reference.seconds),
        checks: Object.keys(faults),
        stackStartSeconds: round(startSeconds),
      },
      runs: [{ startedAt: since, seconds, ended }],
    };
  } finally {
    await close();
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child } from '../../stack/child';
import { silentProgress } from '../../stack/progress';
import { stillRuns } from '../../stack/process-identity';
import { makeSupervisor, type PartPlan, type Running } from '../../stack/supervisor';
import { waitFor } from '../../stack/wait';

const folder = mkdtempSync(join(tmpdir(), 'loanstone-supervisor-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SERVE = `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });
  console.log(JSON.stringify({ ready: true })); setInterval(() => {}, 1000);`;

function plan(name: string, script = SERVE, stopped: string[] = []): PartPlan<Running> {
  return {
    name,
    start: async (signal) => {
      const child = startChild({
        name,
        command: process.execPath,
        args: ['-e', script],
        logFile: join(folder, `${name}.log`),
        signal,
      });
      void child.exited.then(() => stopped.push(name));
      await child.firstJson('ready', 20_000);
      return { child, where: 'here' };
    },
  };
}

test('parts end in reverse order of their start, and none is left', async () => {
  const order: string[] = [];
  const supervisor = makeSupervisor(silentProgress, () => undefined);
  for (const name of ['first', 'second', 'third']) await supervisor.run(plan(name, SERVE, order));
  const marks = supervisor.processes();
  expect(marks.map(({ name }) => name)).toEqual(['first', 'second', 'third']);
  await supervisor.stop();
  expect(order).toEqual(['third', 'second', 'first']);
  expect(marks.filter(stillRuns)).toEqual([]);
});

test('a part that dies is started again, and that one is stopped in the end', async () => {
  const changes: number[] = [];
  const supervisor = makeSupervisor(silentProgress, () => changes.push(changes.length));
  const { child } = await supervisor.run(plan('mortal'));
  process.kill(child.pid, 'SIGKILL');
  await waitFor(() => Promise.resolve(changes.length > 1 ? true : undefined), {
    what: 'the restart',
    timeoutMs: 30_000,
  });
  const [mark] = supervisor.processes();
  expect(mark?.pid).not.toBe(child.pid);
  await supervisor.stop();
  expect(mark !== undefined && stillRuns(mark)).toBe(false);
});

test('a part that never becomes ready fails with the end of its log', async () => {
  const supervisor = makeSupervisor(silentProgress, () => undefined);
  const script = `console.error('no such database'); process.exit(3)`;
  await expect(supervisor.run(plan('broken', script))).rejects.toThrow(/exit code 3[^]*no such database/);
  await supervisor.stop();
});

test('a stop during the start ends the part that is starting', async () => {
  const supervisor = makeSupervisor(silentProgress, () => undefined);
  let child: Child | undefined;
  const starting = supervisor.run({
    name: 'slow',
    start: async (signal) => {
      const logFile = join(folder, 'slow.log');
      child = startChild({
        name: 'slow',
        command: process.execPath,
        args: ['-e', 'setInterval(() => {}, 1000)'],
        logFile,
        signal,
      });
      await child.firstJson('ready', 60_000);
      return { child, where: '' };
    },
  });
  const refused = expect(starting).rejects.toThrow('slow ended');
  await supervisor.stop();
  await refused;
  expect(child?.ending()).toBeDefined();
});

/** `npm run demo [-- --json --keep --chain FILE --data DIR]`: one loan, a run on the pool and a withdrawal, end to end, every figure checked. */
import { parseArgs } from 'node:util';
import { killAll } from '../stack/process-group';
import { makeProgress } from '../stack/progress';
import { runDemo, type DemoResult } from './demo/run';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    chain: { type: 'string' },
    data: { type: 'string' },
  },
});

const QUEUE = 'queue.';

/** What the run on the pool showed, by its own names. */
function queueOf(notes: DemoResult['notes']): Record<string, unknown> {
  const own = Object.entries(notes).filter(([name]) => name.startsWith(QUEUE));
  return Object.fromEntries(own.map(([name, value]) => [name.slice(QUEUE.length), value]));
}

function summarise({ ok, checks, notes, stack }: DemoResult): void {
  const figures = Object.fromEntries(Object.entries(notes).filter(([name]) => !name.startsWith(QUEUE)));
  const failed = checks.filter((check) => !check.ok);
  const out = values.json ? process.stderr : process.stdout;
  out.write(
    ok
      ? `\nAll ${String(checks.length)} checks held.\n`
      : `\n${String(failed.length)} of ${String(checks.length)} checks failed:\n${failed.map(({ name, seen, expected }) => `  ${name}: ${seen}, expected ${expected}`).join('\n')}\n`,
  );
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ ok, figures, queue: queueOf(notes), checks, urls: stack.info().urls }, null, 2)}\n`,
    );
}

/** Ends what runs at the first signal, kills it at the second. */
function stoppedBySignals(): AbortController {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) {
        killAll();
        process.exit(130);
      }
      console.error('\nStopping; once more to kill.');
      stopping.abort();
    });
  }
  return stopping;
}

async function main(): Promise<void> {
  const { signal } = stoppedBySignals();
  const progress = makeProgress(values.json ? process.stderr : process.stdout);
  try {
    const result = await runDemo({
      chain: values.chain,
      data: values.data,
      quiet: values.json,
      progress,
      signal,
    });
    summarise(result);
    if (values.keep && !signal.aborted) {
      console.error('The stack stays up (--keep); Ctrl-C stops it.');
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true });
      });
    }
    await result.stop();
    process.exitCode = result.ok ? 0 : 1;
  } finally {
    progress.close();
  }
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  if (values.json) process.stdout.write(`${JSON.stringify({ ok: false, error: message })}\n`);
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
});

/** `npm run demo [-- --json --keep --chain FILE --data DIR]`: one loan, end to end, every figure checked. */
import { parseArgs } from 'node:util';
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

function summarise({ ok, checks, notes, stack }: DemoResult): void {
  const failed = checks.filter((check) => !check.ok);
  const out = values.json ? process.stderr : process.stdout;
  out.write(
    ok
      ? `\nAll ${String(checks.length)} checks held.\n`
      : `\n${String(failed.length)} of ${String(checks.length)} checks failed:\n${failed.map(({ name, seen, expected }) => `  ${name}: ${seen}, expected ${expected}`).join('\n')}\n`,
  );
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ ok, figures: notes, checks, urls: stack.info().urls }, null, 2)}\n`,
    );
}

async function main(): Promise<void> {
  const progress = makeProgress(values.json ? process.stderr : process.stdout);
  const result = await runDemo({ chain: values.chain, data: values.data, quiet: values.json, progress });
  summarise(result);
  if (values.keep) {
    console.error('The stack stays up (--keep); Ctrl-C stops it.');
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
  }
  await result.stop();
  progress.close();
  process.exitCode = result.ok ? 0 : 1;
}

main().catch((error: unknown) => {
  if (values.json)
    process.stdout.write(
      `${JSON.stringify({ ok: false, error: error instanceof Error ? error.message : String(error) })}\n`,
    );
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
});

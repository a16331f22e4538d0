import { OptionError, readOptions } from './options';
import { startDevnet } from './start';

/** Runs the simulated node until SIGTERM or SIGINT; prints one line of JSON when it is ready. */
async function main(): Promise<void> {
  const devnet = await startDevnet(readOptions(process.argv.slice(2)));
  process.stdout.write(`${JSON.stringify(devnet.ready)}\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void devnet.stop().then(() => process.exit(0));
    });
  }
}

main().catch((error: unknown) => {
  const text =
    error instanceof OptionError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});

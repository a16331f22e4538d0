import { parseArgs } from 'node:util';
import { killAll } from '../stack/process-group';
import type { StackInfo } from '../stack/info';
import { AlreadyRunning } from '../stack/lock';
import { makeProgress } from '../stack/progress';
import { startStack } from '../stack/stack';

function summary(info: StackInfo): string {
  const width = Math.max(...info.logins.map(({ email }) => email.length));
  return [
    '',
    `  Back office     ${info.urls.admin}`,
    `  API reference   ${info.urls.docs}`,
    ...(info.urls.mail === null ? [] : [`  Mail inbox      ${info.urls.mail}`]),
    ...(info.urls.temporalUi === null ? [] : [`  Temporal UI     ${info.urls.temporalUi}`]),
    `  Filecoin RPC    ${info.urls.lotus}`,
    `  Everything      ${info.dataFolder}/stack.json`,
    '',
    '  Sample logins (this machine only)',
    ...info.logins.map(({ email, password }) => `    ${email.padEnd(width)}  ${password}`),
    '',
    '  Ctrl-C stops everything.',
    '',
  ].join('\n');
}

/** `npm start [-- --data DIR]`: all parts in one terminal, until Ctrl-C. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { data: { type: 'string' } } });
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) {
        killAll();
        process.exit(130);
      }
      console.log('\nStopping; once more to kill.');
      stopping.abort();
    });
  }
  const progress = makeProgress(process.stdout);
  try {
    const dataFolder = values.data ?? process.env['LOANSTONE_DATA'] ?? '.loanstone';
    const stack = await startStack({ dataFolder, progress, signal: stopping.signal });
    console.log(summary(stack.info()));
    await stack.stopped;
  } catch (error) {
    if (!stopping.signal.aborted || error instanceof AlreadyRunning) throw error;
  } finally {
    progress.close();
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

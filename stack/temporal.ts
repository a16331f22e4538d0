import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { readyOrStopped, startChild, type Child } from './child';
import { temporalCli } from './temporal-binary';
import { waitFor } from './wait';

/** The search attributes of every workflow (design, section 7), as the server is told them at its start. */
export const SEARCH_ATTRIBUTES = {
  Lifecycle: 'Keyword',
  State: 'Keyword',
  CustomerRef: 'Keyword',
  NeedsAction: 'Bool',
  DueAt: 'Datetime',
} as const;

const RETENTION = '90 days';

/** How many failures in a row of a workflow's code Temporal takes to say so (api/failing.ts). */
const PROBLEMS_SHOWN_FROM = 'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute';

export interface TemporalOptions {
  readonly logFile: string;
  readonly port: number;
  /** Undefined: no Web UI. */
  readonly uiPort: number | undefined;
  /** SQLite file that keeps everything; undefined: in memory. */
  readonly databaseFile: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told which way to find the program is tried now. */
  readonly onTry?: (way: string) => void;
}

export interface TemporalServer {
  readonly child: Child;
  readonly address: string;
  readonly uiUrl: string | undefined;
}

/** Closed workflows stay readable for 90 days; the dev server's own default is one day. */
async function keepHistories(address: string): Promise<true> {
  const connection = await Connection.connect({ address, connectTimeout: '2s' });
  try {
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    await connection.workflowService.updateNamespace({
      namespace: 'default',
      config: { workflowExecutionRetentionTtl: msToTs(RETENTION) },
    });
    return true;
  } finally {
    await connection.close();
  }
}

/** Starts the dev server on 127.0.0.1, with search attributes and retention set. */
export async function startTemporal(options: TemporalOptions): Promise<TemporalServer> {
  const command = await temporalCli({
    signal: options.signal,
    ...(options.onTry ? { onTry: options.onTry } : {}),
  });
  const args = [
    'server',
    'start-dev',
    '--ip',
    '127.0.0.1',
    '--port',
    String(options.port),
    '--log-level',
    'warn',
  ];
  args.push(...(options.uiPort === undefined ? ['--headless'] : ['--ui-port', String(options.uiPort)]));
  if (options.databaseFile !== undefined) args.push('--db-filename', options.databaseFile);
  args.push('--dynamic-config-value', `${PROBLEMS_SHOWN_FROM}=2`);
  for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES))
    args.push('--search-attribute', `${name}=${type}`);
  const child = startChild({
    name: 'temporal',
    command,
    args,
    logFile: options.logFile,
    signal: options.signal,
  });
  const address = `127.0.0.1:${options.port}`;
  const ready = waitFor(() => keepHistories(address), {
    what: 'temporal',
    timeoutMs: 60_000,
    giveUp: child.ending,
  });
  await readyOrStopped(child, ready);
  return {
    child,
    address,
    uiUrl: options.uiPort === undefined ? undefined : `http://127.0.0.1:${options.uiPort}`,
  };
}

import { spareAccount } from './account';
import { buildAdminUi } from './admin-ui';
import { openDataFolder, type DataFolder } from './data-folder';
import {
  bringChain,
  bringDatabase,
  bringMail,
  bringTemporal,
  reservePorts,
  type DevnetPace,
  type Ground,
  type Ports,
} from './foundation';
import { givenParts } from './given';
import { processesSchema, stackInfoSchema, type StackInfo } from './info';
import { endLeftovers } from './leftovers';
import { lockFolder } from './lock';
import { reservePort, type Reservation } from './port';
import { readJson, writePrivate } from './private-file';
import { bringApi, bringSigner, bringWorker, servesFrom, type Places } from './product';
import type { Progress } from './progress';
import { ensureSampleStaff, sampleLogins, type SampleLogin } from './staff';
import { makeSupervisor, type Supervisor } from './supervisor';

export interface StackOptions {
  /** Made when missing. */
  readonly dataFolder: string;
  readonly progress: Progress;
  /** Default: one epoch a second, finality 10. */
  readonly pace?: DevnetPace;
  /** Two worker and two API processes side by side, as where one machine is not enough. */
  readonly twice?: boolean;
  /** Raised to stop, also during the start. */
  readonly signal?: AbortSignal;
}

export interface Stack {
  readonly info: () => StackInfo;
  /** Ends all parts in reverse order; safe to repeat. */
  readonly stop: () => Promise<void>;
  /** Resolves once everything is stopped, whoever asked for it. */
  readonly stopped: Promise<void>;
}

const PACE: DevnetPace = { epochMs: 1_000, epochSeconds: 1, finality: 10 };

function describe(
  data: DataFolder,
  places: Places,
  logins: readonly SampleLogin[],
  supervisor: Supervisor,
  startedAt: string,
): StackInfo {
  const { database, temporal, chain, mail, api, second } = places;
  const app = `http://127.0.0.1:${api.port}`;
  return {
    running: true,
    startedAt,
    dataFolder: data.path,
    pid: process.pid,
    urls: {
      app,
      apis: [api, ...(second === undefined ? [] : [second])].map(({ port }) => `http://127.0.0.1:${port}`),
      admin: `${app}/`,
      docs: `${app}/docs`,
      temporalUi: temporal.ui,
      mail: mail.http,
      lotus: chain.rpc,
    },
    database,
    temporal,
    lotus: {
      rpc: chain.rpc,
      token: chain.writeToken,
      tokens: chain.tokens,
      controlToken: chain.controlToken,
    },
    mail,
    logins: [...logins],
    processes: [...supervisor.processes()],
  };
}

type Publish = (places: Places, logins: readonly SampleLogin[]) => void;

async function bringAll(
  data: DataFolder,
  supervisor: Supervisor,
  options: StackOptions,
  ports: Ports,
  publish: Publish,
): Promise<void> {
  const ground: Ground = { data, given: givenParts(), supervisor, ports, pace: options.pace ?? PACE };
  const logins = sampleLogins(data.secrets.staff);
  const prepared = async () => {
    const urls = await bringDatabase(ground);
    await supervisor.task(
      'staff',
      () => ensureSampleStaff(logins, urls.owner),
      () => `${logins.length} sample logins`,
    );
    return urls;
  };
  const [database, temporal, chain, mail, adminUi] = await Promise.all([
    prepared(),
    bringTemporal(ground),
    bringChain(ground),
    bringMail(ground),
    supervisor.task(
      'admin UI',
      (step, signal) => buildAdminUi({ signal, onNote: step.note }),
      (folder) => folder,
    ),
  ]);
  const second = options.twice === true ? await reservePort(0) : undefined;
  const places: Places = {
    ...{ database, temporal, chain, mail, adminUi, api: ports.api },
    ...(second === undefined ? {} : { second }),
  };
  const account = spareAccount();
  const separate = account !== undefined && servesFrom(account);
  if (account !== undefined && !separate)
    options.progress.line(`${account.name} cannot read this checkout: API and worker run as root`);
  const product = { data, supervisor, places, account: separate ? account : undefined };
  publish(places, logins);
  await bringSigner(product);
  await bringWorker(product);
  await bringApi(product);
  if (second === undefined) return;
  await bringWorker(product, 'worker-2');
  await bringApi({ ...product, places: { ...places, api: second } }, 'api-2');
}

/**
 * Brings up every part that is not given in the environment, in order of readiness, and keeps it up.
 * When a part cannot be started, those already up are stopped again before this throws.
 * @throws AlreadyRunning
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const data = openDataFolder(options.dataFolder);
  const unlock = lockFolder(data.path);
  const before = processesSchema.safeParse(readJson(data.processesFile));
  if (before.success) await endLeftovers(before.data, options.progress);
  const startedAt = new Date().toISOString();
  let describeNow: (() => StackInfo) | undefined;
  const write = (changes: Partial<StackInfo> = {}): void => {
    if (describeNow !== undefined)
      writePrivate(data.stackFile, JSON.stringify({ ...describeNow(), ...changes }, null, 2));
  };
  const supervisor = makeSupervisor(options.progress, () => {
    writePrivate(data.processesFile, JSON.stringify(supervisor.processes()));
    write();
  });
  let stopping: Promise<void> | undefined;
  let markStopped: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    markStopped = resolve;
  });
  const stop = (): Promise<void> => {
    stopping ??= supervisor.stop().then(() => {
      writePrivate(data.processesFile, '[]');
      write({ running: false, processes: [] });
      unlock();
      markStopped();
    });
    return stopping;
  };
  options.signal?.addEventListener('abort', () => void stop(), { once: true });
  const ports = await reservePorts();
  try {
    const publish: Publish = (places, logins) => {
      describeNow = () => describe(data, places, logins, supervisor, startedAt);
      write();
    };
    await bringAll(data, supervisor, options, ports, publish);
  } catch (error) {
    await stop();
    throw error;
  } finally {
    // those of parts that were given
    await Promise.all(Object.values<Reservation>({ ...ports }).map(({ release }) => release()));
  }
  return {
    info: () => stackInfoSchema.parse(readJson(data.stackFile)),
    stop,
    stopped,
  };
}

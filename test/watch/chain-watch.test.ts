/** The entity loop alone, its activity played: rounds, continue-as-new, the halt that is shown. */
import { Client, Connection } from '@temporalio/client';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import type { Followed, FollowInput } from '../../activities/watch';
import { SA, standing, workflowIds } from '../../workflows/handles';
import type { chainWatch } from '../../workflows/chain-watch';
import { waitFor } from '../../stack/wait';
import { ensureChainWatch } from '../../workers/main';
import { ownNamespace } from '../support/namespace';
import { services } from '../support/services';
import { workflowBundle } from '../support/workflow-bundle';

const FOUND = { cid: 'bafyfound', index: 0, customerId: 'customer-1' };
const QUIET: Followed = { deposits: [], unswept: [], halted: null, head: 1, clock: 1 };
const UNSWEPT = ['f1a', 'f1b', 'f1c'].map((address) => ({ address, openedBy: `chain-watch/${address}` }));
/** Beyond the rounds of one run, so that the last ones belong to the next. */
const ROUNDS = 215;

test('follows for ever: continues as new, starts each deposit once and sweeps together, shows a halt and its end', async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  const address = services().temporalAddress;
  const connection = await Connection.connect({ address });
  const namespace = await ownNamespace(new Client({ connection }));
  const client = new Client({ connection, namespace });
  const native = await NativeConnection.connect({ address });
  const inputs: FollowInput[] = [];
  let opened = 0;
  let over = (): void => undefined;
  const rest = new Promise<void>((resolve) => (over = resolve));
  const followChain = async (input: FollowInput): Promise<Followed> => {
    inputs.push(input);
    const round = inputs.length;
    if (round > ROUNDS) await rest;
    if (round === 3 || round === 4) return { ...QUIET, halted: 'the books do not explain f1a' };
    if (round === 12) return { ...QUIET, unswept: UNSWEPT };
    // named again though it was started: as after a run that forgot it
    return round === 2 || round === 10 || round === 205 ? { ...QUIET, deposits: [FOUND] } : QUIET;
  };
  const openDeposit = (): Promise<unknown> => {
    opened += 1;
    return Promise.resolve({
      state: 'replaced',
      bookedAs: null,
      journalId: null,
      address: 'f1a',
      value: '1',
      executedEpoch: 1,
      head: 1,
      clock: 1,
    });
  };
  const openSweep = (): Promise<null> => Promise.resolve(null);
  const common = { connection: native, namespace };
  const workers = await Promise.all([
    Worker.create({ ...common, taskQueue: 'core', workflowBundle: await workflowBundle() }),
    Worker.create({ ...common, taskQueue: 'chain', activities: { followChain } }),
    Worker.create({ ...common, taskQueue: 'ledger', activities: { openDeposit, openSweep } }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  try {
    await ensureChainWatch(client);
    const handle = client.workflow.getHandle<typeof chainWatch>(workflowIds.chainWatch());
    const first = (await handle.describe()).runId;
    await waitFor(() => Promise.resolve(inputs.length > ROUNDS ? true : undefined), {
      what: `${ROUNDS} rounds`,
      timeoutMs: 120_000,
    });
    const now = await handle.describe();
    expect(now.runId).not.toBe(first);
    expect(now.status.name).toBe('RUNNING');
    expect(now.typedSearchAttributes.get(SA.state)).toBe('following');
    await ensureChainWatch(client);
    expect((await handle.describe()).runId).toBe(now.runId);

    expect(opened).toBe(1);
    expect(inputs[2]?.started).toEqual(['bafyfound-0']);
    expect(inputs[ROUNDS]?.started).toContain('bafyfound-0');
    expect(inputs.slice(0, 6).map(({ halted }) => halted)).toEqual([false, false, false, true, true, false]);
    const before = client.workflow.getHandle(workflowIds.chainWatch(), first);
    expect((await before.describe()).status.name).toBe('CONTINUED_AS_NEW');
    const { events } = await before.fetchHistory();
    const sweeps = (events ?? [])
      .map((event) => event.activityTaskScheduledEventAttributes)
      .filter((scheduled) => scheduled?.activityType?.name === 'openSweep');
    expect(sweeps).toHaveLength(UNSWEPT.length);
    // A crowd of arrivals costs one workflow task.
    expect(new Set(sweeps.map((scheduled) => String(scheduled?.workflowTaskCompletedEventId))).size).toBe(1);
    await expect(handle.query(standing)).resolves.toMatchObject({ state: 'following', needsAction: null });
  } finally {
    over();
    for (const worker of workers) worker.shutdown();
    await running;
    await connection.operatorService.deleteNamespace({ namespace });
    await native.close();
    await connection.close();
  }
}, 180_000);

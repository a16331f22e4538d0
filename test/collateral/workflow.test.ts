/** The watch as it runs: a loan under threat asks for action within one interval, until a person or the chain sees to it. */
import { Client, Connection } from '@temporalio/client';
import {
  DefaultLogger,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  Worker,
} from '@temporalio/worker';
import { waitFor } from '../../stack/wait';
import { acknowledgeAlert } from '../../workflows/handles-collateral';
import { standing, workflowIds } from '../../workflows/handles';
import { newRun } from '../../workflows/loan-run';
import { ensureCollateral } from '../../workers/main';
import { fil } from '../devnet/actors';
import { codeOf } from '../loan/people';
import { aWorld, TAKEN } from '../loan/world';
import { ownNamespace } from '../support/namespace';
import { services } from '../support/services';
import { workflowBundle } from '../support/workflow-bundle';
import { aCollateral, type Collateral } from './a-loan';
import { keepHistory } from './history';

jest.setTimeout(180_000);

let world: Collateral;
let client: Client;
let stop: () => Promise<void>;
const miners = new Map<string, string>();

/** A loan's own workflow in the state 'active', over a debt that nobody pays. */
async function startLoan(loanId: string): Promise<void> {
  const escrow = await world.person();
  const miner = await world.miner(escrow);
  miners.set(loanId, miner);
  await world.lend(loanId, escrow, miner);
  const run = { ...newRun(loanId), state: 'active', taken: { ...TAKEN, miner }, pollMs: 5_000 } as const;
  await client.workflow.start('loan', {
    workflowId: workflowIds.loan(loanId),
    taskQueue: 'core',
    args: [{ loanId, run }],
  });
}

beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  world = await aCollateral(5);
  const { temporalAddress: address } = services();
  const connection = await Connection.connect({ address });
  const namespace = await ownNamespace(new Client({ connection }));
  client = new Client({ connection, namespace });
  const native = await NativeConnection.connect({ address });
  const activities = { ...aWorld({ debt: () => ({ debt: 100n }) }).activities, ...world.activities };
  const workflowBundleCode = await workflowBundle();
  const workers = await Promise.all(
    ['core', 'ledger', 'chain'].map((taskQueue) =>
      Worker.create({
        connection: native,
        namespace,
        taskQueue,
        ...(taskQueue === 'core' ? { workflowBundle: workflowBundleCode } : { activities }),
      }),
    ),
  );
  const running = Promise.all(workers.map((worker) => worker.run()));
  stop = async () => {
    for (const worker of workers) worker.shutdown();
    await running;
    await native.close();
    await connection.operatorService.deleteNamespace({ namespace });
    await connection.close();
  };
  await startLoan('l1');
  await startLoan('l2');
  await world.settle();
  await ensureCollateral(client);
});
afterAll(async () => {
  await stop();
  await world.close();
});

/** Makes epochs until the probe answers: the watch follows by itself. */
const mining = <T>(what: string, probe: () => Promise<T | undefined>): Promise<T> =>
  waitFor(
    async () => {
      await world.devnet.control('Mine', 1);
      return probe();
    },
    { what, timeoutMs: 90_000, everyMs: 200 },
  );

const loan = (id: string) => client.workflow.getHandle(workflowIds.loan(id));
const sentenceOf = async (id: string): Promise<string | null> => (await loan(id).query(standing)).needsAction;

/** As the home screen asks. */
const asking = async (): Promise<string[]> => {
  const query = "NeedsAction = true AND ExecutionStatus = 'Running'";
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
  return ids.sort();
};

const needs = (id: string, wanted: boolean) =>
  mining(`loan ${id} ${wanted ? 'asking' : 'quiet'}`, async () => {
    const sentence = await sentenceOf(id);
    return (sentence !== null) === wanted ? { sentence } : undefined;
  });

const shown = (...ids: string[]) =>
  mining(`the home screen showing ${ids.join(', ')}`, async () => {
    const found = await asking();
    return found.join() === ids.join() ? true : undefined;
  });

test('a threat stands on its loan alone, goes with an acknowledgement, and a new one comes back', async () => {
  const threatened = miners.get('l1');
  const firstReading = () =>
    mining('the first reading', async () =>
      world
        .knex('miner_snapshot')
        .where({ miner: threatened ?? '' })
        .first<{ height: number } | undefined>('height'),
    );
  const good = await firstReading();
  const debt: { Height: number } = await world.devnet.control('FeeDebt', threatened, fil(3));
  const { sentence } = await needs('l1', true);
  expect(sentence).toMatch(/The fee debt of miner f0\d+ went from 0 FIL at epoch \d+ to 3 FIL at epoch \d+/);
  const alert = await world
    .knex<{ id: number; seen_height: number; loan_id: string }>('collateral_alert')
    .where({ loan_id: 'l1' })
    .first();
  // Seen by the first reading that comes an interval after the one before, of which the fact is part.
  expect(alert?.seen_height).toBeGreaterThan(debt.Height - 1);
  expect(good.height).toBeLessThan(alert?.seen_height ?? 0);
  await shown('loan/l1');
  expect(await sentenceOf('l2')).toBeNull();

  const watch = client.workflow.getHandle(workflowIds.collateral());
  const olga = { id: 'olga', role: 'operator' };
  const request = { alertId: alert?.id ?? 0, actor: olga, reason: 'he pays it today' };
  const refused = (change: Partial<typeof request>) =>
    codeOf(watch.executeUpdate(acknowledgeAlert, { args: [{ ...request, ...change }] }));
  expect(await refused({ actor: { id: 'ann', role: 'auditor' } })).toBe('not-allowed');
  expect(await refused({ reason: ' ' })).toBe('reason-required');
  expect(await refused({ alertId: 999 })).toBe('not-found');
  expect(await sentenceOf('l1')).toBe(sentence);
  expect(await watch.executeUpdate(acknowledgeAlert, { args: [request] })).toEqual({
    alertId: request.alertId,
    loanId: 'l1',
  });
  await needs('l1', false);
  await shown();

  await world.devnet.control('Power', threatened, '1');
  expect((await needs('l1', true)).sentence).toMatch(/^The quality-adjusted power of miner/);
  await world.devnet.control('Power', threatened, '1000');
  await needs('l1', false);
  await shown();
});

test('a loan that is over and cannot be told disturbs nobody', async () => {
  await world.devnet.control('FeeDebt', miners.get('l2'), fil(1));
  await loan('l2').terminate('the test ends it');
  await mining('the alert', async () =>
    world.knex('collateral_alert').where({ loan_id: 'l2' }).first<{ id: number } | undefined>('id'),
  );
  await world.devnet.control('Power', miners.get('l1'), '1');
  await needs('l1', true);
});

test('a miner that the node cannot show blinds the watch over no other, and is told of until it is read', async () => {
  await world.lend('l3', await world.person(), 'f0424242');
  const watch = client.workflow.getHandle(workflowIds.collateral());
  const asks = async (): Promise<string | null> => (await watch.query(standing)).needsAction;
  const sentence = await mining('the watch asking', async () => (await asks()) ?? undefined);
  expect(sentence).toMatch(/^At epoch \d+ the node could not show f0424242 \(.+\): what threatens/);
  await world.devnet.control('Power', miners.get('l1'), '1000');
  await needs('l1', false);
  expect(await asking()).toEqual(['collateral']);
  await world.admin('loan').where({ id: 'l3' }).update({ state: 'settled' });
  await mining('the watch quiet', async () => ((await asks()) === null ? true : undefined));
});

test('what the watch and its loan have done replays', async () => {
  const bundle = await workflowBundle();
  for (const id of [workflowIds.collateral(), workflowIds.loan('l1')]) {
    const history = await client.workflow.getHandle(id).fetchHistory();
    await expect(Worker.runReplayHistory({ workflowBundle: bundle }, history, id)).resolves.toBeUndefined();
  }
  await keepHistory(client, workflowIds.collateral(), 'collateral');
});

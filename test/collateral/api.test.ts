/** Miners and alerts as staff read them, and who may say that they have seen one. */
import { NativeConnection, Worker } from '@temporalio/worker';
import { makeAlertActivities } from '../../activities/collateral';
import { needs, noteThreats } from '../../db/collateral';
import { saveSnapshot } from '../../db/loan-facts';
import { lockLoan } from '../../db/loan';
import { COLLATERAL_POLICY, threatsIn } from '../../domain/collateral';
import type { MinerFacts } from '../../domain/preflight';
import { ensureCollateral } from '../../workers/main';
import { makeWorld, type World } from '../api/world';
import { services } from '../support/services';
import { workflowBundle } from '../support/workflow-bundle';
import { insertActive } from './a-loan';

const facts: MinerFacts = {
  miner: 'f01000',
  height: 100,
  tipsetKey: ['bafy2bzace'],
  owner: 'f0900',
  ownerKind: 'account',
  ownerKey: 'f1escrow',
  pendingOwner: null,
  beneficiary: 'f0900',
  pendingBeneficiary: null,
  beneficiaryTerm: { quota: '0', usedQuota: '0', expiration: 0 },
  pendingTerm: null,
  worker: 'f0106',
  pendingWorker: null,
  workerChangeEpoch: -1,
  consensusFaultElapsed: -1,
  feeDebt: '0',
  available: '-5',
  initialPledge: '7',
  preCommitDeposits: '0',
  lockedFunds: '3',
  rawPower: '1000',
  qualityPower: '10000',
  sectors: { live: 10, active: 9, faulty: 1 },
};

let world: World;
let stop: () => Promise<void>;

async function note(change: Partial<MinerFacts>, before: MinerFacts | null): Promise<MinerFacts> {
  const seen = { ...facts, ...change };
  const terms = { escrow: 'f0900', highestPower: 10_000n, policy: COLLATERAL_POLICY };
  await world.knex.transaction(async (trx) => {
    await lockLoan(trx, 'l1');
    await saveSnapshot(trx, seen);
    const loan = { id: 'l1', miner: facts.miner, escrow: 'f0900' };
    await noteThreats(trx, loan, seen.height, threatsIn(seen, before, terms));
  });
  return seen;
}

beforeAll(async () => {
  world = await makeWorld({ workers: false });
  await world.owner('registration').insert({ email: 'ada@example.com', customer_id: 'ada' });
  await world.owner('customer').insert({ id: 'ada', email: 'ada@example.com', state: 'open' });
  await insertActive(world.knex, 'l1', facts.miner, { address: 'f1escrow', id: 'f0900' });
  const first = await note({}, null);
  await note({ height: 110, feeDebt: '3', pendingOwner: 'f0666' }, first);
  const connection = await NativeConnection.connect({ address: services().temporalAddress });
  const { namespace } = world.client.options;
  const readCollateral = async () => ({
    read: false,
    height: 110,
    miners: 1,
    needs: await needs(world.knex),
    waitMs: 60_000,
  });
  const workers = await Promise.all([
    Worker.create({ connection, namespace, taskQueue: 'core', workflowBundle: await workflowBundle() }),
    Worker.create({
      connection,
      namespace,
      taskQueue: 'ledger',
      activities: makeAlertActivities({ knex: world.knex }),
    }),
    Worker.create({ connection, namespace, taskQueue: 'chain', activities: { readCollateral } }),
  ]);
  const running = Promise.all(workers.map((worker) => worker.run()));
  stop = async () => {
    for (const worker of workers) worker.shutdown();
    await running;
    await connection.close();
  };
}, 120_000);
afterAll(async () => {
  await stop();
  await world.close();
});

const query = (filter: unknown): string => `filter=${encodeURIComponent(JSON.stringify(filter))}`;

test('a miner with its newest reading, its loan, and every reading before', async () => {
  const { get } = world.staff.auditor.caller;
  const wanted = {
    id: 'f01000',
    loanId: 'l1',
    loanState: 'active',
    watched: true,
    escrow: 'f0900',
    openAlerts: 2,
    height: 110,
    pendingOwner: 'f0666',
    feeDebt: '3',
    available: '-5',
    qualityPower: '10000',
    liveSectors: 10,
    faultySectors: 1,
  };
  expect((await get(`/admin/v1/miners?${query({ watched: true })}`)).list).toMatchObject([wanted]);
  expect((await get(`/admin/v1/miners?${query({ watched: false })}`)).list).toEqual([]);
  expect((await get('/admin/v1/miners/f01000')).body).toMatchObject({
    ...wanted,
    readings: [
      { height: 100, feeDebt: '0', pendingOwner: null },
      { height: 110, feeDebt: '3', pendingOwner: 'f0666', tipsetKey: ['bafy2bzace'] },
    ],
  });
  expect((await get('/admin/v1/miners/f09')).status).toBe(404);
});

test('alerts by loan and state; the home screen counts those that nobody has acknowledged', async () => {
  const { get } = world.staff.auditor.caller;
  const { list } = await get(`/admin/v1/alerts?${query({ loanId: 'l1', state: 'open' })}&sort=["id","ASC"]`);
  expect(list).toMatchObject([
    { kind: 'owner-pending', was: 'nobody', became: 'f0666', beforeHeight: 100, seenHeight: 110 },
    { kind: 'fee-debt', was: '0 FIL', state: 'open', acknowledgedBy: null, clearedWhy: null },
  ]);
  expect((await get(`/admin/v1/alerts/${String(list[0]?.['id'])}`)).body).toEqual(list[0]);
  expect((await get('/admin/v1/home')).body).toMatchObject({ collateralAlerts: { count: 2 } });
  const steps = (await get('/admin/v1/loans/l1')).body['steps'] as { step: string; sentence: string }[];
  expect(steps.filter(({ step }) => step.startsWith('alert-'))).toMatchObject([
    { sentence: expect.stringContaining('f0666') as string },
    { sentence: expect.stringContaining('fee debt') as string },
  ]);
});

test('refusals change nothing; an acknowledgement needs its role, a reason, and the watch at work', async () => {
  const { get } = world.staff.auditor.caller;
  const path = '/admin/v1/alerts/1/acknowledge';
  const before = (await get('/admin/v1/alerts')).list;
  const refused = async (
    role: 'auditor' | 'checker' | 'operator',
    at: string,
    body: unknown,
    code: string,
  ) => {
    expect((await world.staff[role].caller.post(at, body)).body).toMatchObject({ code });
    expect((await get('/admin/v1/alerts')).list).toEqual(before);
  };
  await refused('auditor', path, { reason: 'seen' }, 'not-allowed');
  await refused('checker', path, { reason: 'seen' }, 'not-allowed');
  await refused('operator', path, { reason: ' ' }, 'reason-required');
  await refused('operator', path, { reason: 'seen' }, 'wrong-state');
  await ensureCollateral(world.client);
  await refused('operator', '/admin/v1/alerts/999/acknowledge', { reason: 'seen' }, 'not-found');
  await refused('operator', '/admin/v1/alerts/one/acknowledge', { reason: 'seen' }, 'not-found');

  const done = await world.staff.risk.caller.post(path, { reason: 'the owner has called' });
  expect([done.status, done.body]).toEqual([202, { id: 1, loanId: 'l1', workflowId: 'collateral' }]);
  expect((await get('/admin/v1/alerts/1')).body).toMatchObject({
    state: 'acknowledged',
    acknowledgedBy: 'staff-risk',
    acknowledgedReason: 'the owner has called',
  });
  expect((await get('/admin/v1/home')).body).toMatchObject({ collateralAlerts: { count: 1 } });
  const again = await world.staff.operator.caller.post(path, { reason: 'me too' });
  expect(again.body).toMatchObject({ code: 'already-decided' });
});

test('what is gone cannot be acknowledged', async () => {
  const last = await note({ height: 120 }, null);
  await note({ height: 130, feeDebt: '9' }, last);
  await note({ height: 140 }, null);
  const caller = world.staff.operator.caller;
  const { list } = await caller.get(`/admin/v1/alerts?${query({ kind: 'fee-debt' })}`);
  expect(list).toMatchObject([
    { state: 'gone', clearedHeight: 140, seenHeight: 130 },
    { state: 'gone', clearedHeight: 120, seenHeight: 110 },
  ]);
  const late = await caller.post(`/admin/v1/alerts/${String(list[0]?.['id'])}/acknowledge`, {
    reason: 'late',
  });
  expect(late.body).toMatchObject({ code: 'wrong-state' });
});

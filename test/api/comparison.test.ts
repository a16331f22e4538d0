/** Other platforms beside ours: entered by one with day and source, agreed by another, every version kept. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/workflow-bundle';
import { makeWorld, type Caller, type Reply, type World } from './world';

const HISTORIES = join(__dirname, '..', 'histories');
const NOTHING = {
  tvl: null,
  utilisation: null,
  depositApr: null,
  depositApy: null,
  borrowApr: null,
  borrowApy: null,
};
const EMPTY = { ...NOTHING, asOf: null, source: null };
const FIFTEEN = '150000000000000000000000000';
const LENDMI = { platform: 'lendmi', name: 'LendMi', security: 'owner-role', shown: true };
const ENTERED = {
  ...LENDMI,
  ...NOTHING,
  depositApy: FIFTEEN,
  asOf: '2021-08-01',
  source: 'https://lendmi.example/rates',
};

let world: World;
beforeAll(async () => {
  world = await makeWorld({ workers: {} });
}, 180_000);
afterAll(() => world.close(), 60_000);

const code = ({ status, body }: Reply): unknown[] => [status, body['code']];
const propose = (caller: Caller, row: object, basedOn = 1): Promise<Reply> =>
  caller.post('/admin/v1/comparisons', { ...row, basedOn, reason: 'read on their page' });
const open = async (): Promise<Record<string, unknown>[]> =>
  (await world.as().get('/public/v1/comparisons')).list;

async function decide(caller: Caller, platform: string, verb: 'accept' | 'refuse'): Promise<Reply> {
  const approval = await world.until(`the approval of ${platform}`, async () => {
    const filter = encodeURIComponent(JSON.stringify({ state: 'waiting', subjectId: platform }));
    return (await world.staff.auditor.caller.get(`/admin/v1/approvals?filter=${filter}`)).list[0];
  });
  const { id, subjectHash } = approval;
  return caller.post(`/admin/v1/approvals/${String(id)}/${verb}`, { reason: 'seen there', subjectHash });
}

async function ended(reply: Reply, name: string): Promise<unknown> {
  const handle = world.client.workflow.getHandle(String(reply.body['workflowId']));
  const result: unknown = await handle.result();
  if (process.env['LOANSTONE_RECORD'] !== undefined) {
    const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
    writeFileSync(join(HISTORIES, `comparison-${name}.json`), `${JSON.stringify(history, null, 1)}\n`);
  }
  return result;
}

test('before anybody entered a figure: the platforms that the model names, what secures each, and no figure', async () => {
  const [own, ...others] = await open();
  expect(own).toMatchObject({
    platform: 'loanstone',
    own: true,
    security: 'owner-role',
    tvl: '0',
    source: null,
  });
  expect(others).toEqual(
    [
      ['crossfi', 'CrossFi', 'pledge'],
      ['defil', 'DeFIL', 'pledge'],
      ['fido', 'Fido', 'pledge'],
      ['lendmi', 'LendMi', 'owner-role'],
    ].map(([platform, name, security]) => ({ platform, name, security, own: false, ...EMPTY })),
  );
});

test('what cannot be is refused by its code and starts nothing', async () => {
  const { operator, auditor, checker } = world.staff;
  const wanted: [Caller, object, number, unknown[]][] = [
    [auditor.caller, ENTERED, 1, [403, 'not-allowed']],
    [checker.caller, ENTERED, 1, [403, 'not-allowed']],
    [operator.caller, { ...ENTERED, platform: 'loanstone' }, 0, [422, 'comparison-own']],
    [operator.caller, { ...ENTERED, source: null }, 1, [422, 'comparison-unsourced']],
    [operator.caller, { ...ENTERED, asOf: null }, 1, [422, 'comparison-unsourced']],
    [operator.caller, { ...ENTERED, asOf: '2999-01-01' }, 1, [422, 'comparison-unsourced']],
    [operator.caller, { ...ENTERED, source: 'http://lendmi.example' }, 1, [422, 'comparison-unsourced']],
    [operator.caller, { ...ENTERED, depositApy: null }, 1, [422, 'comparison-unsourced']],
    [operator.caller, { ...ENTERED, asOf: '2021-02-30' }, 1, [400, 'malformed-request']],
    [operator.caller, { ...ENTERED, depositApy: '15 %' }, 1, [400, 'malformed-request']],
    [operator.caller, { ...ENTERED, security: 'trust' }, 1, [400, 'malformed-request']],
    [operator.caller, { ...ENTERED, apy: FIFTEEN }, 1, [400, 'unknown-field']],
    [operator.caller, ENTERED, 7, [409, 'comparison-changed']],
    [operator.caller, { ...LENDMI, ...EMPTY }, 1, [409, 'comparison-unchanged']],
  ];
  for (const [caller, row, basedOn, refused] of wanted)
    expect([row, code(await propose(caller, row, basedOn))]).toEqual([row, refused]);
  expect(await world.knex('approval')).toEqual([]);
  expect(await world.knex('comparison').where('version', '>', 1)).toEqual([]);
});

test('entered by one, agreed by another: shown at once, dated and sourced, the version before kept', async () => {
  const { admin, checker, auditor } = world.staff;
  const entered = await propose(admin.caller, ENTERED);
  expect(entered.status).toBe(202);
  expect(code(await decide(admin.caller, 'lendmi', 'accept'))).toEqual([403, 'maker-is-checker']);
  expect(code(await decide(auditor.caller, 'lendmi', 'accept'))).toEqual([403, 'not-allowed']);
  expect((await open()).find(({ platform }) => platform === 'lendmi')).toMatchObject(EMPTY);
  const rival = await propose(world.staff.operator.caller, { ...ENTERED, shown: false });
  await world.until('both approvals', async () =>
    (await world.knex('approval').where({ state: 'waiting' })).length === 2 ? true : undefined,
  );
  for (let left = 2; left > 0; left -= 1) {
    const before = await world.knex('approval').where({ state: 'waiting' });
    await decide(checker.caller, 'lendmi', 'accept');
    await world.until('one fewer waiting', async () =>
      (await world.knex('approval').where({ state: 'waiting' })).length < before.length ? true : undefined,
    );
  }
  const outcomes = [await ended(entered, 'shown'), await ended(rival, 'impossible')];
  expect(outcomes).toContainEqual({ outcome: 'shown', version: 2, code: null });
  expect(outcomes).toContainEqual({ outcome: 'impossible', version: null, code: 'comparison-changed' });
  const { body } = await auditor.caller.get('/admin/v1/comparisons/lendmi');
  expect(body).toMatchObject({ version: 2, depositApy: FIFTEEN, waitingApprovalId: null });
  expect((body['versions'] as { version: number }[]).map(({ version }) => version)).toEqual([2, 1]);
  await world.until('the public row', async () => {
    const row = (await open()).find(({ platform }) => platform === 'lendmi');
    return row?.['depositApy'] === FIFTEEN || body['shown'] === false ? true : undefined;
  });
});

test('refused by the second person: nothing changes; a platform more is a first version', async () => {
  const { operator, checker, auditor } = world.staff;
  const row = { platform: 'zeta', name: 'Zeta', security: 'pledge', shown: true, ...EMPTY };
  const refused = await propose(operator.caller, row, 0);
  await decide(checker.caller, 'zeta', 'refuse');
  expect(await ended(refused, 'refused')).toMatchObject({ outcome: 'refused' });
  expect((await auditor.caller.get('/admin/v1/comparisons/zeta')).status).toBe(404);
  const agreed = await propose(operator.caller, row, 0);
  await decide(checker.caller, 'zeta', 'accept');
  expect(await ended(agreed, 'new')).toMatchObject({ outcome: 'shown', version: 1 });
  expect((await auditor.caller.get('/admin/v1/comparisons/zeta')).body).toMatchObject({
    version: 1,
    ...EMPTY,
  });
});

test('the database holds it too: two people, no figure without source, no version changed or skipped', async () => {
  const row = { platform: 'fido', version: 2, name: 'Fido', security: 'pledge', shown: true };
  const sourced = { as_of: '2021-08-01', source: 'https://fido.example' };
  const accepted = await world
    .knex<{ id: string; kind: string; state: string; subject_id: string }>('approval')
    .where({ kind: 'comparison', state: 'accepted', subject_id: 'lendmi' })
    .first('id');
  const approval_id = accepted?.id ?? '';
  const inserts = [
    { ...row, tvl: '1', ...sourced },
    { ...row, tvl: '1', ...sourced, approval_id },
    { ...row, version: 3, approval_id },
    { ...row, tvl: '1', approval_id },
    { ...row, ...sourced, approval_id },
  ];
  for (const insert of inserts) await expect(world.knex('comparison').insert(insert)).rejects.toThrow();
  await expect(world.owner('comparison').update({ shown: false })).rejects.toThrow('append-only');
  await expect(world.owner('comparison').delete()).rejects.toThrow('append-only');
});

test.each(['shown', 'impossible', 'refused', 'new'])('replays: %s', async (name) => {
  const text = readFileSync(join(HISTORIES, `comparison-${name}.json`), 'utf8');
  const history = historyFromJSON(JSON.parse(text));
  await Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, history, 'comparison/replayed');
});

/** Rates, policies and quotes through the API: one proposes, another decides; what cannot be is refused and changes nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Worker } from '@temporalio/worker';
import { workflowBundle } from '../support/workflow-bundle';
import { CLOCK, FIL, makeWorld, type Reply, type World } from './world';

const HISTORIES = join(__dirname, '..', 'histories');
const RAY = 10n ** 27n;
const percent = (value: number): string => ((BigInt(value) * RAY) / 100n).toString();
const VALUES = {
  base: percent(1),
  slope1: percent(10),
  slope2: percent(60),
  kink: percent(80),
  reserveFactor: percent(10),
};

let world: World;
beforeAll(async () => {
  world = await makeWorld({ workers: {} });
}, 180_000);
afterAll(() => world.close(), 60_000);

async function keep(workflowId: string, name: string): Promise<void> {
  if (process.env['LOANSTONE_RECORD'] === undefined) return;
  const handle = world.client.workflow.getHandle(workflowId);
  await handle.result();
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()));
  writeFileSync(join(HISTORIES, `${name}.json`), `${JSON.stringify(history, null, 1)}\n`);
}

/** The approval that the started work asked for. */
async function approvalOf(reply: Reply): Promise<Record<string, unknown>> {
  expect(reply.status).toBe(202);
  const filter = encodeURIComponent(JSON.stringify({ workflowId: reply.body['workflowId'] }));
  return world.until('the approval', async () => {
    const { list } = await world.staff.auditor.caller.get(`/admin/v1/approvals?filter=${filter}`);
    return list[0];
  });
}

async function decide(approval: Record<string, unknown>, how: 'accept' | 'refuse', by: keyof World['staff']) {
  const body = { reason: 'seen', subjectHash: approval['subjectHash'] };
  return world.staff[by].caller.post(`/admin/v1/approvals/${String(approval['id'])}/${how}`, body);
}

const read = async (path: string) => (await world.staff.auditor.caller.get(`/admin/v1/${path}`)).body;

describe('rates', () => {
  const path = '/admin/v1/pools/flexible/propose-rates';
  const body = { ...VALUES, fromEpoch: CLOCK + 1000, reason: 'cheaper loans' };

  test('proposed by the treasurer, decided on by somebody else, in the list of versions from then on', async () => {
    const { treasurer } = world.staff;
    const reply = await treasurer.caller.post(path, body);
    const approval = await approvalOf(reply);
    expect(approval).toMatchObject({ kind: 'rate', subject: { ...VALUES, fromEpoch: CLOCK + 1000 } });
    const again = await treasurer.caller.post(path, { ...body, fromEpoch: CLOCK + 1001 });
    expect([again.status, again.body['code']]).toEqual([409, 'proposal-waiting']);
    expect((await decide(approval, 'accept', 'treasurer')).body['code']).toBe('maker-is-checker');
    expect((await decide(approval, 'accept', 'checker')).status).toBe(200);
    const made = await world.until('the version', async () => {
      const found = await read('rates/flexible.2');
      return found['version'] === 2 ? found : undefined;
    });
    expect(made).toMatchObject({ ...VALUES, fromEpoch: CLOCK + 1000, approvalId: approval['id'] });
    expect(['scheduled', 'in-force']).toContain(made['state']);
    const proposal = await read(`rate-proposals/${String(reply.body['id'])}`);
    expect(proposal).toMatchObject({ state: 'accepted', version: 2, reason: 'cheaper loans' });
    await keep(String(reply.body['workflowId']), 'rate-accepted');
  });

  test('refused, it changes nothing', async () => {
    const reply = await world.staff.risk.caller.post(path, { ...body, fromEpoch: CLOCK + 5000 });
    expect((await decide(await approvalOf(reply), 'refuse', 'treasurer')).status).toBe(200);
    await world.until('the end of it', async () => {
      const { state } = await read(`rate-proposals/${String(reply.body['id'])}`);
      return state === 'refused' ? true : undefined;
    });
    expect((await world.staff.auditor.caller.get('/admin/v1/rates')).list).toHaveLength(2);
    await keep(String(reply.body['workflowId']), 'rate-refused');
  });

  test('accepted when its epoch is in the books: too late, and said so', async () => {
    const reply = await world.staff.treasurer.caller.post(path, { ...body, fromEpoch: CLOCK + 7000 });
    const approval = await approvalOf(reply);
    await world
      .owner('watch.cursor')
      .update({ clock: CLOCK + 7000, executed: CLOCK + 7001, head: CLOCK + 7002 });
    expect((await decide(approval, 'accept', 'checker')).status).toBe(200);
    const late = await world.until('the end of it', async () => {
      const found = await read(`rate-proposals/${String(reply.body['id'])}`);
      return found['state'] === 'proposed' ? undefined : found;
    });
    expect(late).toMatchObject({ state: 'too-late', version: null });
    expect((await world.staff.auditor.caller.get('/admin/v1/rates')).list).toHaveLength(2);
    await keep(String(reply.body['workflowId']), 'rate-too-late');
  });

  test.each([
    [{ fromEpoch: CLOCK }, 409, 'rate-too-late'],
    [{ kink: RAY.toString() }, 422, 'rate-invalid'],
    [{ kink: '0.8' }, 400, 'malformed-request'],
    [{ reason: ' ' }, 400, 'reason-required'],
  ])('%p is refused', async (change, status, code) => {
    const before = await world.knex('rate_proposal').select('id');
    const later = { ...body, fromEpoch: CLOCK + 20_000 };
    const reply = await world.staff.treasurer.caller.post(path, { ...later, ...change });
    expect([reply.status, reply.body['code']]).toEqual([status, code]);
    expect(await world.knex('rate_proposal').select('id')).toEqual(before);
  });

  test('whoever may read sees what rates would have meant', async () => {
    const query = new URLSearchParams(VALUES).toString();
    const reply = await world.staff.auditor.caller.get(`/admin/v1/pools/flexible/rate-preview?${query}`);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ was: { interest: '0' }, would: { interest: '0' } });
    const none = new URLSearchParams({ ...VALUES, kink: '0' }).toString();
    const refused = await world.staff.auditor.caller.get(`/admin/v1/pools/flexible/rate-preview?${none}`);
    expect(refused.body['code']).toBe('rate-invalid');
  });
});

describe('policies', () => {
  const path = '/admin/v1/policies/liquidity-reserve.flexible';
  const values = { share: percent(20) };

  test('other values are proposed, accepted by somebody else, and in force at once', async () => {
    const reply = await world.staff.risk.caller.post(`${path}/propose`, { values, reason: 'more idle' });
    const approval = await approvalOf(reply);
    expect(approval).toMatchObject({ kind: 'policy', subject: { ...values, policy: 'liquidity-reserve' } });
    expect(await read('policies/liquidity-reserve.flexible')).toMatchObject({
      version: 1,
      waitingApprovalId: approval['id'],
    });
    const again = await world.staff.risk.caller.post(`${path}/propose`, { values, reason: 'again' });
    expect(again.body['code']).toBe('proposal-waiting');
    expect((await decide(approval, 'accept', 'risk')).body['code']).toBe('maker-is-checker');
    expect((await decide(approval, 'accept', 'treasurer')).status).toBe(200);
    const now = await world.until('the version', async () => {
      const found = await read('policies/liquidity-reserve.flexible');
      return found['version'] === 2 ? found : undefined;
    });
    expect(now).toMatchObject({
      values,
      approvalId: approval['id'],
      waitingApprovalId: null,
      history: [
        {
          version: 2,
          proposedBy: 'risk@loanstone.test',
          acceptedBy: 'treasurer@loanstone.test',
          reason: 'more idle',
        },
        { version: 1, proposedBy: null },
      ],
    });
    expect((await read('pools/flexible'))['liquidityShare']).toBe(values.share);
    await keep(String(reply.body['workflowId']), 'policy-accepted');
  });

  test('refused, what was in force stays in force', async () => {
    const reply = await world.staff.admin.caller.post('/admin/v1/policies/custody/propose', {
      values: { hotLow: '1', hotHigh: '2' },
      reason: 'less',
    });
    expect((await decide(await approvalOf(reply), 'refuse', 'checker')).status).toBe(200);
    await world.client.workflow.getHandle(String(reply.body['workflowId'])).result();
    expect(await read('policies/custody')).toMatchObject({ version: 1, waitingApprovalId: null });
    await keep(String(reply.body['workflowId']), 'policy-refused');
  });

  test.each([
    ['custody', { hotLow: '2', hotHigh: '2' }, 422, 'policy-invalid'],
    ['custody', { hotLow: '2' }, 422, 'policy-invalid'],
    ['liquidity-reserve.flexible', values, 422, 'policy-invalid'], // in force already
    ['liquidity-reserve', values, 404, 'not-found'],
    ['weather', values, 404, 'not-found'],
  ])('%s with %p is refused', async (id, wanted, status, code) => {
    const reply = await world.staff.treasurer.caller.post(`/admin/v1/policies/${id}/propose`, {
      values: wanted,
      reason: 'a test',
    });
    expect([reply.status, reply.body['code']]).toEqual([status, code]);
    expect(await world.knex('approval').where({ kind: 'policy', state: 'waiting' })).toEqual([]);
  });
});

test('a quote says what a deposit buys and why; fewer shares than the customer’s bound are refused', async () => {
  const { caller } = await world.aCustomer(10n * FIL);
  const quote = (await caller.get(`/v1/pools/flexible/subscription-quote?amount=${4n * FIL}`)).body;
  expect(quote).toMatchObject({ shares: `${4n * FIL * 1_000_000n}`, value: `${4n * FIL}`, claim: '0' });
  const ask = async (atLeastShares: string) => {
    const body = { poolId: 'flexible', amount: `${4n * FIL}`, atLeastShares };
    const { headers } = await caller.post('/v1/subscriptions', body);
    return world.until('the end of it', async () => {
      const found = (await caller.get(headers.get('location') ?? '')).body;
      return found['state'] === 'requested' ? undefined : found;
    });
  };
  const over = (BigInt(String(quote['shares'])) + 1n).toString();
  expect(await ask(over)).toMatchObject({ state: 'refused', refusal: 'value-below-bound' });
  expect((await caller.get('/v1/balances')).body).toMatchObject({ available: `${10n * FIL}` });
  expect(await ask(String(quote['shares']))).toMatchObject({ state: 'booked', shares: quote['shares'] });
});

test.each(['rate-accepted', 'rate-refused', 'rate-too-late', 'policy-accepted', 'policy-refused'])(
  'the workflows of today replay %s',
  async (name) => {
    const history = historyFromJSON(JSON.parse(readFileSync(join(HISTORIES, `${name}.json`), 'utf8')));
    await Worker.runReplayHistory(
      { workflowBundle: await workflowBundle() },
      history,
      `${name.split('-')[0] ?? ''}/x`,
    );
  },
  60_000,
);

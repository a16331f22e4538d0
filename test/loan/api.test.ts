/** A loan through the API: real Postgres and Temporal, a node with one miner; what is asked, shown and refused. */
import { keyOf, signText } from '../../bin/wallet-actions';
import { addressFrom } from '../../domain/address';
import { coins } from '../../domain/money';
import { challengeWorkflowId } from '../../workflows/handles-loan';
import { makeWorld, type Caller, type World } from '../api/world';
import { aMinersNode } from './node';
import { runLoanWorkers } from './workers';

const OWNER = keyOf('11'.repeat(32), 'f');
const node = aMinersNode({ ownerKey: OWNER.address, miners: ['f01000', 'f01001', 'f01002'] });

let world: World;
let stop: () => Promise<void>;

beforeAll(async () => {
  world = await makeWorld({ workers: false });
  ({ stop } = await runLoanWorkers(world, node.lotus));
}, 120_000);

afterAll(async () => {
  await stop();
  await world.close();
});

async function application(caller: Caller, miner: string, changes: Record<string, unknown> = {}) {
  const challenge = await caller.post('/v1/loans/challenges', { miner });
  expect(challenge.status).toBe(201);
  return {
    loanId: challenge.body['loanId'],
    miner,
    amount: coins(59_350n).toString(),
    termEpochs: 1000,
    proof: { address: OWNER.address, signature: signText(OWNER, String(challenge.body['text'])) },
    ...changes,
  };
}

const inState = (id: unknown, state: string) =>
  world.until(`the loan to be ${state}`, async () => {
    const reply = await world.staff.auditor.caller.get(`/admin/v1/loans/${String(id)}`);
    return reply.body['state'] === state ? reply.body : undefined;
  });

test('a challenge asked for again by the same key is the same one; without a key it is another', async () => {
  const { caller } = await world.aCustomer();
  const asked = (key?: string) =>
    caller.post(
      '/v1/loans/challenges',
      { miner: 'f01000' },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  const first = await asked('challenge-1');
  const again = await asked('challenge-1');
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.body).toEqual(first.body);
  const workflow = world.client.workflow.getHandle(challengeWorkflowId(String(first.body['loanId'])));
  expect((await workflow.describe()).priority?.priorityKey).toBe(1);
  const other = (await asked()).body['loanId'];
  expect(other).not.toBe(first.body['loanId']);
  const reused = await caller.post(
    '/v1/loans/challenges',
    { miner: 'f01001' },
    { 'idempotency-key': 'challenge-1' },
  );
  expect([reused.status, reused.body['code']]).toEqual([422, 'idempotency-key-reused']);
});

test('an application is shown to its borrower and to staff, with the report that judged it', async () => {
  const { caller, id: borrowerId } = await world.aCustomer();
  const body = await application(caller, 'f01000');
  const key = { 'idempotency-key': 'apply-1' };
  const applied = await caller.post('/v1/loans', body, key);
  expect(applied.status).toBe(202);
  expect(applied.body).toEqual({ id: body.loanId, workflowId: `loan/${String(body.loanId)}` });
  expect(applied.headers.get('location')).toBe(`/v1/loans/${String(body.loanId)}`);
  expect((await caller.post('/v1/loans', body, key)).body).toEqual(applied.body);

  const seen = await inState(body.loanId, 'preflight');
  expect(seen).toMatchObject({
    borrowerId,
    amount: body.amount,
    ownerBefore: 'f0100',
    allowedActions: ['forward', 'cancel'],
  });
  expect(seen['reports']).toMatchObject([{ stage: 'application', passed: true, height: 90 }]);

  const own = await caller.get(`/v1/loans/${String(body.loanId)}`);
  expect(own.body).toMatchObject({ state: 'preflight', escrow: null, debt: null, allowedActions: [] });
  expect(own.body['steps']).toMatchObject([{ step: 'applied' }, { step: 'preflight', epoch: 90 }]);
  expect(own.text).not.toContain('actorId');
  expect(own.body['nextAction']).toMatchObject({ sentence: 'Wait: our staff look at the application.' });
  expect((await caller.get('/v1/loans')).list).toHaveLength(1);
});

test.each([
  ['owner-kind-multisig', 'f24vg6ut43yw2h2jqydgbg2xq7x6f4kub3bg6as6i'],
  ['owner-kind-contract', 'f410feot7hrogmplrcupubsdbbqarkdewmb4vkwc5qqq'],
])('an owner that is no key is refused, and there is no loan: %s', async (code, address) => {
  const { caller } = await world.aCustomer();
  const body = await application(caller, 'f01002', { proof: { address, signature: '01' } });
  const refused = await caller.post('/v1/loans', body);
  expect([refused.status, refused.body['code']]).toEqual([422, code]);
  expect(await world.knex('loan').where({ id: body.loanId })).toEqual([]);
});

test('a maker forwards with a reason; what does not fit is refused and nothing changes', async () => {
  const { caller } = await world.aCustomer();
  const body = await application(caller, 'f01001');
  await caller.post('/v1/loans', body);
  await inState(body.loanId, 'preflight');
  const path = `/admin/v1/loans/${String(body.loanId)}/forward`;
  const code = async (who: Caller, sent: unknown) => (await who.post(path, sent)).body['code'];
  expect(await code(world.staff.auditor.caller, { reason: 'x' })).toBe('not-allowed');
  expect(await code(world.staff.operator.caller, { reason: '' })).toBe('reason-required');
  expect(await code(world.staff.operator.caller, { reason: 'x', more: 1 })).toBe('unknown-field');
  expect(await code(caller, { reason: 'x' })).toBe('not-signed-in');
  for (const terms of [
    { fixedBps: 0 },
    { penaltyBps: 100_001 },
    { waterfall: ['fee', 'fee', 'interest', 'principal'] },
    { plan: [{ amount: coins(1n).toString() }, { amount: coins(2n).toString(), condition: 'short' }] },
    { plan: [{ amount: coins(59_350n).toString(), condition: ' ' }] },
  ])
    expect(await code(world.staff.operator.caller, { reason: 'x', terms })).toBe('terms-invalid');
  expect(await code(world.staff.operator.caller, { reason: 'x', terms: { colour: 1 } })).toBe(
    'unknown-field',
  );
  expect((await inState(body.loanId, 'preflight'))['terms']).toMatchObject([
    { version: 1, fixedBps: null, fee: '0', penaltyBps: 0, actorRole: 'customer' },
  ]);
  const plan = [
    { amount: coins(9_350n).toString(), condition: null },
    { amount: coins(50_000n).toString(), condition: 'all sectors are sealed' },
  ];
  const terms = { fixedBps: 1050, fee: '7', penaltyBps: 300, plan };
  const forwarded = await world.staff.operator.caller.post(path, { reason: 'Good miner', terms });
  expect(forwarded.body).toMatchObject({ state: 'in_approval' });
  expect(await code(world.staff.operator.caller, { reason: 'again' })).toBe('wrong-state');
  const approval: unknown = await world.knex('approval').where({ subject_id: body.loanId }).first();
  expect(approval).toMatchObject({
    kind: 'loan',
    maker_id: 'staff-operator',
    state: 'waiting',
    subject: {
      loan: body.loanId,
      miner: 'f01001',
      amount: body.amount,
      pool: 'flexible',
      termEpochs: 1000,
      fixedRateBps: 1050,
      feeAmount: '7',
      penaltyBps: 300,
      waterfall: 'penalty, fee, interest, principal',
      firstDisbursement: coins(9_350n).toString(),
      disbursements: '1: 9,350 FIL; 2: 50,000 FIL, when all sectors are sealed',
    },
  });
  const row: unknown = await world.knex('loan').where({ id: body.loanId }).first('bucket');
  expect(row).toEqual({ bucket: 'fixed-1050' });
  expect((await inState(body.loanId, 'in_approval'))['terms']).toMatchObject([
    { version: 1 },
    { version: 2, ...terms, actorRole: 'operator' },
  ]);
  const next = (who: Caller, reason = 'sealed') =>
    who.post(`/admin/v1/loans/${String(body.loanId)}/disburse`, { reason });
  for (const [who, refused] of [
    [world.staff.auditor.caller, 'not-allowed'],
    [world.staff.checker.caller, 'not-allowed'],
    [world.staff.operator.caller, 'wrong-state'],
    [caller, 'not-signed-in'],
  ] as const)
    expect((await next(who)).body['code']).toBe(refused);
  expect(await world.knex('disbursement_request')).toEqual([]);
  const late = world
    .knex('loan_terms')
    .insert({ loan_id: body.loanId, version: 3, actor_id: 'x', actor_role: 'operator' });
  await expect(late).rejects.toThrow(/fixed once it was forwarded/);
  const cancelled = await world.staff.operator.caller.post(`/admin/v1/loans/${String(body.loanId)}/cancel`, {
    reason: 'Withdrawn',
  });
  expect(cancelled.status).toBe(202);
  expect(await inState(body.loanId, 'cancelled')).toMatchObject({
    outcome: 'cancelled-by-staff',
    outcomeDetail: 'Withdrawn',
  });
  expect(await world.knex('approval').where({ subject_id: body.loanId }).first('state')).toEqual({
    state: 'cancelled',
  });
});

test('applications that cannot be are refused by their code, and leave no loan', async () => {
  const { caller } = await world.aCustomer();
  const before = (await world.staff.auditor.caller.get('/admin/v1/loans')).list.length;
  const refused = async (changes: Record<string, unknown>, miner = 'f01002') =>
    (await caller.post('/v1/loans', await application(caller, miner, changes))).body['code'];
  expect(await refused({ amount: 5 })).toBe('amount-not-text');
  expect(await refused({ amount: '-5' })).toBe('amount-negative');
  expect(await refused({ amount: '0' })).toBe('amount-zero');
  expect(await refused({ amount: '1.5' })).toBe('amount-too-fine');
  expect(await refused({ amount: '007' })).toBe('amount-not-canonical');
  expect(await refused({ surprise: true })).toBe('unknown-field');
  expect(await refused({ loanId: 'another' })).toBe('not-found');
  expect(await refused({ miner: 'f01' })).toBe('miner-unknown');
  expect(await refused({}, 'f01000')).toBe('miner-has-open-loan');
  expect(await refused({ proof: { address: OWNER.address, signature: '01' } })).toBe('owner-proof-invalid');
  const keyless = await caller.call('POST', '/v1/loans', await application(caller, 'f01002'));
  expect(keyless.body['code']).toBe('idempotency-key-missing');
  const challenge = async (miner: string) =>
    (await caller.post('/v1/loans/challenges', { miner })).body['code'];
  expect(await challenge('t01000')).toBe('address-other-network');
  expect(await challenge('f001000')).toBe('address-not-canonical');
  expect(await challenge(OWNER.address)).toBe('miner-not-id');
  expect((await world.staff.auditor.caller.get('/admin/v1/loans')).list).toHaveLength(before);
});

test("another customer's loan is not found, to read or to act on", async () => {
  const mine = await world.aCustomer();
  const other = await world.aCustomer();
  const body = await application(mine.caller, 'f01002');
  await mine.caller.post('/v1/loans', body);
  const path = `/v1/loans/${String(body.loanId)}`;
  for (const reply of [
    await other.caller.get(path),
    await other.caller.get(`${path}/payoff-quote`),
    await other.caller.post(`${path}/repay-from-miner`),
    await other.caller.post('/v1/loans', body),
  ]) {
    expect(reply.status).toBe(404);
    expect(reply.body['code']).toBe('not-found');
  }
  expect((await other.caller.get('/v1/loans')).list).toEqual([]);
  expect((await mine.caller.post(`${path}/repay-from-miner`)).body['code']).toBe('nothing-to-repay');
  expect((await mine.caller.get(`${path}/payoff-quote`)).body['code']).toBe('nothing-to-repay');
});

test('a miner that fails the pre-flight: rejected with its code, the report kept', async () => {
  const { caller } = await world.aCustomer();
  node.change({ beneficiary: addressFrom('f0666') });
  const body = await application(caller, 'f01001');
  await caller.post('/v1/loans', body);
  const seen = await inState(body.loanId, 'rejected');
  expect(seen).toMatchObject({
    outcome: 'beneficiary-foreign',
    reports: [{ passed: false, code: 'beneficiary-foreign' }],
  });
  node.change({ beneficiary: addressFrom('f0100') });
});

test('the list of staff filters and sorts by what it knows', async () => {
  const { auditor } = world.staff;
  const filter = (text: string) => `/admin/v1/loans?filter=${encodeURIComponent(text)}`;
  const rejected = await auditor.caller.get(filter('{"state":"rejected"}'));
  expect(rejected.list.map((loan) => loan['state'])).toEqual(['rejected']);
  expect(rejected.headers.get('content-range')).toBe('loans 0-0/1');
  expect((await auditor.caller.get(filter('{"colour":"red"}'))).body['code']).toBe('unknown-filter');
});

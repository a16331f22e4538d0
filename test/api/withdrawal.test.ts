/** Off the platform through the API: addresses listed and signed for, withdrawals placed, watched, cancelled; refusals. */
import { makeWithdrawalAddressChainActivities } from '../../activities/withdrawal-address';
import { makeWithdrawalChainActivities } from '../../activities/withdrawal-chain';
import { newKey, signText, type Key } from '../../bin/wallet-actions';
import type { Lotus } from '../../chain/lotus';
import { addressBytes } from '../../domain/address';
import { coins } from '../../domain/money';
import { backdate, makeHot, makePolicy } from '../withdrawal/books';
import { FIL, makeWorld, type Caller, type World } from './world';

let world: World;
const hot = newKey('t').address;

/** A node on whose chain nobody holds anything: new keys may be paid, and the hot wallet is empty. */
const lotus = {
  network: () => Promise.resolve({ prefix: 't', name: 'net' }),
  finalizedTipset: () => Promise.resolve({ key: ['b'] }),
  chainHead: () => Promise.resolve({ key: ['b'] }),
  getActor: () => Promise.resolve(null),
  actorKinds: () => Promise.resolve(new Map()),
} as unknown as Lotus;
const chainDeps = () => ({
  knex: world.knex,
  lotus,
  config: { lotus: { maxFee: coins(1n), finalityEpochs: null } },
});
type Examine = ReturnType<typeof makeWithdrawalAddressChainActivities>['examineWithdrawalAddress'];
type Plan = ReturnType<typeof makeWithdrawalChainActivities>['planWithdrawal'];
const chain = {
  examineWithdrawalAddress: (...args: Parameters<Examine>) =>
    makeWithdrawalAddressChainActivities(chainDeps()).examineWithdrawalAddress(...args),
  planWithdrawal: (...args: Parameters<Plan>) =>
    makeWithdrawalChainActivities(chainDeps()).planWithdrawal(...args),
};

beforeAll(async () => {
  world = await makeWorld({ workers: { chain } });
  await makeHot(world.owner, hot);
  await makePolicy(world.owner);
}, 180_000);
afterAll(() => world.close(), 60_000);

async function inState(caller: Caller, path: string, state: string): Promise<Record<string, unknown>> {
  return world.until(`${path} being ${state}`, async () => {
    const { body } = await caller.get(path);
    return body['state'] === state ? body : undefined;
  });
}

const pathOf = (reply: { headers: Headers }): string => reply.headers.get('location') ?? '';
const last = (path: string): string => path.split('/').pop() ?? '';

/** An address of a new key on the customer's list, past its cool-down. */
async function listed(caller: Caller, key: Key = newKey('t')): Promise<string> {
  const asked = await caller.post('/v1/withdrawal-addresses', { name: 'cold wallet', address: key.address });
  const path = pathOf(asked);
  const { text } = await inState(caller, path, 'challenged');
  await caller.post(`${path}/proof`, { signature: signText(key, String(text)) });
  await backdate(world.owner, 'withdrawal_address', last(path), { listed_at: 90_000 });
  return last(path);
}

test('an address is asked for, signed for and listed; once a key; by no API key', async () => {
  const { id, caller, email } = await world.aCustomer(10n * FIL);
  const key = newKey('t', 'bls');
  const body = { name: ' my BLS key ', address: key.address };
  const once = { 'idempotency-key': 'list' };
  const answers = await Promise.all([1, 2].map(() => caller.post('/v1/withdrawal-addresses', body, once)));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  const path = pathOf(answers[0]!);
  const asked = await inState(caller, path, 'challenged');
  expect(asked).toMatchObject({ name: 'my BLS key', address: key.address, proven: false, usableFrom: null });
  const wrong = await caller.post(`${path}/proof`, {
    signature: signText(newKey('t'), String(asked['text'])),
  });
  expect([wrong.status, wrong.body['code']]).toEqual([422, 'address-proof-invalid']);
  const signature = signText(key, String(asked['text']));
  expect((await caller.post(`${path}/proof`, { signature })).body['state']).toBe('listed');
  const row = (await caller.get(path)).body;
  expect(row).toMatchObject({ state: 'listed', proven: true, text: null });
  expect(Date.parse(String(row['usableFrom'])) - Date.parse(String(row['listedAt']))).toBe(86_400_000);
  expect((await world.mailTo(email)).text).toContain(key.address);

  const wanted: [string, number, string][] = [
    [key.address, 409, 'address-listed'],
    [hot, 422, 'address-own'],
    [key.address.replace(/^t/, 'f'), 400, 'address-other-network'],
    [`${key.address}a`, 400, 'address-malformed'],
    [
      `${key.address.slice(0, 9)}${key.address[9] === 'a' ? 'b' : 'a'}${key.address.slice(10)}`,
      400,
      'address-checksum',
    ],
    [key.address.toUpperCase(), 400, 'address-not-canonical'],
  ];
  for (const [address, status, code] of wanted) {
    const answer = await caller.post('/v1/withdrawal-addresses', { name: 'x', address });
    const first = (answer.body['errors'] as { code: string }[] | undefined)?.[0]?.code;
    expect([address, answer.status, first ?? answer.body['code']]).toEqual([address, status, code]);
  }
  expect(await world.knex('withdrawal_address').where({ customer_id: id })).toHaveLength(1);

  const other = await world.aCustomer();
  expect((await other.caller.get(path)).body['code']).toBe('not-found');
  const foreign = await other.caller.post(`${path}/remove`, { reason: 'mine now' });
  expect([foreign.status, foreign.body['code']]).toEqual([404, 'not-found']);
  const made = await caller.post('/v1/api-keys', {
    name: 'robot',
    scopes: ['withdrawal:place', 'account:read'],
  });
  const robot = world.as(String(made.body['secret']));
  expect((await robot.get('/v1/withdrawal-addresses')).list).toHaveLength(1);
  const none = await robot.post('/v1/withdrawal-addresses', { name: 'x', address: newKey('t').address });
  expect([none.status, none.body['code']]).toEqual([403, 'api-key-not-enough']);
  // The new key holds all addresses for two days more.
  const held = (await caller.get(path)).body;
  expect(Date.parse(String(held['usableFrom']))).toBeGreaterThan(Date.parse(String(row['usableFrom'])));
  const gone = await caller.post(`${path}/remove`, { reason: 'the key is lost' });
  expect(gone.body['state']).toBe('removed');
  expect((await caller.post(`${path}/remove`, { reason: 'again' })).body['code']).toBe('wrong-state');
});

test('a withdrawal is quoted, set aside once a key, waits for the hot wallet, and is cancelled', async () => {
  const { id, caller } = await world.aCustomer(70n * FIL);
  const addressId = await listed(caller);
  const quote = (await caller.get(`/v1/withdrawal-quote?addressId=${addressId}&amount=${11n * FIL}`)).body;
  expect(quote).toMatchObject({
    ...{ available: `${70n * FIL}`, mostNow: `${50n * FIL}`, approvalsNeeded: 1 },
    gas: { paidBy: 'platform' },
  });
  expect((quote['limits'] as unknown[]).length).toBe(5);
  const body = { addressId, amount: `${4n * FIL}` };
  const once = { 'idempotency-key': 'out' };
  const answers = await Promise.all([1, 2, 3].map(() => caller.post('/v1/withdrawals', body, once)));
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  const path = pathOf(answers[0]!);
  await inState(caller, path, 'approved');
  expect((await caller.get('/v1/balances')).body).toMatchObject({
    available: `${66n * FIL}`,
    withdrawing: `${4n * FIL}`,
  });
  const other = await caller.post('/v1/withdrawals', { ...body, amount: '1' }, once);
  expect([other.status, other.body['code']]).toEqual([422, 'idempotency-key-reused']);

  const wanted: [object, number, string][] = [
    [{ addressId, amount: `${66n * FIL + 1n}` }, 422, 'withdrawal-limit'],
    [{ addressId, amount: `${50n * FIL + 1n}` }, 422, 'withdrawal-limit'],
    [{ addressId, amount: '1' }, 422, 'withdrawal-dust'],
    [{ addressId, amount: '0' }, 400, 'amount-zero'],
    [{ addressId, amount: 5 }, 400, 'amount-not-text'],
    [{ addressId: 'nobody', amount: `${FIL}` }, 404, 'not-found'],
    [{ addressId, amount: `${FIL}`, fast: true }, 400, 'unknown-field'],
  ];
  for (const [asked, status, code] of wanted) {
    const answer = await caller.post('/v1/withdrawals', asked);
    expect([asked, answer.status, answer.body['code']]).toEqual([asked, status, code]);
  }
  const poor = await world.aCustomer(FIL);
  const above = await poor.caller.post('/v1/withdrawals', {
    addressId: await listed(poor.caller),
    amount: `${FIL + 1n}`,
  });
  expect([above.status, above.body['code']]).toEqual([422, 'amount-above-balance']);
  expect((await poor.caller.get(path)).body['code']).toBe('not-found');
  expect(await world.knex('withdrawal').where({ customer_id: id })).toHaveLength(1);

  const waiting = await world.until('its sentence', async () => {
    const { body: row } = await world.staff.auditor.caller.get(`/admin/v1/withdrawals/${last(path)}`);
    return row['needsAction'] === null ? undefined : row;
  });
  expect(waiting).toMatchObject({ cancellable: true, approvalsNeeded: 0, proven: true });
  expect(String(waiting['needsAction'])).toContain('refill it from cold');
  const home = (await world.staff.auditor.caller.get('/admin/v1/home')).body;
  expect(JSON.stringify(home['needsAction'])).toContain('refill it from cold');
  expect((await caller.post(`${path}/cancel`, {})).body['code']).toBe('reason-required');
  expect((await caller.post(`${path}/cancel`, { reason: 'another day' })).body['state']).toBe('cancelled');
  expect((await caller.get(path)).body).toMatchObject({ state: 'cancelled', cancellable: false });
  expect((await caller.get('/v1/balances')).body).toMatchObject({
    available: `${70n * FIL}`,
    withdrawing: '0',
  });
  expect((await caller.post(`${path}/cancel`, { reason: 'again' })).body['code']).toBe('wrong-state');
});

test('staff see it, decide on it by the hash of what they saw, and stop it', async () => {
  const { caller } = await world.aCustomer(70n * FIL);
  const addressId = await listed(caller);
  const { staff } = world;
  const path = pathOf(await caller.post('/v1/withdrawals', { addressId, amount: `${31n * FIL}` }));
  const row = await world.until('the approval', async () => {
    const { body } = await staff.auditor.caller.get(`/admin/v1/withdrawals/${last(path)}`);
    return (body['approvals'] as unknown[]).length === 1 ? body : undefined;
  });
  expect(row).toMatchObject({ state: 'held', approvalsNeeded: 2, approvals: [{ quorum: 2, accepted: 0 }] });
  const [{ id: approvalId }] = row['approvals'] as [{ id: string }];
  const { body: approval } = await staff.checker.caller.get(`/admin/v1/approvals/${approvalId}`);
  expect(approval['subject']).toMatchObject({ amount: `${31n * FIL}`, policyVersion: 2, proven: true });
  const accept = (who: Caller, subjectHash: unknown) =>
    who.post(`/admin/v1/approvals/${approvalId}/accept`, { reason: 'as asked', subjectHash });
  expect((await accept(staff.checker.caller, 'f'.repeat(64))).body['code']).toBe('approval-changed');
  expect((await accept(staff.checker.caller, approval['subjectHash'])).body['state']).toBe('waiting');
  expect((await accept(staff.checker.caller, approval['subjectHash'])).body).toMatchObject({
    state: 'waiting',
  });
  expect((await accept(staff.treasurer.caller, approval['subjectHash'])).body['state']).toBe('accepted');
  await inState(caller, path, 'approved');
  const stop = (who: Caller) =>
    who.post(`/admin/v1/withdrawals/${last(path)}/cancel`, { reason: 'it smells' });
  expect((await stop(staff.auditor.caller)).status).toBe(403);
  expect((await stop(staff.operator.caller)).body['state']).toBe('cancelled');
  expect((await caller.get(path)).body).toMatchObject({ state: 'cancelled', reason: 'it smells' });
  const filter = encodeURIComponent(JSON.stringify({ state: 'cancelled' }));
  expect(
    (await staff.auditor.caller.get(`/admin/v1/withdrawals?filter=${filter}`)).list.length,
  ).toBeGreaterThan(0);
  const removed = await staff.operator.caller.post(`/admin/v1/withdrawal-addresses/${addressId}/remove`, {
    reason: 'stolen',
  });
  expect(removed.body['state']).toBe('removed');
  const { body: shown } = await staff.auditor.caller.get(`/admin/v1/withdrawal-addresses/${addressId}`);
  expect(shown).toMatchObject({
    state: 'removed',
    removedBy: 'staff-operator',
    reason: 'stolen',
    usableFrom: null,
  });
});

test('during its cool-down, to a deposit address of ours, while stopped: refused by its code, nothing changes', async () => {
  const { id, caller } = await world.aCustomer(10n * FIL);
  const addressId = await listed(caller);
  await backdate(world.owner, 'withdrawal_address', addressId, { listed_at: 60 });
  const ask = async (): Promise<unknown[]> => {
    const answer = await caller.post('/v1/withdrawals', { addressId, amount: `${FIL}` });
    return [answer.status, answer.body['code']];
  };
  expect(await ask()).toEqual([409, 'withdrawal-address-cooling']);
  await backdate(world.owner, 'withdrawal_address', addressId, { listed_at: 90_000 });

  const deposit = newKey('t').address;
  await world.owner('chain.address').insert({
    ...{
      address: deposit,
      bytes: Buffer.from(addressBytes(deposit)),
      kind: 'deposit',
      owner_kind: 'customer',
    },
    ...{ owner_id: id, derivation_account: 0, derivation_index: 7_000 },
  });
  const own = await caller.post('/v1/withdrawal-addresses', { name: 'mine', address: deposit });
  expect([own.status, own.body['code']]).toEqual([422, 'address-own']);

  const { risk, checker } = world.staff;
  for (const [body, code] of [
    [{ scope: 'payouts' }, 'payouts-frozen'],
    [{ scope: 'customer', customerId: id }, 'customer-frozen'],
  ] as const) {
    const frozen = await risk.caller.post('/admin/v1/freezes', { ...body, reason: 'a strange message' });
    const freezeId = String(frozen.body['id']);
    const path = `/admin/v1/freezes/${freezeId}`;
    await world.until('the freeze', async () =>
      (await risk.caller.get(path)).status === 200 ? true : undefined,
    );
    expect((await ask())[1]).toBe(code);
    const asked = await risk.caller.post(`${path}/lift`, { reason: 'it is explained' });
    const approval = `/admin/v1/approvals/${String(asked.body['approvalId'])}`;
    const subjectHash = await world.until('the approval to lift it', async () => {
      const answer = await checker.caller.get(approval);
      return answer.status === 200 ? answer.body['subjectHash'] : undefined;
    });
    await checker.caller.post(`${approval}/accept`, { reason: 'looked', subjectHash });
    await world.until('the freeze to be lifted', async () =>
      (await world.knex('freezes').where({ id: freezeId }).whereNotNull('lifted_at')).length === 1
        ? true
        : undefined,
    );
  }
  expect(await world.knex('withdrawal').where({ customer_id: id })).toEqual([]);
  expect((await caller.get('/v1/balances')).body['available']).toBe(`${10n * FIL}`);
});

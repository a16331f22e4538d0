/** Money through the API: one effect a key, amounts as text, other people's things not found. */
import { FIL, makeWorld, type World } from './world';

let world: World;

beforeAll(async () => {
  world = await makeWorld({ workers: {} });
}, 180_000);
afterAll(() => world.close(), 60_000);

test('twenty parallel requests with one key are one subscription', async () => {
  const { id: customerId, caller } = await world.aCustomer(10n * FIL);
  const body = { poolId: 'flexible', amount: `${10n * FIL}` };
  const send = () => caller.post('/v1/subscriptions', body, { 'idempotency-key': '"once"' });
  const answers = await Promise.all(Array.from({ length: 20 }, send));
  const [first] = answers;
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
    new Set([`202 ${first?.text ?? ''}`]),
  );
  const path = first?.headers.get('location') ?? '';
  await world.until('the booking', async () => {
    const { body: row } = await caller.get(path);
    return row['state'] === 'booked' ? row : undefined;
  });
  const again = await send();
  expect([again.status, again.text, again.headers.get('idempotency-replayed')]).toEqual([
    202,
    first?.text,
    'true',
  ]);
  expect(await world.knex('subscription').where({ customer_id: customerId })).toHaveLength(1);
  expect((await caller.get('/v1/balances')).body).toMatchObject({
    available: '0',
    positionsValue: `${10n * FIL}`,
  });
  expect((await caller.get('/v1/positions')).list).toHaveLength(1);

  const other = await caller.post(
    '/v1/subscriptions',
    { ...body, amount: '1' },
    { 'idempotency-key': 'once' },
  );
  expect([other.status, other.body['code']]).toEqual([422, 'idempotency-key-reused']);
  const elsewhere = await caller.call('POST', '/v1/subscriptions', body);
  expect([elsewhere.status, elsewhere.body['code']]).toEqual([400, 'idempotency-key-missing']);
});

test.each([
  [1_000_000_000_000_000_000, 'amount-not-text'],
  [null, 'amount-not-text'],
  ['-1', 'amount-negative'],
  ['-0', 'amount-not-canonical'],
  ['0', 'amount-zero'],
  ['0.5', 'amount-too-fine'],
  ['1.0', 'amount-not-canonical'],
  ['01', 'amount-not-canonical'],
  ['+1', 'amount-not-canonical'],
  ['1e18', 'amount-not-canonical'],
  ['1,000', 'amount-not-canonical'],
  [' 1', 'amount-not-canonical'],
  ['١', 'amount-not-canonical'],
  ['1'.repeat(40), 'amount-not-canonical'],
])('the amount %p is refused as %s', async (amount, code) => {
  const { caller } = await world.aCustomer(FIL);
  const answer = await caller.post('/v1/subscriptions', { poolId: 'flexible', amount });
  expect([answer.status, answer.body['code']]).toEqual([400, code]);
  expect(answer.body['errors']).toEqual([expect.objectContaining({ pointer: '#/amount', code })]);
  expect((await caller.get('/v1/balances')).body['available']).toBe(`${FIL}`);
});

test('an amount one atto above the balance, an unknown pool and an unknown field are refused and change nothing', async () => {
  const { id, caller } = await world.aCustomer(FIL);
  const ask = async (body: object) => {
    const { status, body: problem } = await caller.post('/v1/subscriptions', body);
    return [status, problem['code']];
  };
  expect(await ask({ poolId: 'flexible', amount: `${FIL + 1n}` })).toEqual([422, 'amount-above-balance']);
  expect(await ask({ poolId: 'none', amount: '1' })).toEqual([404, 'not-found']);
  expect(await ask({ poolId: 'flexible', amount: '1', fee: '0' })).toEqual([400, 'unknown-field']);
  expect(await ask({ poolId: 'flexible' })).toEqual([400, 'amount-not-text']);
  expect(await world.knex('subscription').where({ customer_id: id })).toHaveLength(0);
  const noted = await world.knex('refused_attempt').where({ actor_id: id }).orderBy('id').pluck('code');
  expect(noted).toEqual(['amount-above-balance', 'not-found', 'unknown-field', 'amount-not-text']);
});

test("another customer's subscription is not found, and the same key of another is another key", async () => {
  const [ann, bob] = [await world.aCustomer(FIL), await world.aCustomer(FIL)];
  const send = (who: typeof ann) =>
    who.caller.post(
      '/v1/subscriptions',
      { poolId: 'flexible', amount: `${FIL}` },
      { 'idempotency-key': 'mine' },
    );
  const [mine, hers] = [await send(ann), await send(bob)];
  expect(mine.body['id']).not.toBe(hers.body['id']);
  const path = `/v1/subscriptions/${String(mine.body['id'])}`;
  expect((await ann.caller.get(path)).status).toBe(200);
  const foreign = await bob.caller.get(path);
  expect([foreign.status, foreign.body['code']]).toEqual([404, 'not-found']);
});

test('an account that is not open moves no money', async () => {
  const { id, caller } = await world.aCustomer(FIL);
  await world.knex('customer').where({ id }).update({ state: 'in_review' });
  const answer = await caller.post('/v1/subscriptions', { poolId: 'flexible', amount: '1' });
  expect([answer.status, answer.body['code']]).toEqual([403, 'customer-not-open']);
});

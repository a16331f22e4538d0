/** API keys: told once, kept as a hash, held to their scopes on every route, ended by expiry and by revoking. */
import { audienceOf } from '../../api/actor';
import { makeMetrics } from '../../api/metrics';
import type { Route } from '../../api/route';
import { allRoutes } from '../../api/routes';
import { MOST_LIVE_KEYS, SCOPE_NAMES, type Scope } from '../../domain/api-key';
import { makeWorld, type Caller, type World } from './world';

let world: World;
let forCustomers: Route[];

beforeAll(async () => {
  world = await makeWorld({ workers: false });
  const routes = allRoutes(world.deps, makeMetrics(world.knex), { stopping: false });
  forCustomers = routes.filter(({ access }) => audienceOf(access) === 'customer');
}, 120_000);
afterAll(() => world.close(), 60_000);

const robot = (scopes: readonly string[]) => ({ name: 'robot', scopes });

async function keyFor(owner: Caller, scopes: readonly string[]): Promise<{ id: string; secret: string }> {
  const { status, body } = await owner.post('/v1/api-keys', robot(scopes));
  expect(status).toBe(201);
  return { id: String(body['id']), secret: String(body['secret']) };
}

const codeOf = async (reply: ReturnType<Caller['get']>) => {
  const { status, body } = await reply;
  return [status, body['code'] ?? null];
};

const stored = () => world.knex('api_key').count<{ count: number }[]>('* as count');

test('the secret is told once; neither the key nor the record of the call holds it', async () => {
  const { caller, id: customer } = await world.aCustomer();
  const call = () =>
    caller.post('/v1/api-keys', robot(['loan:read', 'account:read']), { 'idempotency-key': 'k1' });
  const [made, again] = [await call(), await call()];
  const secret = String(made.body['secret']);
  expect(secret).toMatch(/^lsk_[\w-]{43}$/);
  expect(made.body).toMatchObject({
    state: 'live',
    hint: secret.slice(0, 10),
    expiresAt: null,
    lastUsedAt: null,
  });
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
  expect(again.body).toEqual({ ...made.body, secret: null });
  const rows = await world.knex('api_key').where({ customer_id: customer });
  const records = await world.knex('idempotency_record').where({ actor: customer });
  expect(rows).toHaveLength(1);
  expect(JSON.stringify([rows, records])).not.toContain(secret.slice(11));

  expect((await world.as(secret).get('/v1/me')).body['id']).toBe(customer);
  const [listed] = (await caller.get('/v1/api-keys')).list;
  expect(listed).not.toHaveProperty('secret');
  expect(listed?.['lastUsedAt']).toEqual(expect.any(String));
});

test('calls that meet make one key, whose secret is told to one of them', async () => {
  const { caller } = await world.aCustomer();
  const replies = await Promise.all(
    Array.from({ length: 6 }, () =>
      caller.post('/v1/api-keys', robot(['loan:read']), { 'idempotency-key': 'together' }),
    ),
  );
  expect(new Set(replies.map(({ body }) => body['id'])).size).toBe(1);
  expect(replies.filter(({ body }) => body['secret'] !== null)).toHaveLength(1);
});

const concrete = ({ path }: Route): string => path.replace(/:\w+/g, 'nothing-here');

test('scope by route: refused exactly where the key lacks it; a key touches no key and no session', async () => {
  const { caller } = await world.aCustomer();
  const wrong: string[] = [];
  for (const scope of SCOPE_NAMES) {
    const others = SCOPE_NAMES.filter((name) => name !== scope);
    const [only, without] = [await keyFor(caller, [scope]), await keyFor(caller, others)];
    const ask = async (secret: string, route: Route) =>
      (await world.as(secret).call(route.method.toUpperCase(), concrete(route), undefined)).body['code'];
    for (const route of forCustomers) {
      const lacking = route.scope === 'none' ? 'api-key-not-enough' : 'scope-missing';
      const may: boolean = route.scope === scope;
      const [first, second] = [await ask(only.secret, route), await ask(without.secret, route)];
      if ((first === lacking) !== !may) wrong.push(`only ${scope} ${route.path}: ${String(first)}`);
      if ((second === lacking) !== (may || route.scope === 'none'))
        wrong.push(`without ${scope} ${route.path}: ${String(second)}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(forCustomers.filter(({ scope }) => scope === null)).toEqual([]);
}, 120_000);

test('a key makes no key, whatever its scopes, and the attempt is on record', async () => {
  const { caller, id } = await world.aCustomer();
  const { secret } = await keyFor(caller, SCOPE_NAMES);
  const before = await stored();
  expect(await codeOf(world.as(secret).post('/v1/api-keys', robot(['loan:read'])))).toEqual([
    403,
    'api-key-not-enough',
  ]);
  expect(await codeOf(world.as(secret).get('/v1/api-keys'))).toEqual([403, 'api-key-not-enough']);
  expect(await stored()).toEqual(before);
  const attempts = await world.knex('refused_attempt').where({ actor_id: id, code: 'api-key-not-enough' });
  expect(attempts.length).toBeGreaterThanOrEqual(2);
  expect(await codeOf(world.as(secret).get('/admin/v1/loans'))).toEqual([401, 'not-signed-in']);
});

test('unknown, expired, revoked: each with its own code, at once', async () => {
  const { caller } = await world.aCustomer();
  const stranger = await world.aCustomer();
  const unknown = world.as(`lsk_${'x'.repeat(43)}`);
  expect(await codeOf(unknown.get('/v1/me'))).toEqual([401, 'api-key-unknown']);

  const { id, secret } = await keyFor(caller, ['account:read']);
  expect(await codeOf(stranger.caller.call('DELETE', `/v1/api-keys/${id}`))).toEqual([404, 'not-found']);
  expect((await world.as(secret).get('/v1/me')).status).toBe(200);
  const revoked = await caller.call('DELETE', `/v1/api-keys/${id}`);
  expect(revoked.body).toMatchObject({ id, state: 'revoked' });
  expect((await caller.call('DELETE', `/v1/api-keys/${id}`)).body).toEqual(revoked.body);
  expect(await codeOf(world.as(secret).get('/v1/me'))).toEqual([401, 'api-key-revoked']);

  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const made = await caller.post('/v1/api-keys', { ...robot(['account:read']), expiresAt: soon });
  expect(made.body['expiresAt']).toBe(soon);
  const short = world.as(String(made.body['secret']));
  expect((await short.get('/v1/me')).status).toBe(200);
  // What a key is cannot be changed, not even by the owner of the database: the test steps over the guard.
  await world.owner.raw('ALTER TABLE api_key DISABLE TRIGGER api_key_guard');
  await world
    .owner('api_key')
    .where({ id: made.body['id'] })
    .update({
      created_at: world.owner.raw("now() - interval '2 hours'"),
      expires_at: world.owner.raw("now() - interval '1 second'"),
    });
  await world.owner.raw('ALTER TABLE api_key ENABLE TRIGGER api_key_guard');
  expect(await codeOf(short.get('/v1/me'))).toEqual([401, 'api-key-expired']);
});

test.each([
  ['no scope', { name: 'a', scopes: [] }, 'malformed-request'],
  ['an unknown scope', { name: 'a', scopes: ['admin'] }, 'malformed-request'],
  ['a scope twice', { name: 'a', scopes: ['loan:read', 'loan:read'] }, 'malformed-request'],
  ['no name', { name: ' ', scopes: ['loan:read'] }, 'malformed-request'],
  [
    'an expiry in the past',
    { name: 'a', scopes: ['loan:read'], expiresAt: '2020-01-01T00:00:00Z' },
    'malformed-request',
  ],
  ['an unknown field', { name: 'a', scopes: ['loan:read'], secret: 'lsk_mine' }, 'unknown-field'],
])('%s is refused and leaves nothing', async (_, body, code) => {
  const { caller } = await world.aCustomer();
  const before = await stored();
  expect(await codeOf(caller.post('/v1/api-keys', body))).toEqual([400, code]);
  expect(await stored()).toEqual(before);
});

test('live keys are bounded; revoking one makes room', async () => {
  const { caller } = await world.aCustomer();
  const made: { id: string }[] = [];
  for (let i = 0; i < MOST_LIVE_KEYS; i += 1) made.push(await keyFor(caller, ['loan:read']));
  const before = await stored();
  expect(await codeOf(caller.post('/v1/api-keys', robot(['loan:read'])))).toEqual([409, 'api-keys-full']);
  expect(await stored()).toEqual(before);
  await caller.call('DELETE', `/v1/api-keys/${String(made[0]?.id)}`);
  await keyFor(caller, ['loan:read']);
});

test('an account that is not open makes no key', async () => {
  const { caller, id } = await world.aCustomer();
  await world.knex('customer').where({ id }).update({ state: 'in_review' });
  expect(await codeOf(caller.post('/v1/api-keys', robot(['loan:read'])))).toEqual([403, 'customer-not-open']);
});

test('calls by one key, and bad keys from one address, are limited', async () => {
  const { caller } = await world.aCustomer();
  const { id, secret } = await keyFor(caller, ['account:read']);
  expect((await world.as(secret).get('/v1/me')).status).toBe(200);
  const exhaust = (like: string) =>
    world.knex('rate_limit').where('bucket', 'like', like).update({ hits: 100_000 });
  // Windows begin on the clock: the counters are set in whichever is the present one.
  await world.until('the limit of the key', async () => {
    await exhaust('api-key:%');
    return (await world.as(secret).get('/v1/me')).status === 429 ? true : undefined;
  });
  const limited = await world.as(secret).get('/v1/me');
  expect([limited.body['code'], Number(limited.headers.get('retry-after')) >= 1]).toEqual([
    'too-many-requests',
    true,
  ]);
  await world.until('the limit of bad keys', async () => {
    await exhaust('api-key-bad:%');
    const { status } = await world.as(`lsk_${'y'.repeat(43)}`).get('/v1/me');
    return status === 429 ? true : undefined;
  });
  expect(await world.knex('api_key').where({ id }).whereNotNull('revoked_at')).toEqual([]);
});

test('the database holds it too: a key is fixed when it is made, is never deleted and stays revoked', async () => {
  const { caller } = await world.aCustomer();
  const { id } = await keyFor(caller, ['loan:read']);
  const all: Scope[] = [...SCOPE_NAMES];
  const key = () => world.knex('api_key').where({ id });
  await expect(key().update({ scopes: all })).rejects.toThrow(/permission denied/);
  await expect(key().delete()).rejects.toThrow(/permission denied/);
  const owned = () => world.owner('api_key').where({ id });
  await expect(owned().update({ scopes: all })).rejects.toThrow(/fixed when it is made/);
  await expect(owned().delete()).rejects.toThrow(/never deleted/);
  await caller.call('DELETE', `/v1/api-keys/${id}`);
  await expect(key().update({ revoked_at: null })).rejects.toThrow(/stays revoked/);
});

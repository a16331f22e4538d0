/** What is the same for every call: problems, headers, bodies, sign-in of staff, health. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hash } from '@node-rs/argon2';
import { Client, Connection } from '@temporalio/client';
import { makeApp } from '../../api/app';
import { REFUSALS } from '../../domain/refusal';
import { problemSchema } from '../../api/problem';
import { makeWorld, type World } from './world';

let world: World;

beforeAll(async () => {
  world = await makeWorld({ workers: false });
}, 120_000);
afterAll(() => world.close(), 60_000);

const json = { 'content-type': 'application/json' };

test.each([
  [
    'no JSON',
    'POST',
    '/v1/registrations',
    'a=b',
    { 'content-type': 'application/x-www-form-urlencoded' },
    'unsupported-media-type',
  ],
  ['broken JSON', 'POST', '/v1/registrations', '{"email":', json, 'malformed-request'],
  [
    'too much',
    'POST',
    '/v1/registrations',
    JSON.stringify({ email: 'x'.repeat(70_000) }),
    json,
    'request-too-large',
  ],
  ['no email', 'POST', '/v1/registrations', '{}', json, 'malformed-request'],
  ['a list as body', 'POST', '/v1/registrations', '[]', json, 'malformed-request'],
  ['no email at all', 'POST', '/v1/registrations', '{"email":"x"}', json, 'malformed-request'],
  [
    'an unknown field',
    'POST',
    '/v1/registrations',
    '{"email":"a@b.ch","role":"admin"}',
    json,
    'unknown-field',
  ],
  [
    'a code of letters',
    'POST',
    '/v1/sessions',
    '{"email":"a@b.ch","code":"abcdef"}',
    json,
    'malformed-request',
  ],
  ['an unknown path', 'GET', '/v1/nothing', undefined, {}, 'not-found'],
  ['an undecodable path', 'GET', '/public/v1/pools/%zz', undefined, {}, 'malformed-request'],
  ['a NUL in a path', 'GET', '/public/v1/pools/flex%00ible', undefined, {}, 'malformed-request'],
  [
    'half a character in a name',
    'POST',
    '/v1/registrations',
    '{"email":"a@b.ch","\\ud800":1}',
    json,
    'malformed-request',
  ],
  [
    'a body as deep as it is long',
    'POST',
    '/v1/registrations',
    `{"email":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
    json,
    'malformed-request',
  ],
  ['an unknown query', 'GET', '/public/v1/pools/flexible?x=1', undefined, {}, 'unknown-filter'],
  ['an unknown pool', 'GET', '/public/v1/pools/none', undefined, {}, 'not-found'],
] as const)('%s is a problem with its code', async (_, method, path, body, headers, code) => {
  const answer = await world.as().call(method, path, body, headers);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(problemSchema.parse(answer.body)).toMatchObject({
    code,
    status: REFUSALS[code].status,
    instance: path.split('?')[0],
  });
  expect(answer.status).toBe(REFUSALS[code].status);
  expect(answer.headers.get('x-request-id')).toBe(answer.body['requestId']);
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test('the page of each code is there', async () => {
  for (const code of Object.keys(REFUSALS))
    expect((await world.as().get(`/problems/${code}`)).text).toContain(code);
});

test('headers keep scripts of others out, and private answers out of caches', async () => {
  const answer = await world.staff.auditor.caller.get('/admin/v1/customers');
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self';");
  expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('x-powered-by')).toBeNull();
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

test('staff sign in by password; wrong ones, unknown people and the disabled look alike', async () => {
  const password_hash = await hash('correct horse battery', {
    memoryCost: 8192,
    timeCost: 1,
    parallelism: 1,
  });
  await world.owner('staff').insert({ id: 'x', email: 'x@loanstone.test', role: 'auditor', password_hash });
  const anybody = world.as();
  const signIn = (email: string, password: string) => anybody.post('/admin/v1/session', { email, password });
  const [wrong, unknown] = [
    await signIn('x@loanstone.test', 'nope'),
    await signIn('y@loanstone.test', 'nope'),
  ];
  expect([wrong.status, wrong.body['code'], wrong.body['detail']]).toEqual([
    unknown.status,
    unknown.body['code'],
    unknown.body['detail'],
  ]);
  expect(wrong.body['code']).toBe('credentials-wrong');

  const right = await signIn('X@loanstone.test', 'correct horse battery');
  expect([right.status, right.body['role'], right.body['permissions']]).toEqual([201, 'auditor', ['read']]);
  expect(right.headers.get('set-cookie')).toMatch(
    /^loanstone_staff=lss_[\w-]{43}; Path=\/admin\/v1; HttpOnly; SameSite=Strict/,
  );
  const session = world.as(String(right.body['token']));
  expect((await session.get('/admin/v1/session')).body).toMatchObject({
    email: 'x@loanstone.test',
    environment: 'development',
  });

  await world.owner('staff').where({ id: 'x' }).update({ disabled_at: new Date() });
  expect((await session.get('/admin/v1/session')).body['code']).toBe('not-signed-in');
  expect((await signIn('x@loanstone.test', 'correct horse battery')).body['code']).toBe('credentials-wrong');
  const stored = await world.knex('session').pluck('id');
  expect(stored.join(' ')).not.toContain(String(right.body['token']).slice(4, 20));
});

test('a session that idled too long or grew too old is over', async () => {
  const { caller, id } = await world.aCustomer();
  expect((await caller.get('/v1/me')).status).toBe(200);
  await world
    .knex('session')
    .where({ actor_id: id })
    .update({ last_seen_at: world.knex.raw("now() - interval '31 minutes'") });
  expect((await caller.get('/v1/me')).status).toBe(401);
  await world
    .knex('session')
    .where({ actor_id: id })
    .update({
      last_seen_at: world.knex.fn.now(),
      expires_at: world.knex.raw("now() - interval '1 second'"),
    });
  expect((await caller.get('/v1/me')).status).toBe(401);
});

test('alive, ready, counted', async () => {
  const anybody = world.as();
  expect((await anybody.get('/healthz')).body).toEqual({ ok: true });
  expect((await anybody.get('/readyz')).body).toEqual({ ok: true });
  const metrics = (await anybody.get('/metrics')).text;
  expect(metrics).toMatch(
    /http_request_duration_seconds_count\{method="GET",route="\/healthz",status="200"\} \d/,
  );
  expect(metrics).toContain('loanstone_approvals_waiting 0');
  await world.owner('knex_migrations').where({ name: '0002_people' }).update({ name: '0002_gone' });
  const unready = await anybody.get('/readyz');
  expect([unready.status, unready.body['detail']]).toEqual([503, 'migrations not run: 0002_people']);
  await world.owner('knex_migrations').where({ name: '0002_gone' }).update({ name: '0002_people' });
});

test('an engine that does not answer is said to be so, within the deadline, and readiness says it too', async () => {
  const connection = Connection.lazy({ address: '127.0.0.1:1', connectTimeout: '1s' });
  const app = makeApp({ ...world.deps, client: new Client({ connection }) });
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const registered = await fetch(`${url}/v1/registrations`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ email: 'late@example.com' }),
  });
  expect([registered.status, ((await registered.json()) as { code: string }).code]).toEqual([
    503,
    'service-unavailable',
  ]);
  expect(registered.headers.get('retry-after')).toBe('1');
  const ready = await fetch(`${url}/readyz`);
  expect(((await ready.json()) as { detail: string }).detail).toBe('Temporal does not answer');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await connection.close();
});

test('a workflow that no worker serves: the caller is told to ask again, not kept waiting', async () => {
  const { id, caller } = await world.aCustomer();
  await world.knex('customer').where({ id }).update({ state: 'verified' });
  await world.client.workflow.start('onboarding', {
    workflowId: `onboarding/${id}`,
    taskQueue: 'core',
    args: [{ customerId: id }],
  });
  const answer = await caller.post('/v1/kyc', { fullName: 'N', country: 'CH' });
  expect([answer.status, answer.body['code']]).toEqual([503, 'service-unavailable']);
  const gone = await caller.post('/v1/kyc', { fullName: 'N', country: 'Switzerland' });
  expect([gone.status, gone.body['code']]).toEqual([400, 'malformed-request']);
}, 60_000);

test('open figures of the pool, and the inbox of development', async () => {
  const pool = await world.as().get('/public/v1/pools/flexible');
  expect(pool.body).toMatchObject({ id: 'flexible', utilisation: '0', tvl: '0' });
  expect(pool.headers.get('cache-control')).toBe('public, max-age=1');
  expect((await world.as().get('/dev/mail.json?to=x@example.com')).list).toEqual([]);
  expect((await world.as().get('/dev/mail')).text).toContain('No mail yet');
});

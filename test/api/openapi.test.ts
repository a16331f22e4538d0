/** The committed OpenAPI document is that of the code, and its page needs no outside network. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REFUSALS } from '../../domain/refusal';
import { refusalsOf } from '../../api/openapi';
import { makeMetrics } from '../../api/metrics';
import { allRoutes } from '../../api/routes';
import { makeWorld, type World } from './world';

let world: World;

beforeAll(async () => {
  world = await makeWorld({ workers: false });
}, 120_000);
afterAll(() => world.close(), 60_000);

const FILE = join(__dirname, '..', '..', 'docs', 'openapi.json');

test('docs/openapi.json is what the server says', async () => {
  const served = (await world.as().get('/openapi.json')).text;
  const text = `${JSON.stringify(JSON.parse(served), null, 2)}\n`;
  if (process.env['LOANSTONE_RECORD'] !== undefined) writeFileSync(FILE, text);
  // Changed on purpose? LOANSTONE_RECORD=1 npx jest test/api/openapi
  expect(readFileSync(FILE, 'utf8')).toBe(text);
});

test('it is OpenAPI 3.1, with amounts as text, keys on what moves money and a problem for each refusal', async () => {
  const { body } = await world.as().get('/openapi.json');
  expect(body).toMatchObject({ openapi: '3.1.0' });
  const post = (body['paths'] as Record<string, Record<string, unknown>>)['/v1/subscriptions']?.['post'] as {
    parameters: unknown[];
    requestBody: { content: { 'application/json': { schema: { properties: { amount: unknown } } } } };
    responses: Record<string, unknown>;
    security: unknown[];
  };
  expect(post.parameters).toContainEqual(
    expect.objectContaining({ name: 'Idempotency-Key', in: 'header', required: true }),
  );
  expect(post.requestBody.content['application/json'].schema).toMatchObject({
    additionalProperties: false,
    required: ['poolId', 'amount'],
    properties: { amount: { type: 'string' } },
  });
  expect(Object.keys(post.responses).sort()).toEqual([
    '202',
    '400',
    '401',
    '403',
    '404',
    '413',
    '415',
    '422',
    '429',
    '500',
    '503',
  ]);
  expect(post.security).toEqual([{ customerCookie: [] }, { bearer: [] }]);
});

test('every code that routes name is in docs/api.md, and the other way round', () => {
  const table = readFileSync(join(__dirname, '..', '..', 'docs', 'api.md'), 'utf8');
  const documented = [...table.matchAll(/^\| `([a-z0-9-]+)` \| (\d{3}) \|/gm)].map(([, code, status]) => [
    code,
    Number(status),
  ]);
  const known = Object.entries(REFUSALS).map(([code, { status }]) => [code, status]);
  expect(documented.sort()).toEqual(known.sort());
  const routes = allRoutes(world.deps, makeMetrics(world.knex), { stopping: false });
  for (const route of routes)
    for (const code of refusalsOf(route)) expect(Object.keys(REFUSALS)).toContain(code);
});

test('/docs loads its parts from here and nowhere else', async () => {
  const page = await world.as().get('/docs');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));
  expect(parts.length).toBeGreaterThanOrEqual(4);
  for (const path of parts) {
    expect(path).toMatch(/^\//);
    const part = await world.as().get(path);
    expect([path, part.status]).toEqual([path, 200]);
  }
  expect((await world.as().get('/docs/start.js')).text).toContain("url: '/openapi.json'");
});

/** An auditor reads what every other member of staff reads, word for word, and can change nothing at all. */
import { makeMetrics } from '../../api/metrics';
import { allRoutes } from '../../api/routes';
import { audienceOf } from '../../api/actor';
import type { Route } from '../../api/route';
import { textOf } from '../../bin/demo/http';
import { paintDesk } from '../support/desk-scene';
import { makeWorld, type Reply, type World } from './world';

let world: World;
let routes: Route[];

beforeAll(async () => {
  world = await makeWorld({ workers: false });
  await paintDesk(world.owner);
  await world.aCustomer(10n ** 18n);
  const run = { taskQueue: 'nobody', workflowId: 'accrual', args: [] };
  await (await world.client.workflow.start('accrual', run)).terminate();
  routes = allRoutes(world.deps, makeMetrics(world.knex), { stopping: false });
}, 120_000);
afterAll(() => world.close(), 60_000);

const auditor = () => world.staff.auditor.caller;
const admin = () => world.staff.admin.caller;
const nameOf = ({ method, path }: Route): string => `${method.toUpperCase()} ${path}`;

/** Calls of nobody: a registration, a sign-in. Every other one asks who calls. */
const OF_NOBODY = [
  'POST /admin/v1/session',
  'POST /v1/registrations',
  'POST /v1/sessions',
  'POST /v1/sessions/code',
];
/** Ends the auditor's own sign-in. */
const OWN = 'DELETE /admin/v1/session';

/** The first id that the resource's own list shows; one that nobody has where it shows none. */
async function idFor(path: string): Promise<string> {
  const list = path.slice(0, path.indexOf('/:'));
  const known = routes.some((route) => route.method === 'get' && route.path === list);
  const [first] = known ? (await admin().get(list)).list : [];
  return encodeURIComponent(textOf(first?.['id']) || 'nothing-here');
}

async function concrete(path: string): Promise<string> {
  return path.includes('/:') ? path.replace(/:\w+/g, await idFor(path)) : path;
}

/** What an answer says, less what is different at every call: clocks, ages, who asks and what is mine. */
function said({ status, body, list, text }: Reply, route: Route): unknown {
  if (route.contentType !== undefined) return { status, text };
  if (route.path === '/admin/v1/session') return { status };
  const { approvals, chain, from, to, ...rest } = body as Record<
    'approvals' | 'chain' | 'from' | 'to',
    unknown
  >;
  const { instance, requestId, ...told } = rest as { instance?: unknown; requestId?: unknown };
  const counted = [approvals, chain, from, to, instance, requestId].map((part) => part !== undefined);
  return { status, told, list, counted };
}

/** Rows and a sum over them of every table but the record of refused attempts, and how many of these there are. */
async function standing(): Promise<{ readonly tables: Record<string, string>; readonly refused: number }> {
  const { rows } = await world.owner.raw<{ rows: { name: string }[] }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  expect(rows.length).toBeGreaterThan(40);
  const each = rows.map(
    ({ name }) =>
      `SELECT '${name}' AS name, count(*) || '/' || coalesce(sum(hashtextextended(t::text, 0)), 0) AS sum FROM ${name} t`,
  );
  const sums = await world.owner.raw<{ rows: { name: string; sum: string }[] }>(each.join(' UNION ALL '));
  const tables = Object.fromEntries(sums.rows.map(({ name, sum }) => [name, sum]));
  const { 'public.refused_attempt': refused = '0', ...others } = tables;
  return { tables: others, refused: Number.parseInt(refused, 10) };
}

test('every call that changes something is refused with its code, is on record, and leaves every table as it was', async () => {
  const writes = routes
    .filter(({ method }) => method !== 'get')
    .map((route) => [nameOf(route), route] as const);
  const open = writes.filter(([, { access }]) => access === 'public').map(([name]) => name);
  expect(open.sort()).toEqual(OF_NOBODY);
  for (const [name, route] of writes) {
    if (OF_NOBODY.includes(name) || name === OWN) continue;
    const path = await concrete(route.path);
    const before = await standing();
    const key = { 'idempotency-key': `auditor-${name}` };
    const answer = await auditor().call(route.method.toUpperCase(), path, { reason: 'to see' }, key);
    const ofStaff = audienceOf(route.access) === 'staff';
    const expected = ofStaff ? [403, 'not-allowed'] : [401, 'not-signed-in'];
    expect([name, answer.status, answer.body['code']]).toEqual([name, ...expected]);
    const after = await standing();
    expect([name, after.tables]).toEqual([name, before.tables]);
    expect([name, after.refused - before.refused]).toEqual([name, ofStaff ? 1 : 0]);
  }
}, 120_000);

/** Of these the painted desk has none: both are told so alike. */
const NO_SAMPLE = [
  'freezes/:id',
  'approvals/:id',
  'rate-proposals/:id',
  'pools/:id/rate-preview',
  'positions/:id',
  'redemptions/:id',
  'withdrawals/:id',
  'withdrawal-addresses/:id',
  'email-applications/:id',
  'loans/:id/payoff-quote',
  'miners/:id',
  'alerts/:id',
  'top-ups/:id',
  'custody-transfers/:id',
  'reconciliations/:id',
  'suspense-arrivals/:id',
  'schedules/:id',
  'history-exports/:id',
].map((path) => `GET /admin/v1/${path}`);

test('every call by which staff read answers the auditor as it answers an admin', async () => {
  const reads = routes.filter(({ method, access }) => method === 'get' && audienceOf(access) === 'staff');
  expect(reads.length).toBeGreaterThan(40);
  const found: string[] = [];
  for (const route of reads) {
    const path = await concrete(route.path);
    const theirs = await admin().get(path);
    const own = await auditor().get(path);
    expect([nameOf(route), said(own, route)]).toEqual([nameOf(route), said(theirs, route)]);
    expect([nameOf(route), [401, 403, 500].includes(own.status)]).toEqual([nameOf(route), false]);
    if (own.status === 200) found.push(nameOf(route));
  }
  const missing = reads.map(nameOf).filter((name) => !found.includes(name));
  expect(missing).toEqual(NO_SAMPLE);
}, 120_000);

test('methods that no route has change nothing either', async () => {
  const before = await standing();
  for (const method of ['PUT', 'PATCH', 'DELETE'])
    for (const path of [
      '/admin/v1/loans/scene-loan-overdue',
      '/admin/v1/journals/1',
      '/admin/v1/customers/x',
    ])
      expect([method, path, (await auditor().call(method, path, {})).status]).toEqual([method, path, 404]);
  expect((await standing()).tables).toEqual(before.tables);
});

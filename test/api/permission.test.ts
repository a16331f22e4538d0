/** Who may call what: the committed table against the declared routes, and against what the server really answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allRoutes } from '../../api/routes';
import { makeMetrics } from '../../api/metrics';
import type { Route } from '../../api/route';
import { audienceOf } from '../../api/actor';
import { ROLES, mayDo, type Permission } from '../../domain/permission';
import { makeWorld, type World } from './world';

let world: World;
let routes: Route[];

beforeAll(async () => {
  world = await makeWorld({ workers: false });
  routes = allRoutes(world.deps, makeMetrics(world.knex), { stopping: false });
}, 120_000);
afterAll(() => world.close(), 60_000);

const FILE = join(__dirname, 'permissions.txt');

/** Of customers' routes also what an API key must be allowed (`key none`: none may). */
function whoMay({ access, scope }: Route): string {
  if (audienceOf(access) !== 'staff') return scope === null ? access : `${access}, key ${scope}`;
  return ROLES.filter((role) => mayDo(role, access as Permission)).join(' ');
}

const lineOf = (route: Route): string => `${route.method.toUpperCase()} ${route.path}: ${whoMay(route)}`;

test('every route is in the committed table, with the same people', () => {
  // Changed on purpose? Write the lines of the failure into permissions.txt, and have them reviewed.
  expect(routes.map(lineOf).sort()).toEqual(readFileSync(FILE, 'utf8').trim().split('\n').sort());
});

test('no two routes answer the same call, and every one that changes something for staff names a permission of its own', () => {
  const names = routes.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`);
  expect(new Set(names).size).toBe(names.length);
  const loose = routes.filter(({ method, access }) => method === 'post' && access === 'read');
  expect(loose.map(lineOf)).toEqual([]);
});

test('an auditor changes nothing', () => {
  const writes = routes.filter(
    ({ method, access, path }) =>
      method !== 'get' &&
      audienceOf(access) === 'staff' &&
      mayDo('auditor', access as Permission) &&
      !path.endsWith('/session'),
  );
  expect(writes.map(lineOf)).toEqual([]);
});

const concrete = (route: Route): string => route.path.replace(/:\w+/g, 'nothing-here');

test('role by route: 403 exactly where the table says so', async () => {
  const wrong: string[] = [];
  for (const route of routes.filter(({ access }) => audienceOf(access) === 'staff')) {
    for (const role of ROLES) {
      if (route.method === 'delete') continue; // would sign the role out; its permission is `read`, as of GET
      const { caller } = world.staff[role];
      const { status } =
        route.method === 'get' ? await caller.get(concrete(route)) : await caller.post(concrete(route), {});
      if ((status === 403) !== !mayDo(role, route.access as Permission)) {
        wrong.push(`${role} ${lineOf(route)}: ${status}`);
      }
    }
  }
  expect(wrong).toEqual([]);
}, 300_000);

test('nobody, and the other kind of person, gets 401 everywhere but on public calls', async () => {
  const { caller: customer } = await world.aCustomer();
  const wrong: string[] = [];
  for (const route of routes) {
    const audience = audienceOf(route.access);
    if (audience === 'public') continue;
    const stranger = audience === 'staff' ? customer : world.staff.admin.caller;
    for (const caller of [world.as(), world.as('lss_' + 'x'.repeat(43)), stranger]) {
      const answer = await caller.call(route.method.toUpperCase(), concrete(route));
      if (answer.status !== 401 || answer.body['code'] !== 'not-signed-in')
        wrong.push(`${lineOf(route)}: ${answer.status}`);
    }
  }
  expect(wrong).toEqual([]);
}, 300_000);

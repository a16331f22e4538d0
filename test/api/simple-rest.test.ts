/** The stock ra-data-simple-rest provider, unchanged, as an outside client of the admin lists. */
import simpleRestProvider from 'ra-data-simple-rest';
import { FIL, makeWorld, type World } from './world';

type Sort = { field: string; order: 'ASC' | 'DESC' };
type Listing = { pagination: { page: number; perPage: number }; sort: Sort; filter: object };
type Item = Readonly<Record<string, unknown>>;

/** What is used of the provider; ra-core's own types are not installed. */
interface StockClient {
  readonly getList: (resource: string, params: Listing) => Promise<{ data: Item[]; total: number }>;
  readonly getOne: (resource: string, params: { id: string }) => Promise<{ data: Item }>;
  readonly getMany: (resource: string, params: { ids: string[] }) => Promise<{ data: Item[] }>;
  readonly getManyReference: (
    resource: string,
    params: Listing & { target: string; id: string },
  ) => Promise<{ data: Item[]; total: number }>;
}
const makeProvider = simpleRestProvider as unknown as (
  url: string,
  httpClient: (url: string, options?: { method?: string }) => Promise<unknown>,
) => StockClient;

let world: World;
let provider: StockClient;
const ids: string[] = [];
const asked: string[] = [];

beforeAll(async () => {
  world = await makeWorld({ workers: false });
  for (let i = 0; i < 5; i += 1) ids.push((await world.aCustomer(BigInt(i + 1) * FIL)).id);
  provider = makeProvider(`${world.url}/admin/v1`, async (url, options = {}) => {
    const path = url.replace(world.url, '');
    asked.push(path);
    const reply = await world.staff.auditor.caller.call(options.method ?? 'GET', path);
    if (reply.status >= 400) throw new Error(`${reply.status} ${String(reply.body['code'])}`);
    return {
      status: reply.status,
      headers: reply.headers,
      body: reply.text,
      json: JSON.parse(reply.text) as unknown,
    };
  });
}, 120_000);
afterAll(() => world.close(), 60_000);

const page = (n: number, perPage: number) => ({ page: n, perPage });
const byId = { field: 'id', order: 'ASC' } as const;

test('getList: pages are inclusive ranges, the total comes from Content-Range, order holds across pages', async () => {
  const first = await provider.getList('customers', { pagination: page(1, 2), sort: byId, filter: {} });
  const second = await provider.getList('customers', { pagination: page(2, 2), sort: byId, filter: {} });
  const third = await provider.getList('customers', { pagination: page(3, 2), sort: byId, filter: {} });
  expect([first, second, third].map(({ data, total }) => [data.length, total])).toEqual([
    [2, 5],
    [2, 5],
    [1, 5],
  ]);
  expect([...first.data, ...second.data, ...third.data].map(({ id }) => String(id))).toEqual([...ids].sort());
  const beyond = await provider.getList('customers', { pagination: page(9, 2), sort: byId, filter: {} });
  expect([beyond.data, beyond.total]).toEqual([[], 5]);
});

test('getOne, getMany and getManyReference', async () => {
  const [a = '', b = ''] = ids;
  expect((await provider.getOne('customers', { id: a })).data).toMatchObject({
    id: a,
    state: 'open',
    profile: null,
  });
  const many = await provider.getMany('customers', { ids: [b, a] });
  expect(many.data.map(({ id }) => id).sort()).toEqual([a, b].sort());
  const reference = await provider.getManyReference('accounts', {
    target: 'owner',
    id: a,
    pagination: page(1, 10),
    sort: { field: 'code', order: 'ASC' },
    filter: {},
  });
  expect(reference.data).toEqual([
    expect.objectContaining({ code: 'customer.available', balance: `${FIL}` }),
  ]);
});

test('filters by value, by set, by bounds and by part; amounts sort as numbers', async () => {
  const list = async (resource: string, filter: object, sort: Sort = byId) =>
    (await provider.getList(resource, { pagination: page(1, 100), sort, filter })).data;
  expect(await list('customers', { state: 'open' })).toHaveLength(5);
  expect(await list('customers', { state: ['expired', 'refused'] })).toHaveLength(0);
  expect(await list('customers', { q: ids[0] })).toHaveLength(1);
  expect(await list('customers', { q: '%' })).toHaveLength(0);
  expect(await list('journals', { effectiveEpoch_gte: 100, effectiveEpoch_lte: 100 })).toHaveLength(5);
  expect(await list('journals', { effectiveEpoch_gte: 101 })).toHaveLength(0);
  const balances = await list(
    'accounts',
    { code: 'customer.available' },
    { field: 'balance', order: 'DESC' },
  );
  expect(balances.map(({ balance }) => balance)).toEqual([5n, 4n, 3n, 2n, 1n].map((n) => `${n * FIL}`));
  const [journal] = await list('journals', {});
  expect(journal).toMatchObject({
    postings: [{ side: 'debit', code: 'custody.deposit' }, { side: 'credit' }],
  });
});

test('unknown filters, sorts and values of the wrong kind are refused, never ignored', async () => {
  const list = (resource: string, filter: object, field = 'id') =>
    provider.getList(resource, { pagination: page(1, 10), sort: { field, order: 'ASC' }, filter });
  await expect(list('customers', { stat: 'open' })).rejects.toThrow('400 unknown-filter');
  await expect(list('customers', { constructor: 'x' })).rejects.toThrow('400 unknown-filter');
  await expect(list('customers', {}, 'password_hash')).rejects.toThrow('400 unknown-filter');
  await expect(list('workflows', { stat: 'x' }, 'startedAt')).rejects.toThrow('400 unknown-filter');
  await expect(list('journals', { effectiveEpoch: 'x' })).rejects.toThrow('400 malformed-request');
  await expect(list('workflows', { id: "x' OR WorkflowId != '" }, 'startedAt')).rejects.toThrow('400');
  await expect(provider.getOne('customers', { id: 'nobody' })).rejects.toThrow('404 not-found');
  await expect(provider.getOne('journals', { id: 'x' })).rejects.toThrow('404 not-found');
  await expect(provider.getOne('custody-transfers', { id: '999999999999999' })).rejects.toThrow('404');
});

test.each<[string, string, object, number]>([
  ['text that Postgres cannot hold', 'customers', { state: '\0' }, 400],
  ['half of a character, in a name', 'customers', { '\ud800': 'open' }, 400],
  ['a number that is none of ours', 'journals', { effectiveEpoch_gte: 1e99 }, 400],
  ['a fraction', 'senders', { unsettled: 1.5 }, 400],
  ['a time before all calendars', 'withdrawals', { createdAt_lte: '0000-01-01T00:00:00Z' }, 400],
  ['a number beyond its column', 'history-exports', { bytes_gte: Number.MAX_SAFE_INTEGER }, 200],
  ['no ids at all', 'workflows', { id: [] }, 200],
  ['a status of no run', 'workflows', { status: 'Running-late' }, 200],
])('%s is refused or finds nothing', async (_, resource, filter, status) => {
  const path = `/admin/v1/${resource}?filter=${encodeURIComponent(JSON.stringify(filter))}`;
  const reply = await world.staff.auditor.caller.get(path);
  expect([reply.status, reply.list]).toEqual([status, []]);
});

test('every list of the back office answers the stock client', async () => {
  const lists = [
    ...new Set((await world.as().get('/openapi.json')).text.match(/"\/admin\/v1\/[\w-]+"/g)),
  ].map((path) => path.replaceAll('"', '').replace('/admin/v1/', ''));
  const single = ['session', 'home', 'trial-balance', 'custody'];
  for (const resource of lists.filter((name) => !single.includes(name))) {
    const sort = resource === 'workflows' ? { field: 'startedAt', order: 'DESC' as const } : byId;
    const answer = await provider.getList(resource, { pagination: page(1, 10), sort, filter: {} });
    expect([resource, typeof answer.total]).toEqual([resource, 'number']);
  }
  expect(lists).toHaveLength(36);
  expect((await world.staff.auditor.caller.get('/admin/v1/trial-balance')).body).toMatchObject({
    balanced: true,
    identity: { holds: true },
  });
  expect((await world.staff.auditor.caller.get('/admin/v1/home')).body).toMatchObject({
    approvals: { count: 0, oldestAt: null, mine: { count: 0 }, kinds: [] },
    needsAction: { count: 0, workflows: [] },
    unattributed: { count: 0, amount: '0' },
    chain: { halted: null, stalled: false },
  });
  expect((await world.staff.auditor.caller.get('/admin/v1/pools/flexible/curve')).list).toHaveLength(101);
  expect(asked.every((path) => path.startsWith('/admin/v1/'))).toBe(true);
});

/** Open figures: right to the atto, one reading for a crowd, 304 for who has them, series that page without a seam. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeApp } from '../../api/app';
import { readPool, savePool } from '../../db/pool';
import { coins } from '../../domain/money';
import type { Pool } from '../../domain/pool';
import { RAY } from '../../domain/ray';
import { makeWorld, type World } from './world';

const GENESIS = 1_598_306_417;
const SECONDS = 30;
const CLOCK = 500_000;
const LENT = 59_350_000_000_000_000_000n;

let world: World;
beforeAll(async () => {
  world = await makeWorld({ workers: false });
  await world.owner('watch.network').delete();
  await world
    .owner('watch.network')
    .insert({ name: 'testnet', genesis_time: GENESIS, epoch_seconds: SECONDS });
  await book({ cash: coins(100n) - LENT, principal: LENT, shares: coins(100n), scaled: LENT }, CLOCK);
}, 120_000);
afterAll(() => world.close(), 60_000);

/** Writes the flexible pool as a booking would. */
async function book({ scaled, ...fields }: Partial<Pool> & { scaled: bigint }, epoch: number): Promise<void> {
  await world.owner.transaction(async (trx) => {
    const record = await readPool(trx, 'flexible');
    if (record === null) throw new Error('no pool');
    const buckets = [{ name: 'standard', index: RAY, scaled, fixedApr: null }];
    await savePool(trx, record, { ...record.pool, ...fields, buckets, lastEpoch: epoch });
  });
}

const timeOf = (epoch: number): string => new Date((GENESIS + epoch * SECONDS) * 1000).toISOString();

test('the golden pool in the open: where the money is, what it brings, APR and APY each by its name', async () => {
  const { body, status } = await world.as().get('/public/v1/figures');
  const locked = {
    tvl: `${coins(100n)}`,
    deposited: `${coins(100n)}`,
    lent: `${LENT}`,
    committed: '0',
    reserve: '0',
  };
  const rates = {
    utilisation: '593500000000000000000000000',
    borrowApr: '89025000000000000000000000',
    borrowApy: '93107979563622648064035642',
    depositApr: '47552703750000000000000000',
  };
  const mine = { ...locked, ...rates, idle: `${coins(100n) - LENT}`, lastEpoch: CLOCK, at: timeOf(CLOCK) };
  expect(status).toBe(200);
  expect(body).toMatchObject({ ...mine, inRounds: '0', depositors: 0, loans: 0 });
  // e^0.0475527… − 1 = 4.87014…%
  expect(String(body['depositApy'])).toMatch(/^48701[0-9]{21}$/);
  expect(body['pools']).toEqual([expect.objectContaining({ id: 'flexible', kind: 'flexible', ...mine })]);
  expect((await world.as().get('/public/v1/pools/flexible')).body).toEqual((body['pools'] as unknown[])[0]);
});

test('the curve has its kink and the present point', async () => {
  const { body } = await world.as().get('/public/v1/pools/flexible/curve');
  const points = body['points'] as { utilisation: string; borrowApr: string; depositApr: string }[];
  expect(points.length).toBe(101);
  expect(points.find(({ utilisation }) => utilisation === body['kink'])).toMatchObject({
    borrowApr: '120000000000000000000000000',
  });
  expect(points.at(-1)).toMatchObject({ borrowApr: '720000000000000000000000000' });
  expect(body['now']).toMatchObject({ utilisation: '593500000000000000000000000' });
});

test('200 at once cost one reading, and who has the answer is told so in no bytes', async () => {
  await world.as().get('/public/v1/figures');
  const asked: string[] = [];
  const note = ({ sql }: { sql: string }): void => void asked.push(sql);
  world.knex.on('query', note);
  const answers = await Promise.all(Array.from({ length: 200 }, () => world.as().get('/public/v1/figures')));
  world.knex.off('query', note);
  expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.get('etag')}`)).size).toBe(1);
  expect(answers[0]?.headers.get('cache-control')).toBe('public, max-age=1');
  // At most one look at the key a second, and no making: nothing was booked between.
  expect(asked.filter((sql) => sql.includes('borrow_index'))).toEqual([]);
  const tag = answers[0]?.headers.get('etag') ?? '';
  for (const mine of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const again = await world.as().get('/public/v1/figures', { 'if-none-match': mine });
    expect([mine, again.status, again.text]).toEqual([mine, 304, '']);
  }
  expect((await world.as().get('/public/v1/figures', { 'if-none-match': '"other"' })).status).toBe(200);
});

test('a booking is seen within a second, with another tag', async () => {
  const before = (await world.as().get('/public/v1/figures')).headers.get('etag');
  await book({ reserve: 7n, scaled: LENT }, CLOCK + 1);
  const after = await world.until('the booking', async () => {
    const { body, headers } = await world.as().get('/public/v1/figures');
    return body['reserve'] === '7' ? headers.get('etag') : undefined;
  });
  expect(after).not.toBe(before);
});

test('series: the last booking of each hour and day, pages without a seam, as a plain model says', async () => {
  const first = CLOCK + 2;
  const epochs = Array.from({ length: 900 }, (_, i) => first + i * 7 + (i > 450 ? 4_000 : 0));
  const amounts = {
    utilisation: 1,
    borrow_apr: 2,
    deposit_apr: 1,
    claim: 5,
    debt: 4,
    committed: 0,
    shares: 1,
  };
  await world.owner.batchInsert(
    'pool_point',
    epochs.map((epoch) => ({ pool_id: 'flexible', epoch, ...amounts, cash: epoch, reserve: 0 })),
  );
  const all = [CLOCK, CLOCK + 1, ...epochs];
  for (const [every, seconds] of [
    ['hour', 3_600],
    ['day', 86_400],
  ] as const) {
    const last = new Map(all.map((epoch) => [Math.floor((GENESIS + epoch * SECONDS) / seconds), epoch]));
    const wanted = [...last].map(([n, epoch]) => [new Date(n * seconds * 1000).toISOString(), epoch]);
    const seen: unknown[][] = [];
    for (let before = ''; ;) {
      const page = (await world.as().get(`/public/v1/pools/flexible/series?every=${every}&limit=5${before}`))
        .body;
      const points = page['points'] as { begins: string; epoch: number }[];
      const older = page['older'] as string | null;
      expect(points.length).toBeLessThanOrEqual(5);
      seen.unshift(...points.map(({ begins, epoch }) => [begins, epoch]));
      if (older === null) break;
      before = `&before=${older}`;
    }
    expect(seen).toEqual(wanted);
  }
});

test.each([
  ['every=week', 'malformed-request'],
  ['limit=0', 'malformed-request'],
  ['limit=745', 'malformed-request'],
  ['before=yesterday', 'malformed-request'],
  ['from=1', 'unknown-filter'],
])('a series by %s is refused', async (query, code) => {
  const answer = await world.as().get(`/public/v1/pools/flexible/series?${query}`);
  expect([answer.status, answer.body['code']]).toEqual([400, code]);
});

test('pages of other sites may read; beyond the limit everybody of one address waits', async () => {
  const { deps } = world;
  const server = createServer(makeApp({ ...deps, settings: { ...deps.settings, openCalls: 2 } }));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/public/v1/figures`;
    const asked = await fetch(url, { method: 'OPTIONS' });
    expect([asked.status, asked.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, HEAD']);
    const answers = [await fetch(url), await fetch(url, { method: 'HEAD' }), await fetch(url)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  expect(
    (await world.staff.auditor.caller.get('/admin/v1/pools')).headers.get('access-control-allow-origin'),
  ).toBe(null);
});

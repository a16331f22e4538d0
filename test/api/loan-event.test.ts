/** The event stream of a loan: every step once, in order, to its borrower alone; one look serves all streams. */
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { makeKnex } from '../../db/knex';
import { appendStep, insertLoan, keepChallenge, lockLoan, moveLoan } from '../../db/loan';
import { openSession } from '../../db/session';
import type { FeedSettings } from '../../api/loan-feed';
import { loanEventRoutes } from '../../api/loan-event';
import { runRoute } from '../../api/run';
import { RefusalError } from '../../domain/refusal';
import { waitFor } from '../../stack/wait';
import { makeWorld, type World } from './world';

let world: World;
jest.setTimeout(120_000);

beforeAll(async () => {
  world = await makeWorld({ workers: false });
}, 120_000);
const servers: Server[] = [];
afterEach(() => {
  // One that a failed test left behind would keep the process alive.
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => world.close(), 60_000);

let miners = 1000;

async function aLoan(): Promise<{ id: string; borrower: string; token: string }> {
  const { id: borrower } = await world.aCustomer();
  const { token } = await openSession(world.knex, 'customer', borrower);
  const id = randomUUID();
  const miner = `t0${(miners += 1)}`;
  const text = `text ${id}`;
  await keepChallenge(world.knex, {
    loan_id: id,
    customer_id: borrower,
    miner,
    nonce: id,
    text,
    expiry_epoch: 9,
  });
  await world.knex.transaction(async (trx) => {
    await insertLoan(trx, {
      id,
      borrowerId: borrower,
      miner,
      amount: '1',
      termEpochs: 100,
      poolId: 'flexible',
      bucket: 'standard',
      proof: { address: 't1a', signature: '01aa' },
    });
    await appendStep(trx, await lockLoan(trx, id), { step: 'applied', sentence: 'Applied' });
  });
  return { id, borrower, token };
}

const note = (id: string, step: string) =>
  world.knex.transaction(async (trx) =>
    appendStep(trx, await lockLoan(trx, id), { step, sentence: `Sentence: ${step}` }),
  );

const move = (id: string, to: Parameters<typeof moveLoan>[2], patch = {}) =>
  world.knex.transaction((trx) => moveLoan(trx, id, to, { step: to, sentence: to }, patch));

interface Line {
  readonly status: number;
  readonly text: () => string;
  /** The `seq` of the steps so far. */
  readonly ids: () => number[];
  readonly ended: () => boolean;
  readonly hangUp: () => void;
}

async function listen(
  url: string,
  id: string,
  token: string,
  headers: Record<string, string> = {},
): Promise<Line> {
  const stop = new AbortController();
  const response = await fetch(new URL(`/v1/loans/${id}/events`, url), {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal: stop.signal,
  });
  let text = '';
  let ended = false;
  const read = async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array);
  };
  read()
    .catch(() => undefined)
    .finally(() => {
      ended = true;
    });
  return {
    status: response.status,
    text: () => text,
    ids: () => [...text.matchAll(/^id: (\d+)$/gm)].map(([, seq]) => Number(seq)),
    ended: () => ended,
    hangUp: () => stop.abort(),
  };
}

const until = (what: string, done: () => boolean) =>
  waitFor(() => Promise.resolve(done() ? true : undefined), { what, timeoutMs: 45_000 });

/** The events alone on a server of their own, with other settings than those of production. */
async function serve(settings: FeedSettings, knex = world.knex) {
  const lifetime = { stopping: false };
  const app = express();
  for (const route of loanEventRoutes({ ...world.deps, knex }, lifetime, settings))
    app.get(route.path, runRoute(world.deps, route));
  const answer: express.ErrorRequestHandler = (error, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    response.status(error instanceof RefusalError && error.code === 'streams-full' ? 429 : 500).end();
  };
  app.use(answer);
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => new Promise((resolve) => server.close(resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, lifetime, server, close };
}

const QUICK: FeedSettings = { lookMs: 20, heartbeatMs: 50, mostStreams: 50, mostOfOne: 40 };

test('every step is told once and in order; the stream ends with the loan and is not begun again', async () => {
  const { id, token } = await aLoan();
  const line = await listen(world.url, id, token);
  expect(line.status).toBe(200);
  await until('the first step', () => line.ids().length === 1);
  await note(id, 'a');
  await note(id, 'b');
  await until('the next steps', () => line.ids().length === 3);
  await move(id, 'rejected', { outcome: 'fee-debt' });
  await until('the end', line.ended);
  expect(line.ids()).toEqual([1, 2, 3, 4]);
  expect(line.text()).toContain('"sentence":"Sentence: b"');
  expect(line.text()).not.toContain('actorId');
  expect(line.text()).toMatch(/event: end\ndata: {"state":"rejected","outcome":"fee-debt"}\n\n$/);

  const again = await listen(world.url, id, token, { 'last-event-id': '2' });
  await until('the rest', again.ended);
  expect(again.ids()).toEqual([3, 4]);
  expect((await listen(world.url, id, token, { 'last-event-id': '4' })).status).toBe(204);
});

test('a broken line goes on after the last event that was seen', async () => {
  const { id, token } = await aLoan();
  const first = await listen(world.url, id, token);
  await until('the first step', () => first.ids().length === 1);
  first.hangUp();
  await note(id, 'while-away');
  const second = await listen(world.url, id, token, { 'last-event-id': '1' });
  await until('what was missed', () => second.ids().length === 1);
  await note(id, 'after');
  await until('what came after', () => second.ids().length === 2);
  expect(second.ids()).toEqual([2, 3]);
  second.hangUp();
});

test("another's loan is not found, as one that does not exist; nobody gets nothing; nonsense is refused", async () => {
  const [mine, theirs] = [await aLoan(), await aLoan()];
  const status = async (id: string, token: string, headers = {}) =>
    (await listen(world.url, id, token, headers)).status;
  expect(await status(theirs.id, mine.token)).toBe(404);
  expect(await status(randomUUID(), mine.token)).toBe(404);
  expect(await status(mine.id, 'lsc_nobody_at_all_is_signed_in')).toBe(401);
  expect(await status(mine.id, mine.token, { 'last-event-id': 'x' })).toBe(400);
});

test('an API key takes the scope loan:read; its stream ends soon after it is revoked, as a session’s does', async () => {
  const { id, borrower, token } = await aLoan();
  const owner = world.as(token);
  const make = async (scope: string) =>
    (await owner.post('/v1/api-keys', { name: scope, scopes: [scope] })).body;
  expect((await listen(world.url, id, String((await make('account:read'))['secret']))).status).toBe(403);
  const { url, close } = await serve(QUICK);
  const key = await make('loan:read');
  const [byKey, bySession] = [await listen(url, id, String(key['secret'])), await listen(url, id, token)];

  await until('heartbeats', () =>
    [byKey, bySession].every((line) => line.text().split(': heartbeat').length > 2),
  );
  await owner.call('DELETE', `/v1/api-keys/${String(key['id'])}`);
  await until('the key to be noticed', byKey.ended);
  expect(bySession.ended()).toBe(false);
  await world.knex('session').where({ actor_id: borrower }).update({ ended_at: world.knex.fn.now() });
  await until('the session to be noticed', bySession.ended);
  expect(byKey.text()).not.toContain('event: end');
  await close();
});

test('one query serves all streams, and none is asked once they are gone', async () => {
  const [one, two] = [await aLoan(), await aLoan()];
  const knex = makeKnex(world.appUrl);
  const looks: string[][] = [];
  knex.on('query', ({ sql, bindings }: { sql: string; bindings: string[][] }) => {
    if (sql.includes('unnest')) looks.push([...(bindings[0] ?? [])].sort());
  });
  const { url, close } = await serve({ ...QUICK, heartbeatMs: 60_000 }, knex);
  const lines = await Promise.all(
    Array.from({ length: 30 }, (_, i) =>
      i % 2 === 0 ? listen(url, one.id, one.token) : listen(url, two.id, two.token),
    ),
  );
  await until('everyone to be told', () => lines.every((line) => line.ids().length === 1));
  const before = looks.length;
  await Promise.all([note(one.id, 'for-all'), note(two.id, 'for-all')]);
  await until('everyone to be told again', () => lines.every((line) => line.ids().length === 2));
  expect(lines.map((line) => line.ids().join())).toEqual(lines.map(() => '1,2'));
  expect(looks.length).toBeGreaterThan(before);
  for (const look of looks.slice(before)) expect(look).toEqual([one.id, two.id].sort());
  for (const line of lines) line.hangUp();
  await close();
  await knex.destroy();
});

test('streams are bounded, for one customer and in all, and a place that was left can be taken', async () => {
  const { id, token } = await aLoan();
  const other = await aLoan();
  const { url, close, server } = await serve({ ...QUICK, mostOfOne: 2, mostStreams: 3 });
  const [first, second] = [await listen(url, id, token), await listen(url, id, token)];
  expect([first.status, second.status]).toEqual([200, 200]);
  expect((await listen(url, id, token)).status).toBe(429);
  const theirs = await listen(url, other.id, other.token);
  expect([theirs.status, (await listen(url, other.id, other.token)).status]).toEqual([200, 429]);
  first.hangUp();
  await world.until('the place to be free', async () => {
    const line = await listen(url, id, token);
    return line.status === 200 ? true : undefined;
  });
  server.closeAllConnections();
  await close();
});

test('on shutdown the streams are ended, without an end of the loan, and the server closes by itself', async () => {
  const { id, token } = await aLoan();
  const { url, lifetime, close } = await serve({ ...QUICK, heartbeatMs: 60_000 });
  const line = await listen(url, id, token);
  await until('the first step', () => line.ids().length === 1);
  lifetime.stopping = true;
  await close();
  await until('the end of the line', line.ended);
  expect(line.text()).not.toContain('event: end');
});

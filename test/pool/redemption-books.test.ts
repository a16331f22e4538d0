/** The redemption queue on real books: what was promised is paid, in order, once, and the oracle agrees to the atto. */
import fc from 'fast-check';
import type { Knex } from 'knex';
import { placeOf, readRedemption } from '../../db/redemption';
import { atto, coins } from '../../domain/money';
import { claimOf } from '../../domain/pool';
import { RefusalError } from '../../domain/refusal';
import { auditLedger } from '../../ledger/read-audit';
import { balance } from '../../ledger/read';
import { cancelRedemption, fillQueue, placeRedemption } from '../../ledger/redemption';
import { comparePool, queryOf } from '../support/oracle-compare';
import { openBooks, POOL, type Books } from './books';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await books.clock(1000);
}, 60_000);
afterAll(() => books.close());

const inside = <T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> => books.app.transaction(work);
const origin = (key: string) => ({ workflowId: 'accrual', key });
const available = async (owner: string): Promise<bigint> =>
  (await balance(books.app, { code: 'customer.available', owner })).available;

let requests = 0;
/** Asks for FIL, or everything, out of a position; answers the request's id. */
async function ask(
  customerId: string,
  tokenId: number,
  amount: bigint | null,
  atLeast?: bigint,
): Promise<string> {
  const id = `r${++requests}`;
  await books.app('redemption').insert({
    ...{ id, customer_id: customerId, token_id: tokenId, workflow_id: `redemption/${id}` },
    ...{ amount: amount?.toString() ?? null, at_least: atLeast?.toString() ?? null },
  });
  return id;
}
async function place(
  customerId: string,
  tokenId: number,
  amount: bigint | null,
  atLeast?: bigint,
): Promise<string> {
  const id = await ask(customerId, tokenId, amount, atLeast);
  await inside((trx) => placeRedemption(trx, id));
  return id;
}
async function refusalOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'taken',
    (error: unknown) => (error instanceof RefusalError ? error.code : String(error)),
  );
}
const fill = async (key: string): Promise<void> => {
  while (await inside((trx) => fillQueue(trx, POOL, origin(key))));
};
const stateOf = async (id: string): Promise<string> => (await readRedemption(books.app, id)).state;
async function sound(): Promise<void> {
  expect(await comparePool(queryOf(books.app), POOL)).toEqual([]);
  expect(await auditLedger(books.app)).toEqual([]);
}

test('cash allows and nobody waits: paid at once, in FIL or everything, and the position’s story says so', async () => {
  await books.fund('ann', coins(100n));
  const { tokenId } = await books.subscribe('s-ann', 'ann', coins(100n));
  const part = await place('ann', tokenId, coins(40n));
  expect(await readRedemption(books.app, part)).toMatchObject({ state: 'paid', paid: coins(40n).toString() });
  expect(await available('ann')).toBe(coins(40n));
  const rest = await place('ann', tokenId, null, coins(60n));
  expect(await readRedemption(books.app, rest)).toMatchObject({ state: 'paid', paid: coins(60n).toString() });
  expect((await books.pool()).pool).toMatchObject({ cash: 0n, shares: 0n });
  const events = await books.app('position_event').where({ token_id: tokenId }).orderBy('seq');
  expect(events.map(({ kind, principal }) => [kind, principal] as unknown[])).toEqual([
    ['mint', coins(100n).toString()],
    ['burn', coins(60n).toString()],
    ['burn', '0'],
  ]);
  await sound();
});

describe('drawn dry', () => {
  let bo: number;
  let cem: number;
  const ids: string[] = [];

  test('requests wait in order; the pool lends nothing meanwhile', async () => {
    await books.fund('bo', coins(60n));
    await books.fund('cem', coins(40n));
    bo = (await books.subscribe('s-bo', 'bo', coins(60n))).tokenId;
    cem = (await books.subscribe('s-cem', 'cem', coins(40n))).tokenId;
    await books.commit('loan', coins(90n));
    await books.disburse('loan', coins(90n), 1000);
    await books.clock(1100);
    ids.push(await place('bo', bo, coins(30n)));
    const first = await readRedemption(books.app, ids[0]!);
    expect(first.state).toBe('waiting');
    // All the idle cash, less the floor of what whole shares are worth.
    expect(coins(10n) - BigInt(first.paid)).toBeLessThanOrEqual(1n);
    ids.push(await place('cem', cem, coins(15n)));
    ids.push(await place('bo', bo, null));
    expect(await Promise.all(ids.map(stateOf))).toEqual(['waiting', 'waiting', 'waiting']);
    const [head, , third] = await Promise.all(
      ids.map(async (id) => placeOf(books.app, await readRedemption(books.app, id))),
    );
    expect(head).toEqual({ shares: 0n, requests: 0 });
    expect(third?.requests).toBe(2);
    expect(await refusalOf(books.commit('loan-2', atto(1n)))).toBe('redemptions-waiting');
    await sound();
  });

  test('no share is promised twice, nor another’s, nor for less than was bound', async () => {
    const before = await books.pool();
    expect(await refusalOf(place('bo', bo, atto(1n)))).toBe('amount-above-balance');
    expect(await refusalOf(place('bo', bo, null))).toBe('amount-zero');
    expect(await refusalOf(place('cem', bo, null))).toBe('not-found');
    expect(await refusalOf(place('cem', cem, coins(26n)))).toBe('amount-above-balance');
    expect(await refusalOf(place('cem', cem, coins(10n), coins(10n) + 1n))).toBe('value-below-bound');
    expect(await books.pool()).toEqual(before);
  });

  test('queued shares keep earning; money that returns pays the head first, the next only after it', async () => {
    await books.clock(50_000);
    await books.repay('loan', coins(25n), 50_000);
    await fill('run-1');
    const rows = await Promise.all(ids.map((id) => readRedemption(books.app, id)));
    expect(rows.map(({ state }) => state)).toEqual(['paid', 'waiting', 'waiting']);
    expect(BigInt(rows[0]!.paid)).toBeGreaterThan(coins(30n));
    expect(BigInt(rows[1]!.paid)).toBeGreaterThan(0n);
    expect(rows[2]!.paid).toBe('0');
    await fill('run-1');
    expect(await readRedemption(books.app, ids[1]!)).toEqual(rows[1]);
    await sound();
  });

  test('who gives up moves the others up, once; what was paid stays paid', async () => {
    const { paid, burnt } = await readRedemption(books.app, ids[1]!);
    const by = { actorId: 'cem', reason: 'changed my mind' };
    await inside((trx) => cancelRedemption(trx, ids[1]!, by));
    await inside((trx) => cancelRedemption(trx, ids[1]!, by));
    expect(await readRedemption(books.app, ids[1]!)).toMatchObject({ state: 'cancelled', paid, burnt });
    expect(await placeOf(books.app, await readRedemption(books.app, ids[2]!))).toEqual({
      shares: 0n,
      requests: 0,
    });
    expect(await refusalOf(inside((trx) => cancelRedemption(trx, ids[0]!, by)))).toBe('wrong-state');
    const position: unknown = await books.app('position').where({ token_id: cem }).first('queued_shares');
    expect(position).toEqual({ queued_shares: '0' });
    await sound();
  });

  test('all that returns pays all, and who burns the last share gets all that is left', async () => {
    await place('cem', cem, null);
    await books.repay('loan', coins(90n), 50_000);
    await fill('run-2');
    const { pool } = await books.pool();
    expect(pool).toMatchObject({ shares: 0n, principal: 0n });
    // What is left is the loss reserve's, not the depositors'.
    expect([claimOf(pool), pool.cash - pool.reserve]).toEqual([0n, 0n]);
    const queue: unknown = await books.app('redemption_queue').first('waiting', 'placed', 'passed');
    expect(queue).toMatchObject({ waiting: 0 });
    await sound();
  });
});

test('two askers at once, and a run that fills meanwhile: no deadlock, each paid once', async () => {
  await books.fund('dan', coins(50n));
  await books.fund('eve', coins(50n));
  const dan = (await books.subscribe('s-dan', 'dan', coins(50n))).tokenId;
  const eve = (await books.subscribe('s-eve', 'eve', coins(50n))).tokenId;
  const asked = await Promise.all([
    ...[1n, 2n, 3n, 4n].map((n) => ask('dan', dan, coins(n))),
    ...[5n, 6n, 7n, 8n].map((n) => ask('eve', eve, coins(n))),
  ]);
  await Promise.all([
    ...asked.map((id) => inside((trx) => placeRedemption(trx, id))),
    ...asked.map((id) => inside((trx) => placeRedemption(trx, id))),
    fill('meanwhile'),
  ]);
  expect(await available('dan')).toBe(coins(10n));
  expect(await available('eve')).toBe(coins(26n));
  await sound();
});

/** One round of the property: a customer, a loan, and what is done in any order. */
class Round {
  readonly tokens: number[] = [];
  readonly placed: string[] = [];
  private readonly n: number;
  private lent = false;
  private steps = 0;
  constructor(n: number) {
    this.n = n;
  }
  get who(): string {
    return `p${this.n}`;
  }
  async deposit(amount: bigint): Promise<void> {
    const id = `s-${this.n}-${++this.steps}`;
    this.tokens.push((await books.subscribe(id, this.who, atto(amount))).tokenId);
  }
  async redeem(amount: bigint, which: number): Promise<void> {
    const token = this.tokens[which % this.tokens.length];
    if (token === undefined) return;
    const id = await ask(this.who, token, amount);
    const answer = await refusalOf(inside((trx) => placeRedemption(trx, id)));
    if (answer === 'taken') this.placed.push(id);
    else expect(answer).toBe('amount-above-balance');
  }
  async lend(amount: bigint): Promise<void> {
    if (this.lent) return;
    const loan = `loan-of-${this.n}`;
    const answer = await refusalOf(books.commit(loan, atto(amount)));
    this.lent = answer === 'taken';
    if (this.lent) await books.disburse(loan, atto(amount), epoch);
    else expect(['pool-cash-short', 'liquidity-reserve', 'redemptions-waiting']).toContain(answer);
  }
  async repay(amount: bigint): Promise<void> {
    if (this.lent) await books.repay(`loan-of-${this.n}`, atto(amount), epoch);
  }
  async cancel(which: number): Promise<void> {
    const id = this.placed[which % this.placed.length];
    if (id === undefined) return;
    const by = { actorId: this.who, reason: 'no more' };
    expect(['taken', 'wrong-state']).toContain(
      await refusalOf(inside((trx) => cancelRedemption(trx, id, by))),
    );
  }
  async run(epochs: number): Promise<void> {
    await books.clock((epoch += epochs));
    await fill(`run-${this.n}-${++this.steps}`);
  }
  async end(): Promise<void> {
    await this.repay(coins(1_000n));
    await this.run(0);
    for (const id of this.placed) expect(['paid', 'cancelled']).toContain(await stateOf(id));
    await sound();
  }
}

let epoch = 60_000;
let rounds = 0;
const amount = fc.bigInt({ min: 1n, max: coins(20n) });
type Move = (round: Round) => Promise<void>;
const move: fc.Arbitrary<Move> = fc.oneof(
  amount.map(
    (much): Move =>
      (round) =>
        round.deposit(much),
  ),
  fc.tuple(amount, fc.nat(9)).map(
    ([much, which]): Move =>
      (round) =>
        round.redeem(much, which),
  ),
  amount.map(
    (much): Move =>
      (round) =>
        round.lend(much),
  ),
  amount.map(
    (much): Move =>
      (round) =>
        round.repay(much),
  ),
  fc.nat(9).map(
    (which): Move =>
      (round) =>
        round.cancel(which),
  ),
  fc.nat(200).map(
    (epochs): Move =>
      (round) =>
        round.run(epochs),
  ),
);

test('any interleaving of deposits, loans, requests, gifts up and runs keeps pool, books and oracle equal', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 25 }), async (moves) => {
      const round = new Round(++rounds);
      await books.fund(round.who, coins(1_000n));
      await books.clock((epoch += 1));
      for (const one of moves) await one(round);
      await round.end();
    }),
    { numRuns: 15 },
  );
}, 120_000);

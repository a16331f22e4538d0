/** The rules of the redemption queue, against a plain model that keeps one list and no counters. */
import fc from 'fast-check';
import { coins } from '../../domain/money';
import { claimOf, type Pool } from '../../domain/pool';
import { ahead, fill, principalOut, type QueueMarks, sharesFor } from '../../domain/redemption';
import { isRefusal } from '../../domain/refusal';
import { deposit, valueOfShares } from '../../domain/share';
import { aPool } from './a-pool';

interface Request {
  readonly holder: number;
  readonly from: bigint;
  readonly ordinal: number;
  readonly shares: bigint;
  left: bigint;
  given: boolean;
}

/** Everything a queue has to know, as the product keeps it: marks, and requests in order. */
class Queue {
  pool: Pool = aPool();
  readonly held = new Map<number, bigint>();
  readonly queued = new Map<number, bigint>();
  readonly got = new Map<number, bigint>();
  readonly put = new Map<number, bigint>();
  readonly requests: Request[] = [];
  marks: QueueMarks = { tail: 0n, placed: 0, head: 0n, passed: 0 };
  /** Ids in the order in which they were paid in full. */
  readonly done: number[] = [];
  private lent = 0n;

  private of(map: Map<number, bigint>, holder: number): bigint {
    return map.get(holder) ?? 0n;
  }

  deposit(holder: number, amount: bigint): void {
    const result = deposit(this.pool, amount);
    if (isRefusal(result)) return;
    this.pool = result.pool;
    this.held.set(holder, this.of(this.held, holder) + result.minted);
    this.put.set(holder, this.of(this.put, holder) + amount);
    this.fill();
  }

  /** Lends idle cash out, as long as nobody waits. */
  lend(amount: bigint): void {
    if (this.waiting().length > 0) return;
    const part = amount < this.pool.cash ? amount : this.pool.cash;
    this.lent += part;
    const [bucket] = this.pool.buckets;
    this.pool = {
      ...this.pool,
      cash: this.pool.cash - part,
      buckets: [{ ...bucket!, scaled: bucket!.scaled + part }],
    };
  }

  /** Comes back with interest on top. */
  repay(amount: bigint, interest: bigint): void {
    const part = amount < this.lent ? amount : this.lent;
    this.lent -= part;
    const [bucket] = this.pool.buckets;
    this.pool = {
      ...this.pool,
      cash: this.pool.cash + part + (part > 0n ? interest : 0n),
      buckets: [{ ...bucket!, scaled: bucket!.scaled - part }],
    };
    this.fill();
  }

  place(holder: number, part: bigint): void {
    const free = this.of(this.held, holder) - this.of(this.queued, holder);
    const amount = (valueOfShares(this.pool, free) * part) / 100n;
    const shares = sharesFor(this.pool, free, amount);
    if (isRefusal(shares)) return;
    const { tail, placed } = this.marks;
    this.requests.push({ holder, from: tail, ordinal: placed, shares, left: shares, given: false });
    this.marks = { ...this.marks, tail: tail + shares, placed: placed + 1 };
    this.queued.set(holder, this.of(this.queued, holder) + shares);
    this.fill();
  }

  cancel(index: number): void {
    const open = this.waiting();
    const request = open[index % Math.max(1, open.length)];
    if (request === undefined) return;
    request.given = true;
    this.queued.set(request.holder, this.of(this.queued, request.holder) - request.left);
    this.fill();
  }

  waiting(): Request[] {
    return this.requests.filter(({ left, given }) => left > 0n && !given);
  }

  fill(): void {
    for (;;) {
      const next = this.requests[this.marks.passed];
      if (next === undefined) return;
      if (!next.given) {
        const { pool, burnt, paid } = fill(this.pool, next.left, 0n);
        if (burnt === 0n) return;
        this.pool = pool;
        next.left -= burnt;
        this.held.set(next.holder, this.of(this.held, next.holder) - burnt);
        this.queued.set(next.holder, this.of(this.queued, next.holder) - burnt);
        this.got.set(next.holder, this.of(this.got, next.holder) + paid);
        this.marks = { ...this.marks, head: this.marks.head + burnt };
        if (next.left > 0n) return;
        this.done.push(next.ordinal);
      } else this.marks = { ...this.marks, head: this.marks.head + next.left };
      this.marks = { ...this.marks, passed: this.marks.passed + 1 };
    }
  }

  placeOf(request: Request): { shares: bigint; requests: number } {
    const holes = this.requests.filter(
      ({ given, ordinal }) => given && ordinal < request.ordinal && ordinal >= this.marks.passed,
    );
    const gaps = { shares: holes.reduce((sum, { left }) => sum + left, 0n), requests: holes.length };
    return ahead(this.marks, request, gaps);
  }
}

const holder = fc.integer({ min: 0, max: 4 });
const amount = fc.oneof(fc.bigInt({ min: 1n, max: 1000n }), fc.bigInt({ min: 1n, max: coins(1_000n) }));
type Move = (queue: Queue) => void;
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.tuple(holder, amount).map(
    ([who, much]): Move =>
      (queue) =>
        queue.deposit(who, much),
  ),
  amount.map(
    (much): Move =>
      (queue) =>
        queue.lend(much),
  ),
  fc.tuple(amount, amount).map(
    ([much, interest]): Move =>
      (queue) =>
        queue.repay(much, interest),
  ),
  fc.tuple(holder, fc.bigInt({ min: 1n, max: 100n })).map(
    ([who, part]): Move =>
      (queue) =>
        queue.place(who, part),
  ),
  fc.nat(20).map(
    (index): Move =>
      (queue) =>
        queue.cancel(index),
  ),
);

/** What is ahead of a waiting request, counted by hand. */
function counted(queue: Queue, request: Request): { shares: bigint; requests: number } {
  const before = queue.waiting().filter(({ ordinal }) => ordinal < request.ordinal);
  return { shares: before.reduce((sum, { left }) => sum + left, 0n), requests: before.length };
}

/** Everybody takes everything out, again where a share was worth too little before others left. */
function drain(queue: Queue): void {
  for (let round = 0; round < 3; round += 1) {
    for (const who of queue.held.keys()) queue.place(who, 100n);
    queue.repay(coins(1_000_000n), 0n);
  }
}

test('whatever the order of events: first come first served, nothing made or lost, and the pool drains exactly', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const queue = new Queue();
      for (const one of moves) {
        one(queue);
        const claims = [...queue.held.values()].reduce((sum, shares) => sum + shares, 0n);
        expect(claims).toBe(queue.pool.shares);
        expect(queue.pool.cash).toBeGreaterThanOrEqual(0n);
        for (const request of queue.waiting())
          expect(queue.placeOf(request)).toEqual(counted(queue, request));
      }
      expect(queue.done).toEqual([...queue.done].sort((a, b) => a - b));
      drain(queue);
      expect(queue.waiting()).toEqual([]);
      // Who put in so little that its shares are worth no whole atto has nothing that could be paid.
      const dust = [...queue.held.values()].filter((shares) => shares > 0n);
      expect(dust.map((shares) => valueOfShares(queue.pool, shares))).toEqual(dust.map(() => 0n));
      expect(queue.pool.shares).toBe(dust.reduce((sum, shares) => sum + shares, 0n));
      expect(claimOf(queue.pool)).toBeLessThanOrEqual(BigInt(dust.length));
      expect(queue.pool.cash).toBe(claimOf(queue.pool));
      expect(queue.marks.head).toBe(queue.marks.tail);
    }),
    { numRuns: 2_000 },
  );
});

test('nobody loses by waiting or by others leaving: each gets what was put in, less an atto an event', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
      const queue = new Queue();
      for (const one of moves) one(queue);
      drain(queue);
      for (const [who, put] of queue.put) {
        const slack = BigInt(moves.length + 8) * 2n;
        // A share is worth more than an atto only where gifts outweigh deposits a million times; then a share is lost.
        if (put > 1_000_000n)
          expect(queue.got.get(who) ?? 0n).toBeGreaterThanOrEqual((put * 999n) / 1000n - slack);
      }
    }),
    { numRuns: 500 },
  );
});

test('a part too small to be worth a journal waits, unless it ends the request', () => {
  const holding = deposit(aPool(), coins(10n));
  if (isRefusal(holding)) throw new Error(holding.detail);
  const pool = { ...holding.pool, cash: coins(1n), committed: coins(9n) };
  expect(fill(pool, holding.minted, coins(2n)).burnt).toBe(0n);
  expect(fill(pool, holding.minted, coins(1n)).paid).toBe(coins(1n));
  expect(fill(pool, 1_000_000n, coins(2n)).paid).toBe(1n);
});

test('the last share is not burnt for less than all that is left', () => {
  const holding = deposit(aPool(), 5n);
  if (isRefusal(holding)) throw new Error(holding.detail);
  const pool = { ...holding.pool, cash: 4n, committed: 1n };
  const part = fill(pool, pool.shares, 0n);
  expect(part.pool.shares).toBeGreaterThan(0n);
  expect(fill({ ...part.pool, cash: part.pool.cash + 1n, committed: 0n }, part.pool.shares, 0n).paid).toBe(
    5n - part.paid,
  );
});

test('principal leaves in proportion, rounded so that what stays never counts more', () => {
  expect(principalOut(10n, 1n, 3n)).toBe(4n);
  expect(principalOut(10n, 3n, 3n)).toBe(10n);
  expect(principalOut(10n, 0n, 3n)).toBe(0n);
});

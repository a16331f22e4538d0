/** The ledger against a model of it in a few lines: random journals, one after another and many at once. */
import fc from 'fast-check';
import type { Knex } from 'knex';
import { makeKnex } from '../../db/knex';
import { atto } from '../../domain/money';
import { credit, debit, type Journal, type Posting } from '../../domain/posting';
import { RefusalError } from '../../domain/refusal';
import { post } from '../../ledger/post';
import { identity, trialBalance } from '../../ledger/read';
import { auditLedger } from '../../ledger/read-audit';
import { accounts } from '../../ledger/read-journal';
import { freshDatabase, type TestDatabase } from '../support/database';
import { Model, type Outcome } from './model';

let database: TestDatabase;
let knex: Knex;
beforeAll(async () => {
  database = await freshDatabase();
  knex = makeKnex(database.appUrl);
});
afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

const POOL = 6;
type Draw = { kind: 'arrive' | 'move' | 'leave'; from: number; to: number; amount: bigint };
type Step =
  | { step: 'post' | 'hold'; draw: Draw }
  | { step: 'settle' | 'void'; which: number; part: number }
  | { step: 'again'; which: number; other: boolean };
const ARRIVAL: Draw = { kind: 'arrive', from: 0, to: 0, amount: 7n };

const draw: fc.Arbitrary<Draw> = fc.record({
  kind: fc.constantFrom('arrive', 'move', 'move', 'leave'),
  from: fc.integer({ min: 0, max: POOL - 1 }),
  to: fc.integer({ min: 0, max: POOL - 1 }),
  amount: fc.oneof(fc.bigInt({ min: 1n, max: 30n }), fc.bigInt({ min: 1n, max: 10n ** 27n })),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ step: fc.constantFrom('post', 'hold'), draw }) },
  {
    weight: 3,
    arbitrary: fc.record({
      step: fc.constantFrom('settle', 'void'),
      which: fc.nat(20),
      part: fc.integer({ min: 0, max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ step: fc.constant('again' as const), which: fc.nat(20), other: fc.boolean() }),
  },
);

let run = 0;
function postingsOf({ kind, from, to, amount }: Draw): Posting[] {
  const address = `f1-${run}`;
  const customer = (n: number) => ({ code: 'customer.available' as const, owner: `c-${run}-${n}` });
  if (kind === 'arrive')
    return [
      debit('custody.hot', address, atto(amount)),
      { account: customer(to), side: 'credit', amount: atto(amount) },
    ];
  if (kind === 'leave')
    return [
      { account: customer(from), side: 'debit', amount: atto(amount) },
      credit('custody.hot', address, atto(amount)),
    ];
  return [
    { account: customer(from), side: 'debit', amount: atto(amount) },
    { account: customer(to), side: 'credit', amount: atto(amount) },
  ];
}

/** A draw that finds nothing to settle or repeat brings money in instead. */
function journalOf(one: Step, made: readonly Journal[]): Journal {
  const base = {
    key: `run-${run}/${made.length}`,
    kind: one.step,
    asset: 'FIL' as const,
    effectiveEpoch: 1,
    executedEpoch: 1,
    workflowId: `run-${run}`,
  };
  const arrival = { ...base, phase: 'posted' as const, postings: postingsOf(ARRIVAL) };
  switch (one.step) {
    case 'post':
      return { ...base, phase: 'posted', postings: postingsOf(one.draw) };
    case 'hold':
      return { ...base, phase: 'pending', postings: postingsOf(one.draw) };
    case 'again': {
      const known = made[one.which % Math.max(made.length, 1)];
      return known === undefined ? arrival : one.other ? { ...known, effectiveEpoch: 2 } : known;
    }
    case 'settle':
    case 'void': {
      const holds = made.filter(({ phase }) => phase === 'pending');
      const hold = holds[one.which % Math.max(holds.length, 1)];
      return hold === undefined ? arrival : endOf(hold, one, base);
    }
  }
}

function endOf(
  hold: Journal,
  { step: kind, part }: Extract<Step, { part: number }>,
  base: Omit<Journal, 'postings'>,
): Journal {
  const pendingKey = hold.key;
  if (kind === 'void') return { ...base, phase: 'void_pending', pendingKey, postings: [] };
  const postings = hold.postings
    .map((line) => ({ ...line, amount: atto((line.amount * BigInt(part)) / 4n) }))
    .filter(({ amount }) => amount > 0n);
  return { ...base, phase: 'post_pending', pendingKey, postings };
}

async function write(journal: Journal): Promise<Outcome> {
  try {
    const { replayed } = await knex.transaction((trx) => post(trx, journal));
    return replayed ? 'replayed' : 'posted';
  } catch (error) {
    if (error instanceof RefusalError) return error.code;
    throw error;
  }
}

async function expectBooks(model: Model): Promise<void> {
  const known = await accounts(knex, {}, { offset: 0, limit: 100_000 });
  const stored = new Map(known.rows.map((row) => [`${row.code} ${row.owner}`, row]));
  for (const [name, { posted, held, version }] of model.accounts) {
    const row = stored.get(name);
    const holding = row?.normalSide === 'D' ? row.pendingCredits : row?.pendingDebits;
    expect([name, row?.balance, holding, row?.version]).toEqual([
      name,
      posted.toString(),
      held.toString(),
      version,
    ]);
  }
  expect(await auditLedger(knex)).toEqual([]);
  expect((await trialBalance(knex)).balanced).toBe(true);
  expect((await identity(knex)).holds).toBe(true);
}

test('every journal comes out as the model says, and every balance is the model’s', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      run += 1;
      const model = new Model();
      const made: Journal[] = [];
      for (const one of steps) {
        const journal = journalOf(one, made);
        const expected = model.write(journal);
        expect([journal, await write(journal)]).toEqual([journal, expected]);
        if (expected === 'posted') made.push(journal);
      }
      await expectBooks(model);
    }),
    { numRuns: 40 },
  );
});

test('many writers at once: the outcomes add up to the balances, and nobody waits for ever', async () => {
  run += 1;
  const sample = fc
    .sample(draw, { numRuns: 400, seed: 7 })
    .map((one) => ({ ...one, amount: (one.amount % 30n) + 1n }));
  const journals = sample.map((one, n): Journal =>
    journalOf({ step: 'post', draw: one }, Array.from({ length: n })),
  );
  const outcomes = new Map<string, string>();
  const writer = async (lane: number): Promise<void> => {
    for (let n = lane; n < journals.length; n += 8) {
      // Each twice, by two writers: the second must find the first.
      const journal = journals[n]!;
      const both = await Promise.all([write(journal), write(journal)]);
      if (both.includes('amount-above-balance')) {
        outcomes.set(journal.key, both.includes('posted') ? 'posted' : 'refused');
      } else {
        expect([...both].sort()).toEqual(['posted', 'replayed']);
        outcomes.set(journal.key, 'posted');
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, lane) => writer(lane)));
  const balances = new Map<string, bigint>();
  for (const journal of journals) {
    if (outcomes.get(journal.key) !== 'posted') continue;
    for (const { account, side, amount } of journal.postings) {
      const up = account.code.startsWith('custody.') === (side === 'debit');
      balances.set(account.owner, (balances.get(account.owner) ?? 0n) + (up ? amount : 0n - amount));
    }
  }
  const known = await accounts(knex, {}, { offset: 0, limit: 100_000 });
  for (const [owner, amount] of balances) {
    expect([owner, known.rows.find((row) => row.owner === owner)?.balance]).toEqual([
      owner,
      amount.toString(),
    ]);
  }
  expect([...outcomes.values()].filter((outcome) => outcome === 'posted').length).toBeGreaterThan(100);
  expect(await auditLedger(knex)).toEqual([]);
});

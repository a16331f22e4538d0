/** A statement that was told once is told the same for ever, whatever was under way when it was asked for. */
import type { Knex } from 'knex';
import { atto } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { post } from '../../ledger/post';
import { customerStatement, statementNow } from '../../ledger/read-statement';
import { HOT, openBooks, type Books } from './books';

let books: Books;
beforeAll(async () => {
  books = await openBooks();
}, 60_000);
afterAll(() => books.close());

test('what is being booked while it is asked for belongs to it, and what is booked later never does', async () => {
  const deposit = (trx: Knex.Transaction, amount: bigint) =>
    post(trx, {
      ...({ key: `deposit/cyd-${amount}`, kind: 'deposit', asset: 'FIL', effectiveEpoch: 1 } as const),
      ...{ executedEpoch: 2, workflowId: 'deposit/cyd' },
      postings: [debit(HOT.code, HOT.owner, atto(amount)), credit('customer.available', 'cyd', atto(amount))],
    });
  const told = (from: string, to: string) => customerStatement(books.app, 'cyd', { by: 'time', from, to });
  // One has booked and not committed; one has begun, and books only later.
  const early = await books.owner.transaction();
  const late = await books.app.transaction();
  await late.raw('SELECT 1');
  await deposit(early, 5n);
  await expect(statementNow(books.app, 0)).rejects.toMatchObject({ code: 'service-unavailable' });
  const { rows } = await early.raw<{ rows: [{ at: Date }] }>(
    'SELECT max(booked_at) AS at FROM ledger.journal',
  );
  // A period ends at a whole millisecond.
  while (Date.now() <= rows[0].at.getTime() + 1) await new Promise(setImmediate);
  const asked = statementNow(books.app);
  await early.commit();
  const { time } = await asked;
  const first = await told('2026-01-01T00:00:00Z', time.toISOString());
  await deposit(late, 7n);
  await late.commit();
  const edge = time.toISOString();
  const next = await told(edge, (await statementNow(books.app)).time.toISOString());
  expect(await told('2026-01-01T00:00:00Z', edge)).toEqual(first);
  expect(first.sections[0]).toMatchObject({ opening: 0n, lines: [{ change: 5n }], closing: 5n });
  expect(next.sections[0]).toMatchObject({ opening: 5n, lines: [{ change: 7n }], closing: 12n });
});

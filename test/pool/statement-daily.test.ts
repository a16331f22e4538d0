/** A pool has an accrual a minute: over a long period they are told by the day, and everything else as it was. */
import type { Knex } from 'knex';
import { coins } from '../../domain/money';
import { advancePool } from '../../ledger/pool';
import { poolStatementOver } from '../../ledger/read-statement';
import { openBooks, POOL, type Books } from './books';

const END = 2_000;
let books: Books;
beforeAll(async () => {
  books = await openBooks();
  await books.clock(1_000);
  await books.fund('ann', coins(200n));
  await books.subscribe('s-0', 'ann', coins(100n));
  await books.commit('loan', coins(50n));
  await books.disburse('loan', coins(50n), 1_000);
  for (let epoch = 1_100; epoch < END; epoch += 100) {
    await books.clock(epoch);
    const origin = { workflowId: 'accrual', key: `accrual/${epoch}` };
    const inside = (trx: Knex.Transaction) => advancePool(trx, POOL, epoch, origin);
    await books.app.transaction(inside);
    if (epoch % 300 === 0) await books.subscribe(`s-${epoch}`, 'ann', coins(1n));
  }
}, 60_000);
afterAll(() => books.close());

const of = (most?: number) => poolStatementOver(books.app, POOL, { by: 'epoch', from: 0, to: END }, most);

test('accruals that are too many to tell are told by the day; all else, and the balances, as before', async () => {
  const all = await of();
  const [most = 0] = all.sections.map(({ lines }) => lines.length);
  const short = await of(most - 1);
  const [each, daily] = [all.sections[0], short.sections[0]];
  if (each === undefined || daily === undefined) throw new Error('no section');
  const interest = each.lines.filter(({ kind }) => kind === 'accrual');
  const others = each.lines.filter(({ kind }) => kind !== 'accrual');
  const days = new Set(interest.map(({ bookedAt }) => bookedAt.slice(0, 10)));
  const told = daily.lines.filter(({ kind }) => kind === 'accrual');
  expect(told).toHaveLength(days.size);
  expect(told.reduce((sum, { journals }) => sum + journals, 0)).toBe(interest.length);
  expect(told[0]?.journalId).toBe(interest[0]?.journalId);
  expect(told.at(-1)?.lastJournalId).toBe(interest.at(-1)?.journalId);
  const plain = ({ journalId, change }: { journalId: number; change: bigint }) => [journalId, change];
  expect(daily.lines.filter(({ kind }) => kind !== 'accrual').map(plain)).toEqual(others.map(plain));
  for (const { lines, opening, closing } of short.sections) {
    expect(lines.reduce((sum, { change }) => sum + change, opening)).toBe(closing);
    for (const { balance } of lines) expect(balance).toBeGreaterThanOrEqual(0n);
  }
  expect([daily.opening, daily.closing]).toEqual([each.opening, each.closing]);
});

/** Statements: opening + lines = closing, every line a journal, and two that touch add up to the one over both. */
import fc from 'fast-check';
import type { Knex } from 'knex';
import { csvOf } from '../../api/csv';
import { statementCsv } from '../../api/statement-csv';
import { statementPdf } from '../../api/statement-pdf';
import { readPool } from '../../db/pool';
import { atto, coins, formatCoins } from '../../domain/money';
import type { RefusalError } from '../../domain/refusal';
import { isRefusal } from '../../domain/refusal';
import { valueOfShares } from '../../domain/share';
import { readPeriod, type Period, type Statement } from '../../domain/statement';
import { advancePool } from '../../ledger/pool';
import { balance } from '../../ledger/read';
import { customerStatement, poolStatementOver } from '../../ledger/read-statement';
import { placeRedemption } from '../../ledger/redemption';
import { openBooks, POOL, type Books } from './books';

const END = 4_000;
let books: Books;
let tokens: { ann: number; bo: number };

const inside = <T>(work: (trx: Knex.Transaction) => Promise<T>): Promise<T> => books.app.transaction(work);
/** The head that journals are booked at; the pool's clock follows it. */
async function at(epoch: number): Promise<void> {
  await books.owner.raw('SELECT ledger.note_head(?)', [epoch]);
  await books.clock(epoch);
}
const accrue = (epoch: number) =>
  inside((trx) => advancePool(trx, POOL, epoch, { workflowId: 'accrual', key: `accrual/${epoch}` }));
async function redeem(id: string, customerId: string, tokenId: number, amount: bigint | null): Promise<void> {
  await books.app('redemption').insert({
    ...{ id, customer_id: customerId, token_id: tokenId, workflow_id: `redemption/${id}` },
    amount: amount?.toString() ?? null,
  });
  await inside((trx) => placeRedemption(trx, id));
}

beforeAll(async () => {
  books = await openBooks();
  await at(100);
  await books.fund('ann', coins(100n));
  await books.fund('bo', coins(50n));
  await at(200);
  const ann = (await books.subscribe('s-ann', 'ann', coins(80n))).tokenId;
  await at(300);
  await books.commit('loan', coins(60n));
  await books.disburse('loan', coins(60n), 300);
  await at(700);
  await accrue(700);
  const bo = (await books.subscribe('s-bo', 'bo', coins(50n))).tokenId;
  await at(1200);
  await redeem('r1', 'ann', ann, coins(7n));
  await at(2000);
  await books.repay('loan', coins(20n), 1900);
  await at(2600);
  await redeem('r2', 'bo', bo, null);
  await at(3100);
  await accrue(3100);
  await books.fund('ann', atto(3n));
  await at(END);
  tokens = { ann, bo };
}, 60_000);
afterAll(() => books.close());

const epochs = (from: number, to: number): Period => ({ by: 'epoch', from, to });
const of = (id: string, period: Period): Promise<Statement> =>
  id === POOL ? poolStatementOver(books.app, id, period) : customerStatement(books.app, id, period);

/** What holds of every statement by itself. */
function sound({ sections, positions }: Statement): void {
  for (const { opening, lines, closing } of sections) {
    let held = opening;
    for (const line of lines) expect(line.balance).toBe((held += line.change));
    expect(held).toBe(closing);
    expect(opening).toBeGreaterThanOrEqual(0n);
  }
  for (const { opening, paidIn, paidOut, earned, closing } of positions)
    expect(opening + paidIn - paidOut + earned).toBe(closing);
}

/** One over [a, b) and one over [b, c) as one over [a, c). */
function joined(first: Statement, second: Statement): unknown {
  const sections = first.sections.map(({ account, opening, lines }, index) => {
    const next = second.sections[index];
    expect(next?.opening).toBe(first.sections[index]?.closing);
    return { account, opening, lines: [...lines, ...(next?.lines ?? [])], closing: next?.closing };
  });
  const ids = [...new Set([...first.positions, ...second.positions].map(({ tokenId }) => tokenId))];
  const positions = ids
    .sort((a, b) => a - b)
    .map((tokenId) => {
      const [one, two] = [first, second].map((part) => part.positions.find((p) => p.tokenId === tokenId));
      if (one !== undefined && two !== undefined) expect(two.opening).toBe(one.closing);
      const sum = (field: 'paidIn' | 'paidOut' | 'earned') => (one?.[field] ?? 0n) + (two?.[field] ?? 0n);
      return {
        ...{ tokenId, opening: one?.opening ?? 0n, closing: two?.closing ?? one?.closing },
        ...{ paidIn: sum('paidIn'), paidOut: sum('paidOut'), earned: sum('earned') },
      };
    });
  return { sections, positions };
}

const bare = ({ sections, positions }: Statement): unknown => ({
  sections,
  positions: positions.map(({ tokenId, opening, closing, paidIn, paidOut, earned }) => ({
    ...{ tokenId, opening, closing, paidIn, paidOut, earned },
  })),
});

test('whatever the cut, by epoch or by time: two statements that touch add up, of customers and of the pool', async () => {
  const { rows } = await books.app.raw<{ rows: { at: Date }[] }>(
    'SELECT DISTINCT booked_at AS at FROM ledger.journal ORDER BY 1',
  );
  const moments = rows.map((row) => row.at.getTime());
  const [first = 0, last = 0] = [moments[0], moments.at(-1)];
  const edges = fc.oneof(
    fc.uniqueArray(fc.integer({ min: 0, max: END + 1 }), { minLength: 3, maxLength: 3 }).map((all) => ({
      by: 'epoch' as const,
      at: all.sort((a, b) => a - b),
    })),
    fc
      .uniqueArray(fc.integer({ min: first - 5, max: last + 5 }), { minLength: 3, maxLength: 3 })
      .map((all) => ({ by: 'time' as const, at: all.sort((a, b) => a - b) })),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('ann', 'bo', POOL), edges, async (id, { by, at: cuts }) => {
      const period = (from: number, to: number): Period =>
        by === 'epoch'
          ? { by, from, to }
          : { by, from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      const [a = 0, b = 0, c = 0] = cuts;
      const parts = [await of(id, period(a, b)), await of(id, period(b, c))] as const;
      const whole = await of(id, period(a, c));
      for (const one of [...parts, whole]) sound(one);
      expect(joined(...parts)).toEqual(bare(whole));
    }),
    { numRuns: 60 },
  );
}, 120_000);

test('over everything a statement ends at what is there now, and each line is a journal', async () => {
  const ann = await of('ann', epochs(0, END + 1));
  const [available] = ann.sections;
  expect(available?.opening).toBe(0n);
  expect(available?.closing).toBe(
    (await balance(books.app, { code: 'customer.available', owner: 'ann' })).balance,
  );
  expect(available?.lines.map(({ kind, change }) => [kind, change])).toEqual([
    ['deposit', coins(100n)],
    ['subscription', -80n * 10n ** 18n],
    ['redemption', coins(7n)],
    ['deposit', 3n],
  ]);
  const pool = await readPool(books.app, POOL);
  const row = await books.app('position').where({ token_id: tokens.ann }).first<{ shares: string }>('shares');
  const [position] = ann.positions;
  expect(position).toMatchObject({ opening: 0n, paidIn: coins(80n), paidOut: coins(7n) });
  expect(pool && position?.closing).toBe(pool && valueOfShares(pool.pool, BigInt(row.shares)));
  expect(position?.earned).toBeGreaterThan(0n);
  const ids = ann.sections.flatMap(({ lines }) => lines.map(({ journalId }) => journalId));
  const journals = await books
    .app('ledger.journal')
    .whereIn('id', ids)
    .select<{ workflow_id: string }[]>('workflow_id');
  expect(journals).toHaveLength(ids.length);
  const flexible = await of(POOL, epochs(0, END + 1));
  const held = Object.fromEntries(flexible.sections.map(({ account, closing }) => [account, closing]));
  expect(held['pool.reserve']).toBe(pool?.pool.reserve);
  expect(held['loan.principal']).toBe(pool?.pool.principal);
  expect(await of('nobody', epochs(0, END))).toMatchObject({
    sections: [{ opening: 0n, lines: [] }],
    positions: [],
  });
});

test('a position that was emptied ends at nothing, with what it earned', async () => {
  const [bo] = (await of('bo', epochs(650, END + 1))).positions;
  expect(bo).toMatchObject({ opening: 0n, paidIn: coins(50n), closing: 0n });
  expect(bo?.earned).toBe((bo?.paidOut ?? 0n) - coins(50n));
});

describe('a period', () => {
  const now = { time: new Date('2026-11-23T12:00:00Z'), epoch: 500 };
  test.each([
    ['10', '500', { by: 'epoch', from: 10, to: 500 }],
    ['10', undefined, { by: 'epoch', from: 10, to: 500 }],
    [
      '2026-11-01',
      '2026-11-02T00:00:00+01:00',
      { by: 'time', from: '2026-11-01T00:00:00.000Z', to: '2026-11-01T23:00:00.000Z' },
    ],
    [undefined, undefined, { by: 'time', from: '2026-10-24T12:00:00.000Z', to: '2026-11-23T12:00:00.000Z' }],
  ])('%p to %p', (from, to, period) => {
    expect(readPeriod(from, to, now)).toEqual(period);
  });
  test.each([
    ['10', '10'],
    ['11', '10'],
    ['10', '501'],
    ['10', '2026-11-01'],
    ['2026-11-02', '2026-11-01'],
    ['2026-11-01', '2026-11-24'],
    ['2026-13-01', undefined],
    ['yesterday', undefined],
    ['2026-02-29', '2026-03-02'],
    ['0000-01-01', '2026-03-02'],
    ['1969-12-31', '2026-03-02'],
    [undefined, '10'],
  ])('%p to %p is none', (from, to) => {
    const period = readPeriod(from, to, now);
    expect(isRefusal(period) && period.refusal).toBe('period-invalid');
  });
});

test('too many lines make no statement', async () => {
  const told = (most: number) =>
    customerStatement(books.app, 'ann', epochs(0, END + 1), most).then(
      ({ sections }) => sections[0]?.lines.length,
      (error: unknown) => (error as RefusalError).code,
    );
  expect(await told(4)).toBe(4);
  expect(await told(3)).toBe('statement-too-long');
});

describe('written down', () => {
  test('a cell that a spreadsheet would run is text; figures stay figures', () => {
    const rows = [['=1+1', '+a', '-b', '@c', '\td', 'e"f', 'g,h', -5, '-5', '-0.5', null]];
    expect(csvOf(['x'], rows)).toBe(`x\r\n'=1+1,'+a,'-b,'@c,'\td,"e""f","g,h",-5,-5,-0.5,\r\n`);
  });

  test('as CSV: every line with its journal, amounts to the atto', async () => {
    const ann = await of('ann', epochs(0, END + 1));
    const rows = statementCsv(ann)
      .trimEnd()
      .split('\r\n')
      .map((text) => text.split(','));
    const [header = [], ...lines] = rows;
    const column = (name: string) => lines.map((cells) => cells[header.indexOf(name)] ?? '');
    expect(new Set(rows.map(({ length }) => length)).size).toBe(1);
    const moved = lines.filter((cells) => cells[0] === 'customer.available' && cells[5] !== '');
    expect(moved.map((cells) => cells[5])).toEqual(
      ann.sections[0]?.lines.map(({ journalId }) => String(journalId)),
    );
    expect(column('balance_atto')).toContain(ann.sections[0]?.closing.toString());
    expect(column('change_atto')).toContain(`${-80n * 10n ** 18n}`);
    expect(column('change_fil')).toContain('-80');
  });

  test('as PDF: the same figures, on numbered pages', async () => {
    const many = await of(POOL, epochs(0, END + 1));
    const pdf = await statementPdf(many, { compress: false });
    const text = textsOf(pdf);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    for (const { account, closing, lines } of many.sections) {
      expect(text).toContain(account);
      expect(text).toContain(formatCoins(closing));
      for (const { journalId, workflowId } of lines) {
        expect(text).toContain(String(journalId));
        expect(text).toContain(workflowId);
      }
    }
    expect(text.some((part) => /^Page 1 of \d+$/.test(part))).toBe(true);
  });

  test('a long one goes over many pages, and no line is lost on the way', async () => {
    const ann = await of('ann', epochs(0, END + 1));
    const [available] = ann.sections;
    const [line] = available?.lines ?? [];
    if (available === undefined || line === undefined) throw new Error('nothing moved');
    const lines = Array.from({ length: 300 }, (_, n) => ({ ...line, journalId: 700_000 + n }));
    const pdf = await statementPdf({ ...ann, sections: [{ ...available, lines }] }, { compress: false });
    const text = textsOf(pdf);
    expect(lines.filter(({ journalId }) => !text.includes(String(journalId)))).toEqual([]);
    const pages = pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;
    expect(pages).toBeGreaterThan(5);
    expect(text).toContain(`Page ${pages} of ${pages}`);
  });
});

/** What the text operators of an uncompressed PDF in a standard font show. */
function textsOf(pdf: Buffer): string[] {
  const shown = pdf.toString('latin1').match(/\[[^\]]*\] TJ/g) ?? [];
  return shown.map((part) =>
    (part.match(/<([0-9a-f]+)>/g) ?? [])
      .map((hex) => Buffer.from(hex.slice(1, -1), 'hex').toString('latin1'))
      .join(''),
  );
}

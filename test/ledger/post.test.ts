import type { Knex } from 'knex';
import { makeKnex } from '../../db/knex';
import { atto, coins, type Atto } from '../../domain/money';
import { CHART, credit, debit, type Journal } from '../../domain/posting';
import { post, type Posted } from '../../ledger/post';
import { balance, custodiesAt, custodyAt, identity, trialBalance } from '../../ledger/read';
import { auditLedger } from '../../ledger/read-audit';
import { accounts, accountStatement, journals } from '../../ledger/read-journal';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let knex: Knex;
let n = 0;

beforeAll(async () => {
  database = await freshDatabase();
  knex = makeKnex(database.appUrl);
});
afterAll(async () => {
  await knex.destroy();
  await database.drop();
});

/** FIL arrives at an address of its own for a customer of its own. */
function anArrival(fields: Partial<Journal> = {}, amount: Atto = coins(10n)): Journal {
  n += 1;
  return {
    key: `deposit/${n}/credit`,
    kind: 'deposit',
    asset: 'FIL',
    effectiveEpoch: 5,
    executedEpoch: 6,
    workflowId: `deposit/${n}`,
    postings: [debit('custody.deposit', `f1-${n}`, amount), credit('customer.available', `c-${n}`, amount)],
    ...fields,
  };
}
const owner = (journal: Journal, line: number): string => journal.postings[line]!.account.owner;
const write = (journal: Journal): Promise<Posted> => knex.transaction((trx) => post(trx, journal));
const available = async (id: string) => balance(knex, { code: 'customer.available', owner: id });

test('the chart of the code is the chart of the database', async () => {
  const rows = await knex('ledger.chart').select<{ code: string; normal_side: string }[]>(
    'code',
    'normal_side',
  );
  expect(Object.fromEntries(rows.map((row) => [row.code, row.normal_side]))).toEqual(CHART);
});

test('a journal moves balances and numbers its postings without gaps', async () => {
  const journal = anArrival();
  const { journalId, replayed } = await write(journal);
  expect(replayed).toBe(false);
  expect(await available(owner(journal, 1))).toEqual({
    balance: coins(10n),
    available: coins(10n),
    version: 1,
  });
  const { rows } = await journals(knex, { id: journalId }, { offset: 0, limit: 1 });
  expect(rows[0]).toMatchObject({ key: journal.key, kind: 'deposit', effectiveEpoch: 5, executedEpoch: 6 });
  expect(rows[0]!.postings.map(({ side, amount, balanceAfter }) => [side, amount, balanceAfter])).toEqual([
    ['D', coins(10n).toString(), coins(10n).toString()],
    ['C', coins(10n).toString(), coins(10n).toString()],
  ]);
});

test('the same key with the same content changes nothing and answers as the first time', async () => {
  const journal = anArrival();
  const first = await write(journal);
  expect(await write(journal)).toEqual({ journalId: first.journalId, replayed: true });
  expect((await available(owner(journal, 1))).version).toBe(1);
});

test.each<[string, Partial<Journal>]>([
  ['epoch', { effectiveEpoch: 7 }],
  ['kind', { kind: 'gift' }],
  ['workflow', { workflowId: 'deposit/other' }],
  ['amounts', { postings: [debit('custody.hot', 'x', atto(1n)), credit('equity', '', atto(1n))] }],
])('the same key with another %s is refused', async (_, other) => {
  const journal = anArrival();
  await write(journal);
  await expect(write({ ...journal, ...other })).rejects.toMatchObject({ code: 'idempotency-key-reused' });
  expect((await available(owner(journal, 1))).balance).toBe(coins(10n));
});

test('no account crosses zero, and what was refused has left nothing', async () => {
  const journal = anArrival();
  await write(journal);
  const customer = owner(journal, 1);
  const spend = (amount: Atto) =>
    anArrival({
      postings: [debit('customer.available', customer, amount), credit('pool.depositors', 'p', amount)],
    });
  const tooMuch = spend(atto(coins(10n) + 1n));
  await expect(write(tooMuch)).rejects.toMatchObject({ name: 'RefusalError', code: 'amount-above-balance' });
  expect((await journals(knex, { workflowId: tooMuch.workflowId }, { offset: 0, limit: 1 })).total).toBe(0);
  await write(spend(coins(10n)));
  expect((await available(customer)).balance).toBe(0n);
});

test.each<[string, Journal['postings']]>([
  ['does not balance', [debit('custody.hot', 'x', atto(2n)), credit('equity', '', atto(1n))]],
  ['has one line', [debit('custody.hot', 'x', atto(2n))]],
  ['has no line', []],
  ['has an amount of zero', [debit('custody.hot', 'x', atto(0n)), credit('equity', '', atto(0n))]],
  ['has a negative amount', [debit('custody.hot', 'x', atto(-1n)), credit('equity', '', atto(-1n))]],
  ['mixes assets', [debit('custody.hot', 'x', atto(1n)), credit('hsm.treasury', '', atto(1n))]],
])('a journal that %s is a fault', async (_, postings) => {
  await expect(write(anArrival({ postings }))).rejects.toMatchObject({ code: 'LS002' });
});

test('an amount finer than one atto is not rounded but refused', async () => {
  const line = (side: string, code: string) => ({ code, owner: 'x', side, amount: '1.5' });
  const journal = { ...anArrival(), postings: [line('D', 'custody.hot'), line('C', 'equity')] };
  await expect(knex.raw('SELECT ledger.post(?::jsonb)', [JSON.stringify(journal)])).rejects.toMatchObject({
    code: 'LS002',
  });
});

test('an account named twice in a journal is limited by the outcome', async () => {
  const journal = anArrival();
  await write(journal);
  const customer = owner(journal, 1);
  await write(
    anArrival({
      postings: [
        debit('customer.available', customer, coins(15n)),
        credit('customer.available', customer, coins(7n)),
        credit('pool.depositors', 'p', coins(8n)),
      ],
    }),
  );
  expect(await available(customer)).toEqual({ balance: coins(2n), available: coins(2n), version: 3 });
});

describe('holds', () => {
  async function held(amount: Atto): Promise<{ customer: string; hold: Journal }> {
    const arrival = anArrival();
    await write(arrival);
    const customer = owner(arrival, 1);
    const postings = [
      debit('customer.available', customer, amount),
      credit('withdrawal.payable', customer, amount),
    ];
    const hold = anArrival({ phase: 'pending', kind: 'hold', postings });
    await write(hold);
    return { customer, hold };
  }

  test('count against the limit and move nothing', async () => {
    const { customer } = await held(coins(6n));
    expect(await available(customer)).toMatchObject({ balance: coins(10n), available: coins(4n) });
    const postings = [
      debit('customer.available', customer, coins(5n)),
      credit('pool.depositors', 'p', coins(5n)),
    ];
    await expect(write(anArrival({ postings }))).rejects.toMatchObject({ code: 'amount-above-balance' });
  });

  test('settle whole, or in part with the rest released', async () => {
    const whole = await held(coins(6n));
    await write(anArrival({ phase: 'post_pending', pendingKey: whole.hold.key, postings: [] }));
    expect(await available(whole.customer)).toMatchObject({ balance: coins(4n), available: coins(4n) });
    const part = await held(coins(6n));
    const postings = part.hold.postings.map((line) => ({ ...line, amount: coins(1n) }));
    await write(anArrival({ phase: 'post_pending', pendingKey: part.hold.key, postings }));
    expect(await available(part.customer)).toMatchObject({ balance: coins(9n), available: coins(9n) });
  });

  test('void gives all back', async () => {
    const { customer, hold } = await held(coins(6n));
    await write(anArrival({ phase: 'void_pending', pendingKey: hold.key, postings: [] }));
    expect(await available(customer)).toMatchObject({ balance: coins(10n), available: coins(10n) });
  });

  test('end once, and never by more than was held', async () => {
    const { hold } = await held(coins(6n));
    const settle = (postings: Journal['postings']) =>
      write(anArrival({ phase: 'post_pending', pendingKey: hold.key, postings }));
    await expect(settle(hold.postings.map((line) => ({ ...line, amount: coins(7n) })))).rejects.toMatchObject(
      {
        code: 'LS002',
      },
    );
    await settle([]);
    await expect(settle([])).rejects.toMatchObject({ code: 'wrong-state' });
    const unknown = anArrival({ phase: 'void_pending', pendingKey: 'no such key', postings: [] });
    await expect(write(unknown)).rejects.toMatchObject({ code: 'LS002' });
  });
});

describe('reversals', () => {
  test('mirror the journal, once', async () => {
    const journal = anArrival();
    const { journalId } = await write(journal);
    const mirror = journal.postings.map((line) => ({
      ...line,
      side: line.side === 'debit' ? ('credit' as const) : ('debit' as const),
    }));
    const reverse = (postings: Journal['postings']) => write(anArrival({ reversesId: journalId, postings }));
    await expect(reverse(mirror.map((line) => ({ ...line, amount: coins(9n) })))).rejects.toMatchObject({
      code: 'LS002',
    });
    await reverse(mirror);
    expect((await available(owner(journal, 1))).balance).toBe(0n);
    await expect(reverse(mirror)).rejects.toMatchObject({ code: 'wrong-state' });
    const { rows } = await journals(knex, { id: journalId }, { offset: 0, limit: 1 });
    expect(rows[0]!.reversedById).not.toBeNull();
  });
});

test('the head the database knows is stamped on journals and does not go back', async () => {
  await knex.raw('SELECT ledger.note_head(120)');
  await knex.raw('SELECT ledger.note_head(90)');
  const { journalId } = await write(anArrival());
  const { rows } = await journals(knex, { id: journalId }, { offset: 0, limit: 1 });
  expect(rows[0]!.bookedEpoch).toBe(120);
});

test('custody at a tipset counts what was executed there or before', async () => {
  const postings = (amount: bigint) => [
    debit('custody.hot', 'f1-h', atto(amount)),
    credit('equity', '', atto(amount)),
  ];
  await write(anArrival({ executedEpoch: 50, postings: postings(5n) }));
  await write(anArrival({ executedEpoch: 51, postings: postings(7n) }));
  expect(await custodyAt(knex, 'f1-h', 49)).toBe(0n);
  expect(await custodyAt(knex, 'f1-h', 50)).toBe(5n);
  expect(await custodyAt(knex, 'f1-h', 51)).toBe(12n);
  for (const epoch of [49, 50, 51])
    expect((await custodiesAt(knex, epoch)).get('f1-h') ?? 0n).toBe(await custodyAt(knex, 'f1-h', epoch));
});

test('what people read adds up: trial balance, identity, accounts, statement, audit', async () => {
  const journal = anArrival();
  await write(journal);
  const gas = [debit('gas.expense', '', coins(1n)), credit('custody.deposit', owner(journal, 0), coins(1n))];
  await write(anArrival({ kind: 'gas', postings: gas }));
  const books = await trialBalance(knex);
  expect(books.balanced).toBe(true);
  expect(books.totals[0]).toMatchObject({ asset: 'FIL', debits: books.totals[0]!.credits });
  const told = await identity(knex);
  expect(told.holds).toBe(true);
  expect(BigInt(told.assets)).toBe(BigInt(told.claims) + BigInt(told.own));
  const { rows } = await accounts(knex, { owner: owner(journal, 0) }, { offset: 0, limit: 10 });
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ code: 'custody.deposit', balance: coins(9n).toString(), version: 2 });
  const statement = await accountStatement(knex, rows[0]!.id, { offset: 0, limit: 1 });
  expect(statement).toMatchObject({
    total: 2,
    rows: [{ kind: 'gas', side: 'C', balanceAfter: coins(9n).toString() }],
  });
  expect(await auditLedger(knex)).toEqual([]);
});

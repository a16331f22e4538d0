/** Who may do what to the books, tried for each role; and that what an owner can do in spite of all is found. */
import type { Knex } from 'knex';
import { makeKnex } from '../../db/knex';
import { coins } from '../../domain/money';
import { credit, debit } from '../../domain/posting';
import { post } from '../../ledger/post';
import { auditLedger } from '../../ledger/read-audit';
import { freshDatabase, type TestDatabase } from '../support/database';

let database: TestDatabase;
let app: Knex;
let signer: Knex;
let owner: Knex;

const DENIED = '42501';
const APPEND_ONLY = 'LS003';
const UNBALANCED = 'LS002';
const TABLES = ['asset', 'chart', 'account', 'balance', 'journal', 'posting', 'chain_head'];

const arrive = (key: string) => ({
  key,
  kind: 'deposit',
  asset: 'FIL' as const,
  effectiveEpoch: 1,
  executedEpoch: 2,
  workflowId: 'deposit/x',
  postings: [debit('custody.hot', 'f1h', coins(10n)), credit('customer.available', 'c', coins(10n))],
});

beforeAll(async () => {
  database = await freshDatabase();
  app = makeKnex(database.appUrl);
  signer = makeKnex(database.signerUrl);
  owner = makeKnex(database.ownerUrl);
  await app.transaction((trx) => post(trx, arrive('one')));
  await app.transaction((trx) => post(trx, arrive('two')));
});
afterAll(async () => {
  await Promise.all([app.destroy(), signer.destroy(), owner.destroy()]);
  await database.drop();
});
afterEach(async () => {
  expect(await auditLedger(app)).toEqual([]);
});

describe('the application role', () => {
  test.each(TABLES)('cannot write ledger.%s', async (table) => {
    await expect(
      app.raw(`INSERT INTO ledger.${table} OVERRIDING SYSTEM VALUE SELECT * FROM ledger.${table}`),
    ).rejects.toMatchObject({
      code: DENIED,
    });
    await expect(app.raw(`DELETE FROM ledger.${table}`)).rejects.toMatchObject({ code: DENIED });
    await expect(app.raw(`TRUNCATE ledger.${table} CASCADE`)).rejects.toMatchObject({ code: DENIED });
    const [column] = await columns(table);
    await expect(app.raw(`UPDATE ledger.${table} SET ${column} = ${column}`)).rejects.toMatchObject({
      code: DENIED,
    });
  });

  test.each([
    ['ledger.open_accounts', `SELECT ledger.open_accounts(1::smallint, '[]')`],
    [
      'ledger.write_lines',
      `SELECT ledger.write_lines(1, 1::smallint, 'posted', NULL, '{1,2}', '{D,C}', '{1,1}')`,
    ],
    ['triggers', 'ALTER TABLE ledger.posting DISABLE TRIGGER ALL'],
    ['the schema', 'CREATE TABLE ledger.mine (x int)'],
    ['replication mode', 'SET session_replication_role = replica'],
    ['the owner', 'SET ROLE loanstone_owner'],
  ])('cannot use %s', async (_, sql) => {
    await expect(app.raw(sql)).rejects.toMatchObject({ code: DENIED });
  });

  test('cannot slip its own tables under the function', async () => {
    await app.transaction(async (trx) => {
      await trx.raw('CREATE TEMP TABLE posting (LIKE ledger.posting) ON COMMIT DROP');
      await trx.raw('CREATE TEMP TABLE balance (LIKE ledger.balance) ON COMMIT DROP');
      const { journalId } = await post(trx, arrive('three'));
      const written = await trx('ledger.posting').where({ journal_id: journalId });
      expect(written).toHaveLength(2);
      expect(await trx('pg_temp.posting')).toEqual([]);
    });
  });
});

test('the signer reads no balance and posts nothing', async () => {
  await expect(signer.raw('SELECT * FROM ledger.balance')).rejects.toMatchObject({ code: DENIED });
  await expect(signer.transaction((trx) => post(trx, arrive('signer')))).rejects.toMatchObject({
    code: DENIED,
  });
});

async function columns(table: string): Promise<string[]> {
  const rows = await owner('information_schema.columns')
    .where({ table_schema: 'ledger', table_name: table, is_identity: 'NO' })
    .select<{ column_name: string }[]>('column_name');
  return rows.map((row) => row.column_name);
}

describe('the owner', () => {
  test.each(['asset', 'chart', 'account', 'journal', 'posting'])(
    'cannot change rows of ledger.%s',
    async (table) => {
      const [column] = await columns(table);
      for (const sql of [
        `UPDATE ledger.${table} SET ${column} = ${column}`,
        `DELETE FROM ledger.${table}`,
        `TRUNCATE ledger.${table} CASCADE`,
      ]) {
        await expect(owner.raw(sql)).rejects.toMatchObject({ code: APPEND_ONLY });
      }
    },
  );

  test('cannot take balances away', async () => {
    await expect(owner.raw('DELETE FROM ledger.balance')).rejects.toMatchObject({ code: APPEND_ONLY });
    await expect(owner.raw('TRUNCATE ledger.balance')).rejects.toMatchObject({ code: APPEND_ONLY });
  });

  const insert = (journal: string, line: number, side: string, amount: number) => `
    INSERT INTO ledger.posting (journal_id, line, account_id, asset_id, side, amount, balance_after, account_version)
    SELECT ${journal}, ${line}, account_id, 1, '${side}', ${amount}, 0, version + ${line} FROM ledger.balance
    ORDER BY account_id LIMIT 1`;

  test.each([
    ['a line added to an old journal', insert('(SELECT min(id) FROM ledger.journal)', 3, 'D', 1)],
    ['lines that do not sum to zero', `${insert('id', 1, 'D', 5)}; ${insert('id', 2, 'C', 4)}`],
    ['lines with a gap', `${insert('id', 1, 'D', 5)}; ${insert('id', 3, 'C', 5)}`],
  ])('cannot commit %s', async (_, sql) => {
    const writing = owner.transaction(async (trx) => {
      const { rows } = await trx.raw<{ rows: [{ id: number }] }>(
        `INSERT INTO ledger.journal (key, request_hash, kind, asset_id, phase, effective_epoch, booked_epoch, workflow_id)
         VALUES ('forged', sha256(''), 'forged', 1, 'posted', 0, 0, 'nobody') RETURNING id`,
      );
      await trx.raw(sql.replaceAll('SELECT id,', `SELECT ${rows[0].id},`));
    });
    await expect(writing).rejects.toMatchObject({ code: UNBALANCED });
  });

  test('cannot switch constraints off for a session', async () => {
    await expect(owner.raw('SET session_replication_role = replica')).rejects.toMatchObject({ code: DENIED });
  });

  const posting =
    'UPDATE ledger.posting SET amount = amount + 1 WHERE (journal_id, line) = (SELECT journal_id, line FROM ledger.posting LIMIT 1)';
  test.each<[string, string, string[]]>([
    ['an amount edited', posting, ['unbalanced journal', 'broken account chain', 'balance off its postings']],
    [
      'both sides edited',
      'UPDATE ledger.posting SET amount = amount + 1',
      ['broken account chain', 'balance off its postings'],
    ],
    [
      'a journal taken away',
      'DELETE FROM ledger.posting WHERE journal_id = (SELECT min(id) FROM ledger.journal)',
      ['unbalanced journal', 'broken account chain', 'balance off its postings'],
    ],
    [
      'a balance edited',
      "UPDATE ledger.balance SET debits_posted = debits_posted + 1 WHERE normal_side = 'D'",
      ['balance off its postings'],
    ],
    [
      'a balance edited with its version',
      'UPDATE ledger.balance SET version = version + 1',
      ['balance off its postings'],
    ],
  ])('who switches the triggers off is found: %s', async (_, sql, kinds) => {
    const trx = await owner.transaction();
    try {
      await trx.raw('ALTER TABLE ledger.posting DISABLE TRIGGER USER');
      await trx.raw(sql);
      const faults = await auditLedger(trx);
      expect([...new Set(faults.map(({ kind }) => kind))].sort()).toEqual([...kinds].sort());
    } finally {
      await trx.rollback();
    }
  });
});

/** Journals and accounts as lists, for people who read the books. */
import type { Knex } from 'knex';
import { attoText, type AttoText } from '../domain/money';
import type { AccountCode, Asset } from '../domain/posting';

export interface Page {
  readonly offset: number;
  readonly limit: number;
  /** Newest first by default. */
  readonly order?: 'asc' | 'desc';
}

export interface PostingView {
  readonly accountId: number;
  readonly code: AccountCode;
  readonly owner: string;
  readonly side: 'D' | 'C';
  readonly amount: AttoText;
  /** Posted balance of the account after this line, on its normal side. */
  readonly balanceAfter: AttoText;
  readonly accountVersion: number;
}

export interface JournalView {
  readonly id: number;
  readonly key: string;
  readonly kind: string;
  readonly asset: Asset;
  readonly phase: 'posted' | 'pending' | 'post_pending' | 'void_pending';
  readonly pendingId: number | null;
  readonly reversesId: number | null;
  readonly reversedById: number | null;
  readonly poolId: string | null;
  readonly loanId: string | null;
  readonly effectiveEpoch: number;
  readonly executedEpoch: number | null;
  readonly bookedEpoch: number;
  readonly bookedAt: string;
  readonly workflowId: string;
  readonly approvalId: string | null;
  readonly messageCid: string | null;
  readonly postings: readonly PostingView[];
}

export interface JournalFilter {
  readonly id?: number;
  readonly ids?: readonly number[];
  readonly kind?: string;
  readonly workflowId?: string;
  readonly poolId?: string;
  readonly loanId?: string;
  readonly messageCid?: string;
  readonly accountId?: number;
}

export interface Listed<Row> {
  readonly rows: readonly Row[];
  readonly total: number;
}

type JournalRow = Omit<JournalView, 'bookedAt' | 'postings'> & {
  bookedAt: Date;
  postings: readonly PostingView[];
};

const COLUMNS: Record<Exclude<keyof JournalFilter, 'ids' | 'accountId'>, string> = {
  id: 'j.id',
  kind: 'j.kind',
  workflowId: 'j.workflow_id',
  poolId: 'j.pool_id',
  loanId: 'j.loan_id',
  messageCid: 'j.message_cid',
};

function conditions({ ids, accountId, ...plain }: JournalFilter): { where: string; bindings: unknown[] } {
  const parts = ['true'];
  const bindings: unknown[] = [];
  const add = (part: string, value: unknown): void => {
    parts.push(part);
    bindings.push(value);
  };
  for (const [name, column] of Object.entries(COLUMNS)) {
    const value = plain[name as keyof typeof plain];
    if (value !== undefined) add(`${column} = ?`, value);
  }
  if (ids !== undefined) add('j.id = ANY (?::bigint[])', ids);
  if (accountId !== undefined)
    add('j.id IN (SELECT journal_id FROM ledger.posting WHERE account_id = ?)', accountId);
  return { where: parts.join(' AND '), bindings };
}

const JOURNALS = `
  SELECT j.id, j.key, j.kind, s.code AS asset, j.phase, j.pending_id AS "pendingId", j.reverses_id AS "reversesId",
    r.id AS "reversedById", j.pool_id AS "poolId", j.loan_id AS "loanId", j.effective_epoch AS "effectiveEpoch",
    j.executed_epoch AS "executedEpoch", j.booked_epoch AS "bookedEpoch", j.booked_at AS "bookedAt",
    j.workflow_id AS "workflowId", j.approval_id AS "approvalId", j.message_cid AS "messageCid",
    (SELECT jsonb_agg(jsonb_build_object('accountId', a.id, 'code', a.code, 'owner', a.owner, 'side', p.side,
      'amount', p.amount::text, 'balanceAfter', p.balance_after::text, 'accountVersion', p.account_version)
      ORDER BY p.line)
     FROM ledger.posting p JOIN ledger.account a ON a.id = p.account_id WHERE p.journal_id = j.id) AS postings
  FROM ledger.journal j JOIN ledger.asset s ON s.id = j.asset_id LEFT JOIN ledger.journal r ON r.reverses_id = j.id`;

/** Journals with their postings. Workflow ids and CIDs are matched whole. */
export async function journals(db: Knex, filter: JournalFilter, page: Page): Promise<Listed<JournalView>> {
  const { where, bindings } = conditions(filter);
  const order = page.order === 'asc' ? 'ASC' : 'DESC';
  const { rows } = await db.raw<{ rows: JournalRow[] }>(
    `${JOURNALS} WHERE ${where} ORDER BY j.id ${order} LIMIT ? OFFSET ?`,
    [...bindings, page.limit, page.offset] as Knex.RawBinding[],
  );
  const count = await db.raw<{ rows: [{ total: number }] }>(
    `SELECT count(*) AS total FROM ledger.journal j WHERE ${where}`,
    bindings as Knex.RawBinding[],
  );
  return {
    rows: rows.map((row) => ({ ...row, bookedAt: row.bookedAt.toISOString() })),
    total: count.rows[0].total,
  };
}

export interface AccountView {
  readonly id: number;
  readonly asset: Asset;
  readonly code: AccountCode;
  readonly owner: string;
  readonly normalSide: 'D' | 'C';
  readonly balance: AttoText;
  readonly debits: AttoText;
  readonly credits: AttoText;
  readonly pendingDebits: AttoText;
  readonly pendingCredits: AttoText;
  readonly version: number;
}

export interface AccountFilter {
  readonly id?: number;
  readonly code?: string;
  readonly owner?: string;
}

/** Accounts with their balances, by code and owner. */
export async function accounts(db: Knex, filter: AccountFilter, page: Page): Promise<Listed<AccountView>> {
  const query = db('ledger.account as a').where(
    Object.fromEntries(Object.entries(filter).map(([name, value]) => [`a.${name}`, value as Knex.Value])),
  );
  const [count] = await query.clone().count<{ count: number }[]>('* as count');
  const rows = await query
    .join('ledger.balance as b', 'b.account_id', 'a.id')
    .join('ledger.asset as s', 's.id', 'a.asset_id')
    .orderBy(['a.code', 'a.owner'].map((column) => ({ column, order: page.order ?? 'asc' })))
    .limit(page.limit)
    .offset(page.offset)
    .select<Omit<AccountView, 'balance'>[]>({
      id: 'a.id',
      asset: 's.code',
      code: 'a.code',
      owner: 'a.owner',
      normalSide: 'b.normal_side',
      debits: 'b.debits_posted',
      credits: 'b.credits_posted',
      pendingDebits: 'b.debits_pending',
      pendingCredits: 'b.credits_pending',
      version: 'b.version',
    });
  return {
    rows: rows.map((row) => {
      const difference = BigInt(row.debits) - BigInt(row.credits);
      return { ...row, balance: attoText(row.normalSide === 'D' ? difference : -difference) };
    }),
    total: count?.count ?? 0,
  };
}

export interface StatementLine {
  readonly journalId: number;
  readonly kind: string;
  readonly workflowId: string;
  readonly effectiveEpoch: number;
  readonly bookedAt: string;
  readonly side: 'D' | 'C';
  readonly amount: AttoText;
  readonly balanceAfter: AttoText;
  readonly accountVersion: number;
}

/** One account's movements with the balance after each, newest first unless asked otherwise. */
export async function accountStatement(
  db: Knex,
  accountId: number,
  page: Page,
): Promise<Listed<StatementLine>> {
  const query = db('ledger.posting as p').where('p.account_id', accountId);
  const [count] = await query.clone().count<{ count: number }[]>('* as count');
  const rows = await query
    .join('ledger.journal as j', 'j.id', 'p.journal_id')
    .orderBy('p.account_version', page.order ?? 'desc')
    .limit(page.limit)
    .offset(page.offset)
    .select<(Omit<StatementLine, 'bookedAt'> & { bookedAt: Date })[]>({
      journalId: 'j.id',
      kind: 'j.kind',
      workflowId: 'j.workflow_id',
      effectiveEpoch: 'j.effective_epoch',
      bookedAt: 'j.booked_at',
      side: 'p.side',
      amount: 'p.amount',
      balanceAfter: 'p.balance_after',
      accountVersion: 'p.account_version',
    });
  return {
    rows: rows.map((row) => ({ ...row, bookedAt: row.bookedAt.toISOString() })),
    total: count?.count ?? 0,
  };
}

/** Balances, the trial balance, the identity of design 4. Lists of journals and accounts: ledger/read-journal.ts. */
import type { Knex } from 'knex';
import { atto, attoText, type Atto, type AttoText } from '../domain/money';
import type { AccountCode, AccountRef, Asset } from '../domain/posting';

export interface Balance {
  /** Posted, on the account's normal side, in atto; never negative. */
  readonly balance: Atto;
  /** What is left of it after holds against it. */
  readonly available: Atto;
  /** Number of postings so far. */
  readonly version: number;
}

interface BalanceRow {
  readonly normal_side: 'D' | 'C';
  readonly debits_posted: string;
  readonly credits_posted: string;
  readonly debits_pending: string;
  readonly credits_pending: string;
  readonly version: number;
}

/** One account's balance; zero where it was never used. */
export async function balance(db: Knex, { code, owner }: AccountRef): Promise<Balance> {
  const { rows } = await db.raw<{ rows: BalanceRow[] }>(
    `SELECT b.* FROM ledger.account a JOIN ledger.balance b ON b.account_id = a.id WHERE a.code = ? AND a.owner = ?`,
    [code, owner],
  );
  const [row] = rows;
  if (row === undefined) return { balance: atto(0n), available: atto(0n), version: 0 };
  const debits = BigInt(row.debits_posted);
  const credits = BigInt(row.credits_posted);
  const [posted, held] =
    row.normal_side === 'D'
      ? [debits - credits, row.credits_pending]
      : [credits - debits, row.debits_pending];
  return { balance: atto(posted), available: atto(posted - BigInt(held)), version: row.version };
}

export interface TrialBalanceRow {
  readonly asset: Asset;
  readonly code: AccountCode;
  readonly normalSide: 'D' | 'C';
  readonly accounts: number;
  readonly debits: AttoText;
  readonly credits: AttoText;
  /** On the normal side. */
  readonly balance: AttoText;
}

export interface TrialBalance {
  readonly rows: readonly TrialBalanceRow[];
  readonly totals: readonly {
    readonly asset: Asset;
    readonly debits: AttoText;
    readonly credits: AttoText;
  }[];
  /** Debits equal credits in each asset. */
  readonly balanced: boolean;
}

type Sums = Omit<TrialBalanceRow, 'debits' | 'credits' | 'balance'> & { debits: string; credits: string };

async function sums(db: Knex): Promise<readonly Sums[]> {
  const { rows } = await db.raw<{ rows: Sums[] }>(`
    SELECT s.code AS asset, c.code, c.normal_side AS "normalSide", count(a.id) AS accounts,
      coalesce(sum(b.debits_posted), 0) AS debits, coalesce(sum(b.credits_posted), 0) AS credits
    FROM ledger.chart c JOIN ledger.asset s ON s.id = c.asset_id
      LEFT JOIN ledger.account a ON a.code = c.code LEFT JOIN ledger.balance b ON b.account_id = a.id
    GROUP BY s.id, c.code ORDER BY s.id, c.normal_side DESC, c.code`);
  return rows;
}

const net = ({ normalSide, debits, credits }: Sums): bigint =>
  normalSide === 'D' ? BigInt(debits) - BigInt(credits) : BigInt(credits) - BigInt(debits);

/** Debits, credits and balance of each code of the chart, from the balances of one moment. Codes never used are left out. */
export async function trialBalance(db: Knex): Promise<TrialBalance> {
  const all = await sums(db);
  const rows = all
    .filter(({ accounts }) => accounts > 0)
    .map((row) => ({
      ...row,
      debits: attoText(BigInt(row.debits)),
      credits: attoText(BigInt(row.credits)),
      balance: attoText(net(row)),
    }));
  const totals = [...new Set(all.map(({ asset }) => asset))].map((asset) => {
    const of = all.filter((row) => row.asset === asset);
    const total = (side: 'debits' | 'credits') =>
      attoText(of.reduce((sum, row) => sum + BigInt(row[side]), 0n));
    return { asset, debits: total('debits'), credits: total('credits') };
  });
  return { rows, totals, balanced: totals.every(({ debits, credits }) => debits === credits) };
}

export interface Identity {
  readonly asset: 'FIL';
  /** Σ custody + Σ loan.principal + Σ pool.interest. */
  readonly assets: AttoText;
  /** Customers + depositors + reserve + rounds + payables + suspense. */
  readonly claims: AttoText;
  /** Equity + fee income − gas − write-offs: what the platform itself owns; '-…' where it spent others' money. */
  readonly own: string;
  readonly holds: boolean;
}

const EXPENSES: readonly AccountCode[] = ['gas.expense', 'writeoff.expense'];
const OWN: readonly AccountCode[] = ['equity', 'fee.income'];

/** The identity of design 4 for FIL: assets = claims + own. */
export async function identity(db: Knex): Promise<Identity> {
  let [assets, claims, own] = [0n, 0n, 0n];
  for (const row of await sums(db)) {
    if (row.asset !== 'FIL') continue;
    if (EXPENSES.includes(row.code)) own -= net(row);
    else if (OWN.includes(row.code)) own += net(row);
    else if (row.normalSide === 'D') assets += net(row);
    else claims += net(row);
  }
  return {
    asset: 'FIL',
    assets: attoText(assets),
    claims: attoText(claims),
    own: own.toString(),
    holds: assets === claims + own,
  };
}

/** What the ledger says of every address at once, as `custodyAt` does of one; addresses without postings are left out. */
export async function custodiesAt(db: Knex, executedEpoch: number): Promise<ReadonlyMap<string, Atto>> {
  const { rows } = await db.raw<{ rows: { owner: string; held: string }[] }>(
    `SELECT a.owner, sum(CASE p.side WHEN 'D' THEN p.amount ELSE -p.amount END) AS held
     FROM ledger.account a JOIN ledger.posting p ON p.account_id = a.id JOIN ledger.journal j ON j.id = p.journal_id
     WHERE a.code LIKE 'custody.%' AND j.phase IN ('posted', 'post_pending') AND j.executed_epoch <= ?
     GROUP BY a.owner`,
    [executedEpoch],
  );
  return new Map(rows.map(({ owner, held }) => [owner, atto(BigInt(held))]));
}

/**
 * What the ledger says an address holds at the state of a tipset: Σ custody postings of it whose message was executed
 * at `executedEpoch` or before, in atto. Equals the chain's balance there, exactly.
 */
export async function custodyAt(db: Knex, owner: string, executedEpoch: number): Promise<Atto> {
  const { rows } = await db.raw<{ rows: [{ held: string }] }>(
    `SELECT coalesce(sum(CASE p.side WHEN 'D' THEN p.amount ELSE -p.amount END), 0) AS held
     FROM ledger.account a JOIN ledger.posting p ON p.account_id = a.id JOIN ledger.journal j ON j.id = p.journal_id
     WHERE a.code LIKE 'custody.%' AND a.owner = ? AND j.phase IN ('posted', 'post_pending') AND j.executed_epoch <= ?`,
    [owner, executedEpoch],
  );
  return atto(BigInt(rows[0].held));
}

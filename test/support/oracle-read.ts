/** What the oracle reads: rate versions, journals with their lines, and the buckets of a pool. Imports nothing of the product. */
import type { Query } from './oracle';

export interface Rate {
  readonly from: number;
  readonly base: bigint;
  readonly s1: bigint;
  readonly s2: bigint;
  readonly kink: bigint;
  readonly cut: bigint;
  readonly year: bigint;
}

export interface Line {
  readonly code: string;
  readonly owner: string;
  readonly side: string;
  readonly amount: string;
}

export interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly epoch: number;
  readonly loan: string | null;
  readonly lines: readonly Line[];
}

export const text = (row: Record<string, unknown>, name: string): string => String(row[name]);

export async function readRates(query: Query, poolId: string): Promise<Rate[]> {
  const rows = await query(
    `SELECT from_epoch::text, base::text, slope1::text, slope2::text, kink::text, reserve_factor::text,
       epochs_per_year::text FROM rate_version WHERE pool_id = $1 ORDER BY from_epoch`,
    [poolId],
  );
  return rows.map((row) => ({
    from: Number(text(row, 'from_epoch')),
    base: BigInt(text(row, 'base')),
    s1: BigInt(text(row, 'slope1')),
    s2: BigInt(text(row, 'slope2')),
    kink: BigInt(text(row, 'kink')),
    cut: BigInt(text(row, 'reserve_factor')),
    year: BigInt(text(row, 'epochs_per_year')),
  }));
}

export async function readEntries(query: Query, poolId: string): Promise<Entry[]> {
  const rows = await query(
    `SELECT j.id::text, j.kind, j.effective_epoch::text, j.loan_id, l.lines FROM ledger.journal j
     JOIN LATERAL (SELECT jsonb_agg(jsonb_build_object('code', a.code, 'owner', a.owner, 'side', p.side,
         'amount', p.amount::text)) AS lines,
         bool_or(a.code LIKE 'pool.%' AND a.owner = $1
           OR a.code = 'loan.principal' AND a.owner IN (SELECT loan_id FROM loan_account WHERE pool_id = $1)) AS ours
       FROM ledger.posting p JOIN ledger.account a ON a.id = p.account_id WHERE p.journal_id = j.id) l ON l.ours
       OR j.kind = 'repayment' AND j.loan_id IN (SELECT loan_id FROM loan_account WHERE pool_id = $1)
     ORDER BY j.id`,
    [poolId],
  );
  return rows.map((row) => ({
    id: text(row, 'id'),
    kind: text(row, 'kind'),
    epoch: Number(text(row, 'effective_epoch')),
    loan: row['loan_id'] === null ? null : text(row, 'loan_id'),
    lines: row['lines'] as Line[],
  }));
}

/** Debits less credits of a code, over the lines of one journal. */
export function net(entry: Entry, code: (code: string) => boolean): bigint {
  let sum = 0n;
  for (const line of entry.lines) {
    if (code(line.code)) sum += line.side === 'D' ? BigInt(line.amount) : -BigInt(line.amount);
  }
  return sum;
}
export const is = (wanted: string) => (code: string) => code === wanted;

export interface Buckets {
  readonly fixed: Readonly<Record<string, bigint | null>>;
  /** A bucket's index counts from the epoch at which it was opened. */
  readonly opened: Readonly<Record<string, number>>;
}

export function bucketsOf(rows: readonly Record<string, unknown>[]): Buckets {
  const of = <T>(value: (row: Record<string, unknown>) => T) =>
    Object.fromEntries(rows.map((row) => [text(row, 'bucket'), value(row)]));
  return {
    fixed: of((row) => (row['fixed_apr'] === null ? null : BigInt(text(row, 'fixed_apr')))),
    opened: of((row) => Number(text(row, 'opened_epoch'))),
  };
}

/** Shares that the payment of a redemption burnt, by the id of its journal. */
export async function readBurnt(query: Query, poolId: string): Promise<Record<string, bigint>> {
  const rows = await query(
    `SELECT f.journal_id::text, f.shares::text FROM redemption_fill f
     JOIN redemption r ON r.id = f.redemption_id WHERE r.pool_id = $1`,
    [poolId],
  );
  return Object.fromEntries(rows.map((row) => [text(row, 'journal_id'), BigInt(text(row, 'shares'))]));
}

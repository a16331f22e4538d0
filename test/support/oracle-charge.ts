/**
 * The oracle's second opinion on fee, penalty and the order of a payment, written from docs/money.md and not from the
 * code it judges: it imports nothing of the product and counts the penalty epoch by epoch.
 */
import type { Query } from './oracle';

const ONE = 1_000_000_000_000_000_000_000_000_000n;

/** What was agreed for a loan. */
interface Agreed {
  readonly term: number | null;
  readonly fee: bigint;
  readonly rate: bigint;
  readonly order: readonly string[];
  /** The maturity from an epoch on. */
  readonly extensions: readonly { readonly from: number; readonly due: number }[];
}

export interface Dues {
  readonly penalty: bigint;
  readonly fee: bigint;
}

/** A loan's charges as its journals make them. */
export class LoanCharges {
  private begun: number | null = null;
  private counted = 0;
  private raw = 0n;
  private paid = { penalty: 0n, fee: 0n };
  private readonly agreed: Agreed;

  constructor(agreed: Agreed) {
    this.agreed = agreed;
  }

  private dueAt(epoch: number): number {
    const moved = this.agreed.extensions.filter(({ from }) => from <= epoch).at(-1);
    return moved?.due ?? (this.begun ?? 0) + (this.agreed.term ?? 0);
  }

  /** Every epoch from the last count to this one, by the maturity in force at each. */
  count(principal: bigint, epoch: number): void {
    if (this.begun === null) return;
    for (; this.counted < epoch; this.counted += 1) {
      if (this.counted >= this.dueAt(this.counted)) this.raw += principal * this.agreed.rate;
    }
  }

  begin(epoch: number): void {
    if (this.begun !== null || this.agreed.term === null) return;
    this.begun = epoch;
    this.counted = epoch;
  }

  due(): Dues {
    if (this.begun === null) return { penalty: 0n, fee: 0n };
    const whole = this.raw % ONE === 0n ? this.raw / ONE : this.raw / ONE + 1n;
    return { penalty: whole - this.paid.penalty, fee: this.agreed.fee - this.paid.fee };
  }

  /** Splits what arrived in the agreed order; gives what reaches each part, and what is left. */
  split(arrived: bigint, dues: Readonly<Record<string, bigint>>): Record<string, bigint> {
    const got: Record<string, bigint> = { rest: arrived };
    for (const part of this.agreed.order) {
      const wanted = dues[part] ?? 0n;
      const rest = got['rest'] ?? 0n;
      got[part] = wanted < rest ? wanted : rest;
      got['rest'] = rest - (got[part] ?? 0n);
    }
    return got;
  }

  pay(got: Readonly<Record<string, bigint>>): void {
    this.paid = {
      penalty: this.paid.penalty + (got['penalty'] ?? 0n),
      fee: this.paid.fee + (got['fee'] ?? 0n),
    };
  }

  /** The figures that the product stores. */
  stored(): Readonly<Record<string, bigint>> {
    return { raw: this.raw, penalty: this.paid.penalty, fee: this.paid.fee };
  }
}

/** What was agreed for each loan of a pool. */
export async function readCharges(query: Query, poolId: string): Promise<Record<string, LoanCharges>> {
  const rows = await query(
    `SELECT l.loan_id, l.term_epochs::text, l.fee::text, l.penalty_rate::text, to_jsonb(l.waterfall) AS waterfall,
       coalesce((SELECT jsonb_agg(jsonb_build_object('from', e.granted_epoch, 'due', e.to_epoch) ORDER BY e.n)
         FROM loan_extension e WHERE e.loan_id = l.loan_id AND e.state = 'granted'), '[]') AS extensions
     FROM loan_account l WHERE l.pool_id = $1`,
    [poolId],
  );
  return Object.fromEntries(
    rows.map((row) => [
      String(row['loan_id']),
      new LoanCharges({
        term: row['term_epochs'] === null ? null : Number(row['term_epochs']),
        fee: BigInt(String(row['fee'])),
        rate: BigInt(String(row['penalty_rate'])),
        order: row['waterfall'] as string[],
        extensions: row['extensions'] as { from: number; due: number }[],
      }),
    ]),
  );
}

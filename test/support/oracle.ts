/**
 * A second opinion on pools: recomputed from journals, rate versions and epochs alone, written from design 5 and not
 * from the code it judges — it imports nothing of the product. Amounts in atto, rates and indexes in ray.
 */

/** Runs one statement with `$1`-style parameters; rows as objects. */
export type Query = (sql: string, params: readonly string[]) => Promise<readonly Record<string, unknown>[]>;

export interface RecomputedPool {
  /** cash + committed: a commitment moves no money, so journals do not tell them apart. */
  readonly liquid: bigint;
  readonly debt: bigint;
  readonly principal: bigint;
  readonly reserve: bigint;
  readonly claim: bigint;
  readonly shares: bigint;
  readonly interest: bigint;
  readonly lastEpoch: number;
  readonly buckets: Readonly<Record<string, { index: bigint; scaled: bigint }>>;
  readonly loans: Readonly<Record<string, { scaled: bigint; principal: bigint }>>;
  /** Shares minted, by the id of the subscription's journal. */
  readonly minted: Readonly<Record<string, bigint>>;
  /** Sentences: journals that say something else than the recomputation. */
  readonly differences: readonly string[];
}

const ONE = 1_000_000_000_000_000_000_000_000_000n;
const VIRTUAL = 1_000_000n;
const up = (a: bigint, b: bigint): bigint => (a % b === 0n ? a / b : a / b + 1n);

interface Rate {
  readonly from: number;
  readonly base: bigint;
  readonly s1: bigint;
  readonly s2: bigint;
  readonly kink: bigint;
  readonly cut: bigint;
  readonly year: bigint;
}

interface Line {
  readonly code: string;
  readonly owner: string;
  readonly side: string;
  readonly amount: string;
}

interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly epoch: number;
  readonly loan: string | null;
  readonly lines: readonly Line[];
}

const text = (row: Record<string, unknown>, name: string): string => String(row[name]);

async function readRates(query: Query, poolId: string): Promise<Rate[]> {
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

async function readEntries(query: Query, poolId: string): Promise<Entry[]> {
  const rows = await query(
    `SELECT j.id::text, j.kind, j.effective_epoch::text, j.loan_id, l.lines FROM ledger.journal j
     JOIN LATERAL (SELECT jsonb_agg(jsonb_build_object('code', a.code, 'owner', a.owner, 'side', p.side,
         'amount', p.amount::text)) AS lines,
         bool_or(a.code LIKE 'pool.%' AND a.owner = $1
           OR a.code = 'loan.principal' AND a.owner IN (SELECT loan_id FROM loan_account WHERE pool_id = $1)) AS ours
       FROM ledger.posting p JOIN ledger.account a ON a.id = p.account_id WHERE p.journal_id = j.id) l ON l.ours
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
function net(entry: Entry, code: (code: string) => boolean): bigint {
  let sum = 0n;
  for (const line of entry.lines) {
    if (code(line.code)) sum += line.side === 'D' ? BigInt(line.amount) : -BigInt(line.amount);
  }
  return sum;
}
const is = (wanted: string) => (code: string) => code === wanted;

class Books {
  liquid = 0n;
  reserve = 0n;
  shares = 0n;
  interest = 0n;
  epoch = 0;
  readonly index: Record<string, bigint> = {};
  readonly scaled: Record<string, bigint> = {};
  readonly loans: Record<string, { scaled: bigint; principal: bigint }> = {};
  readonly minted: Record<string, bigint> = {};
  readonly differences: string[] = [];
  private readonly rates: readonly Rate[];
  private readonly fixed: Readonly<Record<string, bigint | null>>;
  private readonly bucketOf: Readonly<Record<string, string>>;

  constructor(
    rates: readonly Rate[],
    fixed: Readonly<Record<string, bigint | null>>,
    bucketOf: Readonly<Record<string, string>>,
  ) {
    this.rates = rates;
    this.fixed = fixed;
    this.bucketOf = bucketOf;
    for (const name of Object.keys(fixed)) {
      this.index[name] = ONE;
      this.scaled[name] = 0n;
    }
  }

  debt(): bigint {
    let sum = 0n;
    for (const name of Object.keys(this.index)) sum += (this.scaled[name]! * this.index[name]!) / ONE;
    return sum;
  }

  claim(): bigint {
    return this.liquid + this.debt() - this.reserve;
  }

  /** Epoch by epoch; only stretches in which every rate is zero are skipped. */
  to(epoch: number): void {
    if (epoch < this.epoch)
      this.differences.push(`a journal of epoch ${epoch} comes after epoch ${this.epoch}`);
    while (this.epoch < epoch) {
      const rate = [...this.rates].reverse().find(({ from }) => from <= this.epoch);
      if (rate === undefined) throw new Error(`no rate at epoch ${this.epoch}`);
      const debt = this.debt();
      const idle = debt === 0n && rate.base === 0n && Object.values(this.fixed).every((apr) => apr === null);
      if (idle) {
        const next = this.rates.find(({ from }) => from > this.epoch)?.from ?? epoch;
        this.epoch = Math.min(next, epoch);
        continue;
      }
      const assets = this.liquid + debt - this.reserve;
      const used = debt === 0n ? 0n : assets <= debt ? ONE : (debt * ONE) / assets;
      const curve =
        used <= rate.kink
          ? rate.base + (rate.s1 * used) / rate.kink
          : rate.base + rate.s1 + (rate.s2 * (used - rate.kink)) / (ONE - rate.kink);
      for (const name of Object.keys(this.index)) {
        const perEpoch = (this.fixed[name] ?? curve) / rate.year;
        this.index[name] = this.index[name]! + up(this.index[name]! * perEpoch, ONE);
      }
      const grown = this.debt() - debt;
      this.interest += grown;
      this.reserve += up(grown * rate.cut, ONE);
      this.epoch += 1;
    }
  }

  expect(entry: Entry, what: string, found: bigint, expected: bigint): void {
    if (found !== expected)
      this.differences.push(
        `journal ${entry.id} (${entry.kind}): ${what} is ${found}, should be ${expected}`,
      );
  }

  subscription(entry: Entry): void {
    const amount = -net(entry, is('pool.depositors'));
    const shares = (amount * (this.shares + VIRTUAL)) / (this.claim() + 1n);
    this.minted[entry.id] = shares;
    this.shares += shares;
    this.liquid += amount;
  }

  private loan(entry: Entry): { name: string; loan: { scaled: bigint; principal: bigint } } {
    const name = this.bucketOf[entry.loan ?? ''];
    if (entry.loan === null || name === undefined)
      throw new Error(`journal ${entry.id} is of an unknown loan`);
    return { name, loan: (this.loans[entry.loan] ??= { scaled: 0n, principal: 0n }) };
  }

  disbursement(entry: Entry): void {
    const { name, loan } = this.loan(entry);
    const before = this.debt();
    const amount = -net(entry, (code) => code.startsWith('custody.'));
    const scaled = up(amount * ONE, this.index[name]!);
    this.scaled[name] = this.scaled[name]! + scaled;
    loan.scaled += scaled;
    loan.principal += amount;
    this.liquid -= amount;
    this.expect(entry, 'loan.principal', net(entry, is('loan.principal')), amount);
    this.settle(entry, this.debt() - before - amount);
  }

  repayment(entry: Entry): void {
    const { name, loan } = this.loan(entry);
    const before = this.debt();
    const index = this.index[name]!;
    const arrived = net(entry, (code) => code.startsWith('custody.'));
    const owed = up(loan.scaled * index, ONE);
    const whole = arrived >= owed;
    const paid = whole ? owed : arrived;
    const due = whole ? owed - loan.principal : (loan.scaled * index) / ONE - loan.principal;
    const interest = paid < due ? paid : due;
    const scaled = whole ? loan.scaled : (paid * ONE) / index;
    this.scaled[name] = this.scaled[name]! - scaled;
    loan.scaled -= scaled;
    loan.principal -= paid - interest;
    this.liquid += paid;
    this.expect(entry, 'loan.principal', -net(entry, is('loan.principal')), paid - interest);
    this.expect(entry, 'customer.available', -net(entry, is('customer.available')), arrived - paid);
    this.settle(entry, paid - (before - this.debt()));
  }

  /** What the change of the debt leaves over is the depositors'. */
  private settle(entry: Entry, difference: bigint): void {
    this.expect(entry, 'pool.depositors', -net(entry, is('pool.depositors')), difference);
  }

  private seen = { interest: 0n, reserve: 0n };

  accrual(entry: Entry): void {
    const reserve = this.reserve - this.seen.reserve;
    this.expect(entry, 'pool.interest', net(entry, is('pool.interest')), this.interest - this.seen.interest);
    this.expect(entry, 'pool.reserve', -net(entry, is('pool.reserve')), reserve);
    this.seen = { interest: this.interest, reserve: this.reserve };
  }

  read(entry: Entry): void {
    this.to(entry.epoch);
    if (entry.kind === 'subscription') this.subscription(entry);
    else if (entry.kind === 'disbursement') this.disbursement(entry);
    else if (entry.kind === 'repayment') this.repayment(entry);
    else if (entry.kind === 'accrual') this.accrual(entry);
    else
      this.differences.push(
        `journal ${entry.id} is of kind ${entry.kind}: what it does to a pool is not known`,
      );
  }
}

/** The pool as its journals, rate versions and epochs make it, up to the epoch its row says it has reached. */
export async function recomputePool(query: Query, poolId: string): Promise<RecomputedPool> {
  const fixedRows = await query('SELECT bucket, fixed_apr::text FROM pool_bucket WHERE pool_id = $1', [
    poolId,
  ]);
  const loanRows = await query('SELECT loan_id, bucket FROM loan_account WHERE pool_id = $1', [poolId]);
  const [reached] = await query('SELECT last_epoch::text FROM pool WHERE id = $1', [poolId]);
  if (reached === undefined) throw new Error(`there is no pool ${poolId}`);
  const books = new Books(
    await readRates(query, poolId),
    Object.fromEntries(
      fixedRows.map((row) => [
        text(row, 'bucket'),
        row['fixed_apr'] === null ? null : BigInt(text(row, 'fixed_apr')),
      ]),
    ),
    Object.fromEntries(loanRows.map((row) => [text(row, 'loan_id'), text(row, 'bucket')])),
  );
  for (const entry of await readEntries(query, poolId)) books.read(entry);
  books.to(Number(text(reached, 'last_epoch')));
  const { liquid, reserve, shares, interest, loans, minted, differences } = books;
  const buckets = Object.fromEntries(
    Object.keys(books.index).map((name) => [
      name,
      { index: books.index[name]!, scaled: books.scaled[name]! },
    ]),
  );
  const principal = Object.values(loans).reduce((sum, loan) => sum + loan.principal, 0n);
  const [debt, claim, lastEpoch] = [books.debt(), books.claim(), books.epoch];
  return {
    liquid,
    debt,
    principal,
    reserve,
    claim,
    shares,
    interest,
    lastEpoch,
    buckets,
    loans,
    minted,
    differences,
  };
}

/**
 * A second opinion on pools: recomputed from journals, rate versions and epochs alone, written from design 5 and not
 * from the code it judges — it imports nothing of the product. Amounts in atto, rates and indexes in ray.
 */

import { readCharges, type LoanCharges } from './oracle-charge';
import {
  bucketsOf,
  is,
  net,
  readBurnt,
  readEntries,
  readRates,
  text,
  type Buckets,
  type Entry,
  type Rate,
} from './oracle-read';

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
  /** Counted penalty (atto × ray), penalty and fee paid, by loan. */
  readonly charges: Readonly<Record<string, Readonly<Record<string, bigint>>>>;
  readonly differences: readonly string[];
}

const ONE = 1_000_000_000_000_000_000_000_000_000n;
const VIRTUAL = 1_000_000n;
const up = (a: bigint, b: bigint): bigint => (a % b === 0n ? a / b : a / b + 1n);

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
  private readonly opened: Readonly<Record<string, number>>;
  readonly charges: Readonly<Record<string, LoanCharges>>;
  /** Shares that each redemption's journal burnt. */
  private readonly burnt: Readonly<Record<string, bigint>>;

  constructor(
    rates: readonly Rate[],
    { fixed, opened }: Buckets,
    bucketOf: Readonly<Record<string, string>>,
    charges: Readonly<Record<string, LoanCharges>>,
    burnt: Readonly<Record<string, bigint>>,
  ) {
    this.rates = rates;
    this.fixed = fixed;
    this.opened = opened;
    this.bucketOf = bucketOf;
    this.charges = charges;
    this.burnt = burnt;
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
      for (const name of Object.keys(this.index).filter((one) => this.opened[one]! <= this.epoch)) {
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

  /** Shares go at the price of the epoch: floor, and all that is left for the last ones. */
  redemption(entry: Entry): void {
    const burnt = this.burnt[entry.id];
    if (burnt === undefined) {
      this.differences.push(`journal ${entry.id} pays a redemption that burnt nothing`);
      return;
    }
    const claim = this.claim();
    const worth = burnt === this.shares ? claim : (burnt * (claim + 1n)) / (this.shares + VIRTUAL);
    this.expect(entry, 'pool.depositors', net(entry, is('pool.depositors')), worth);
    this.shares -= burnt;
    this.liquid -= worth;
  }

  private loan(entry: Entry) {
    const name = this.bucketOf[entry.loan ?? ''];
    const charges = this.charges[entry.loan ?? ''];
    if (entry.loan === null || name === undefined || charges === undefined)
      throw new Error(`journal ${entry.id} is of an unknown loan`);
    const loan = (this.loans[entry.loan] ??= { scaled: 0n, principal: 0n });
    charges.count(loan.principal, entry.epoch);
    return { name, loan, charges };
  }

  disbursement(entry: Entry): void {
    const { name, loan, charges } = this.loan(entry);
    charges.begin(entry.epoch);
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
    const { name, loan, charges } = this.loan(entry);
    const before = this.debt();
    const index = this.index[name]!;
    const arrived = net(entry, (code) => code.startsWith('custody.'));
    const owed = up(loan.scaled * index, ONE);
    const dues = (debt: bigint) => ({
      ...charges.due(),
      interest: debt - loan.principal,
      principal: loan.principal,
    });
    let got = charges.split(arrived, dues(owed));
    const whole = got['interest']! + got['principal']! === owed;
    if (!whole) got = charges.split(arrived, dues((loan.scaled * index) / ONE));
    const [interest, principal] = [got['interest']!, got['principal']!];
    const paid = interest + principal;
    const scaled = whole ? loan.scaled : (paid * ONE) / index;
    charges.pay(got);
    this.scaled[name] = this.scaled[name]! - scaled;
    loan.scaled -= scaled;
    loan.principal -= principal;
    this.liquid += paid;
    this.expect(entry, 'loan.principal', -net(entry, is('loan.principal')), principal);
    this.expect(entry, 'fee.income', -net(entry, is('fee.income')), got['penalty']! + got['fee']!);
    this.expect(entry, 'customer.available', -net(entry, is('customer.available')), got['rest']!);
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
    else if (entry.kind === 'redemption') this.redemption(entry);
    else if (entry.kind === 'accrual') this.accrual(entry);
    else
      this.differences.push(
        `journal ${entry.id} is of kind ${entry.kind}: what it does to a pool is not known`,
      );
  }
}

/** The pool as its journals, rate versions and epochs make it, up to the epoch its row says it has reached. */
export async function recomputePool(query: Query, poolId: string): Promise<RecomputedPool> {
  const fixedRows = await query(
    'SELECT bucket, fixed_apr::text, opened_epoch::text FROM pool_bucket WHERE pool_id = $1',
    [poolId],
  );
  const loanRows = await query('SELECT loan_id, bucket FROM loan_account WHERE pool_id = $1', [poolId]);
  const [reached] = await query('SELECT last_epoch::text FROM pool WHERE id = $1', [poolId]);
  if (reached === undefined) throw new Error(`there is no pool ${poolId}`);
  const books = new Books(
    await readRates(query, poolId),
    bucketsOf(fixedRows),
    Object.fromEntries(loanRows.map((row) => [text(row, 'loan_id'), text(row, 'bucket')])),
    await readCharges(query, poolId),
    await readBurnt(query, poolId),
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
    charges: Object.fromEntries(Object.entries(books.charges).map(([loan, one]) => [loan, one.stored()])),
    differences,
  };
}

/**
 * A pool's money as integers, and how an epoch changes it (design 5). Amounts in attoFIL, indexes and rates in ray.
 * Exact iteration, no closed form: advancing by a + b equals advancing by a, then by b, bit for bit.
 */
import { mulDivCeil, mulDivFloor, RAY } from './ray';
import { aprToApy, borrowApr, depositApr, epochRate, nextChange, rateAt, type RateVersion } from './rate';

/** Loans at one rate: what each owes is its scaled debt × index. */
export interface Bucket {
  readonly name: string;
  /** Grows by the rate of each epoch; starts at one ray. */
  readonly index: bigint;
  /** Sum of the scaled debts of the bucket's loans. */
  readonly scaled: bigint;
  /** Rate a year where it is fixed by contract; null = the pool's curve. */
  readonly fixedApr: bigint | null;
}

export interface Pool {
  /** Idle money. */
  readonly cash: bigint;
  /** Approved or signed for loans, not yet final: part of the assets, spent by nothing else. */
  readonly committed: bigint;
  /** Owed to those whose shares were burnt before they were paid. */
  readonly payable: bigint;
  /** Σ principal of its loans; the rest of the debt is interest. */
  readonly principal: bigint;
  readonly buckets: readonly Bucket[];
  readonly shares: bigint;
  /** The loss reserve's claim on the assets. */
  readonly reserve: bigint;
  readonly lastEpoch: number;
}

export interface Advance {
  readonly pool: Pool;
  /** Growth of the debt. */
  readonly interest: bigint;
  /** The reserve's part of it; the rest is the depositors'. */
  readonly toReserve: bigint;
}

/** The debt of all loans as the books carry it: Σ buckets ⌊scaled × index ÷ ray⌋. */
export function debtOf(pool: Pick<Pool, 'buckets'>): bigint {
  return pool.buckets.reduce((sum, { scaled, index }) => sum + mulDivFloor(scaled, index, RAY), 0n);
}

/** What belongs to the depositors: cash + committed + debt − reserve − payables. */
export function claimOf(pool: Pool): bigint {
  return pool.cash + pool.committed + debtOf(pool) - pool.reserve - pool.payable;
}

/** min(ray, ⌊D·ray ÷ (cash + committed + D − reserve)⌋); 0 for a pool that lent nothing. */
export function utilisationOf(pool: Pool): bigint {
  return utilisation(pool, debtOf(pool), pool.reserve);
}

function utilisation(pool: Pick<Pool, 'cash' | 'committed'>, debt: bigint, reserve: bigint): bigint {
  const assets = pool.cash + pool.committed + debt - reserve;
  if (debt === 0n) return 0n;
  return assets <= debt ? RAY : mulDivFloor(debt, RAY, assets);
}

/**
 * What is earned on all that is lent, a year: ⌊Σ debt of a bucket × its rate ÷ D⌋, `curve` being the rate of loans that
 * have none of their own. Depositors live on this, not on the curve alone.
 */
export function earnedApr({ buckets }: Pick<Pool, 'buckets'>, curve: bigint): bigint {
  const debt = debtOf({ buckets });
  if (debt === 0n) return curve;
  const weighed = buckets.map((bucket) => debtOf({ buckets: [bucket] }) * (bucket.fixedApr ?? curve));
  return mulDivFloor(
    weighed.reduce((sum, one) => sum + one, 0n),
    1n,
    debt,
  );
}

/** The pool's figures for people, in ray, at its last epoch. APR is simple, APY with each epoch's interest earning on. */
export function ratesOf(pool: Pool, versions: readonly RateVersion[]) {
  const rate = rateAt(versions, pool.lastEpoch);
  const used = utilisationOf(pool);
  const apr = borrowApr(rate, used);
  const earned = depositApr(rate, used, earnedApr(pool, apr));
  return {
    utilisation: used,
    borrowApr: apr,
    borrowApy: aprToApy(rate, apr),
    depositApr: earned,
    depositApy: aprToApy(rate, earned),
  };
}

/** One epoch by the rate of the state before it: index' = index + ⌈index·r ÷ ray⌉, reserve' = reserve + ⌈ΔD·rf ÷ ray⌉. */
export function step(pool: Pool, rate: RateVersion): Pool {
  const before = debtOf(pool);
  const curve = epochRate(rate, borrowApr(rate, utilisation(pool, before, pool.reserve)));
  const buckets = pool.buckets.map((bucket) => {
    const r = bucket.fixedApr === null ? curve : epochRate(rate, bucket.fixedApr);
    return { ...bucket, index: bucket.index + mulDivCeil(bucket.index, r, RAY) };
  });
  const cut = mulDivCeil(debtOf({ buckets }) - before, rate.reserveFactor, RAY);
  return { ...pool, buckets, reserve: pool.reserve + cut, lastEpoch: pool.lastEpoch + 1 };
}

/** True where steps change nothing but the epoch: nothing is lent and no index grows. */
function isStill(pool: Pool, rate: RateVersion): boolean {
  return pool.buckets.every(
    ({ scaled, fixedApr }) => scaled === 0n && epochRate(rate, fixedApr ?? borrowApr(rate, 0n)) === 0n,
  );
}

/**
 * The pool at `toEpoch`, every epoch counted, null rounds too. Cost: one step an epoch, whatever the number of loans
 * and depositors; none where nothing can change.
 * @throws RangeError where `toEpoch` lies before the pool's last epoch: events come in order.
 */
export function advance(pool: Pool, versions: readonly RateVersion[], toEpoch: number): Advance {
  if (toEpoch < pool.lastEpoch) throw new RangeError(`pool is at epoch ${pool.lastEpoch}, after ${toEpoch}`);
  let now = pool;
  while (now.lastEpoch < toEpoch) {
    const rate = rateAt(versions, now.lastEpoch);
    const until = nextChange(versions, now.lastEpoch, toEpoch);
    if (isStill(now, rate)) now = { ...now, lastEpoch: until };
    while (now.lastEpoch < until) now = step(now, rate);
  }
  return { pool: now, interest: debtOf(now) - debtOf(pool), toReserve: now.reserve - pool.reserve };
}

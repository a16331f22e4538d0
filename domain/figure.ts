/** Open figures: what everybody may know of the platform's money. Amounts in atto, ratios and rates in ray. */
import { claimOf, debtOf, ratesOf, type Pool } from './pool';
import { aprToApy, borrowApr, depositApr, type RateVersion } from './rate';
import { mulDivFloor, RAY } from './ray';

/** Where a pool's money is: tvl = idle + committed + lent = deposited + reserve + what burnt shares are still owed. */
export interface Locked {
  /** All that is in it, lent or not. */
  readonly tvl: bigint;
  /** Belongs to the depositors. */
  readonly deposited: bigint;
  /** Owed by borrowers: principal and interest. */
  readonly lent: bigint;
  readonly idle: bigint;
  /** Promised to approved loans, not yet final on chain. */
  readonly committed: bigint;
  /** Loss reserve: first-loss money. */
  readonly reserve: bigint;
}

export function lockedIn(pool: Pool): Locked {
  const lent = debtOf(pool);
  return {
    tvl: pool.cash + pool.committed + lent,
    deposited: claimOf(pool),
    lent,
    idle: pool.cash,
    committed: pool.committed,
    reserve: pool.reserve,
  };
}

export const NOTHING_LOCKED: Locked = {
  tvl: 0n,
  deposited: 0n,
  lent: 0n,
  idle: 0n,
  committed: 0n,
  reserve: 0n,
};

export function addLocked(a: Locked, b: Locked): Locked {
  return {
    tvl: a.tvl + b.tvl,
    deposited: a.deposited + b.deposited,
    lent: a.lent + b.lent,
    idle: a.idle + b.idle,
    committed: a.committed + b.committed,
    reserve: a.reserve + b.reserve,
  };
}

/** APR: simple, a year. APY: the same compounded each epoch, were the rate to stay. */
export interface Rates {
  readonly borrowApr: bigint;
  readonly borrowApy: bigint;
  readonly depositApr: bigint;
  readonly depositApy: bigint;
}

/** What a version of the rates gives at a utilisation. */
export function ratesAt(rate: RateVersion, utilisation: bigint): Rates {
  const borrow = borrowApr(rate, utilisation);
  return withYields(rate, borrow, depositApr(rate, utilisation, borrow));
}

/** The two APRs with their APYs. */
export function withYields(rate: Pick<RateVersion, 'epochsPerYear'>, borrow: bigint, deposit: bigint): Rates {
  return {
    borrowApr: borrow,
    borrowApy: aprToApy(rate, borrow),
    depositApr: deposit,
    depositApy: aprToApy(rate, deposit),
  };
}

export interface CurvePoint extends Rates {
  readonly utilisation: bigint;
}

/** Where the pool stands on its curve, at its last booked epoch. */
export function standingOf(pool: Pool, versions: readonly RateVersion[]): CurvePoint {
  return ratesOf(pool, versions);
}

/** The curve at every percent of utilisation, and at its kink. */
export function curveOf(rate: RateVersion): CurvePoint[] {
  const percents = Array.from({ length: 101 }, (_, percent) => mulDivFloor(RAY, BigInt(percent), 100n));
  const places = [...new Set([...percents, rate.kink])].sort((a, b) => (a < b ? -1 : 1));
  return places.map((utilisation) => ({ utilisation, ...ratesAt(rate, utilisation) }));
}

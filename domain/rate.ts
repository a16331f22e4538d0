/** The kinked rate: what borrowers pay and depositors get at a given utilisation. All figures in ray (10²⁷ = 100 %). */
import { mulDivFloor, RAY } from './ray';

/** A version of a pool's rates; it applies to the steps that begin at `fromEpoch` or later, until the next version. */
export interface RateVersion {
  readonly version: number;
  readonly fromEpoch: number;
  /** Borrow rate a year at no utilisation. */
  readonly base: bigint;
  /** Added from 0 up to the kink. */
  readonly slope1: bigint;
  /** Added from the kink up to full utilisation. */
  readonly slope2: bigint;
  /** Utilisation at which the curve bends; 0 < kink < ray. */
  readonly kink: bigint;
  /** Part of the interest that goes to the loss reserve. */
  readonly reserveFactor: bigint;
  /** 1,051,200 on mainnet: 365 days of 30 s. */
  readonly epochsPerYear: bigint;
}

/** Borrow rate a year: base + ⌊s1·U ÷ kink⌋ up to the kink, above it base + s1 + ⌊s2·(U − kink) ÷ (ray − kink)⌋. */
export function borrowApr(rate: RateVersion, utilisation: bigint): bigint {
  if (utilisation <= rate.kink) return rate.base + mulDivFloor(rate.slope1, utilisation, rate.kink);
  return rate.base + rate.slope1 + mulDivFloor(rate.slope2, utilisation - rate.kink, RAY - rate.kink);
}

/** What a year brings depositors, simple: borrow rate × utilisation × (1 − reserve factor), floored. For display. */
export function depositApr(rate: RateVersion, utilisation: bigint, apr: bigint): bigint {
  return mulDivFloor(apr * utilisation, RAY - rate.reserveFactor, RAY * RAY);
}

/** The rate of one epoch: ⌊apr ÷ epochsPerYear⌋. */
export function epochRate(rate: RateVersion, apr: bigint): bigint {
  return apr / rate.epochsPerYear;
}

/**
 * What a year brings at `apr`, compounded each epoch as the index is: (1 + ⌊apr ÷ n⌋)ⁿ − 1 in ray, n epochs a year. For
 * display: by squaring, each product floored: never above what n products would give, and within 10⁻²⁰ up to 100 %.
 */
export function aprToApy({ epochsPerYear }: Pick<RateVersion, 'epochsPerYear'>, apr: bigint): bigint {
  let [grown, factor, left] = [RAY, RAY + apr / epochsPerYear, epochsPerYear];
  for (; left > 0n; left >>= 1n) {
    if (left & 1n) grown = mulDivFloor(grown, factor, RAY);
    factor = mulDivFloor(factor, factor, RAY);
  }
  return grown - RAY;
}

/**
 * The version that the step beginning at `epoch` uses.
 * @throws RangeError where no version is that old: a pool without a rate is a fault.
 */
export function rateAt(versions: readonly RateVersion[], epoch: number): RateVersion {
  let found: RateVersion | undefined;
  for (const version of versions) {
    if (version.fromEpoch <= epoch && (found === undefined || version.fromEpoch > found.fromEpoch))
      found = version;
  }
  if (found === undefined) throw new RangeError(`no rate version applies at epoch ${epoch}`);
  return found;
}

/** The first epoch after `epoch` at which another version takes over, or `limit` where none does before it. */
export function nextChange(versions: readonly RateVersion[], epoch: number, limit: number): number {
  return versions.reduce(
    (next, { fromEpoch }) => (fromEpoch > epoch && fromEpoch < next ? fromEpoch : next),
    limit,
  );
}

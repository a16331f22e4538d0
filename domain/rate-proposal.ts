/** Rates that somebody proposes: what may be proposed at all. Figures in ray (10²⁷ = 100 %). */
import { RAY } from './ray';
import { rateAt, type RateVersion } from './rate';
import { refuse, type Refusal } from './refusal';

/** What people set; version, epoch and the length of a year are given. */
export type RateValues = Pick<RateVersion, 'base' | 'slope1' | 'slope2' | 'kink' | 'reserveFactor'>;

export const RATE_FIELDS = ['base', 'slope1', 'slope2', 'kink', 'reserveFactor'] as const;

const PERCENT = RAY / 100n;
/** Bounds against slips of the pen, not a policy: five times over a year is no lending rate. */
const MOST_APR = 500n * PERCENT;

/** @returns why nobody can lend at such rates, or null */
export function judgeRate({ base, slope1, slope2, kink, reserveFactor }: RateValues): Refusal | null {
  if (base < 0n || slope1 < 0n || slope2 < 0n || base + slope1 + slope2 > MOST_APR)
    return refuse('rate-invalid', 'Base and slopes are not negative and add up to 500 % a year at most.');
  if (kink < PERCENT || kink > 99n * PERCENT)
    return refuse('rate-invalid', 'The kink lies between 1 % and 99 % of utilisation.');
  if (reserveFactor < 0n || reserveFactor > 90n * PERCENT)
    return refuse('rate-invalid', 'The loss reserve takes 0 % to 90 % of the interest.');
  return null;
}

/**
 * Rates never change what was counted: they begin after the pool's clock, within a year, and not at an epoch at which
 * others do.
 */
export function judgeFrom(
  fromEpoch: number,
  clock: number,
  versions: readonly RateVersion[],
): Refusal | null {
  if (fromEpoch <= clock)
    return refuse('rate-too-late', `The pool's clock is at epoch ${clock}; rates begin after it.`);
  if (BigInt(fromEpoch - clock) > rateAt(versions, clock).epochsPerYear)
    return refuse('rate-invalid', 'New rates begin within a year.');
  if (versions.some((version) => version.fromEpoch === fromEpoch))
    return refuse('rate-invalid', `Other rates begin at epoch ${fromEpoch} already.`);
  return null;
}

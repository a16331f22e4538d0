/**
 * What proposed rates would have meant: the past as it was — utilisation and debt of each stretch — under other rates.
 * An estimate: at other rates people would have lent, borrowed and repaid otherwise, and interest on the difference is
 * not counted. Amounts in atto, rates in ray.
 */
import { mulDivFloor, RAY } from './ray';
import { borrowApr, depositApr, epochRate, nextChange, rateAt, type RateVersion } from './rate';

/** The pool at the end of a stretch of epochs, taken for the whole of the next one. */
export interface PastPoint {
  readonly epoch: number;
  readonly utilisation: bigint;
  /** Debt at the rate of the curve; loans at a fixed rate earn the same under any. */
  readonly curveDebt: bigint;
}

export interface RatesThen {
  readonly borrowApr: bigint;
  readonly depositApr: bigint;
}

export interface PreviewPoint {
  readonly epoch: number;
  readonly utilisation: bigint;
  readonly was: RatesThen;
  readonly would: RatesThen;
}

/** Interest of the curve's loans over the whole time, and whose it is. */
export interface Earned {
  readonly interest: bigint;
  readonly toDepositors: bigint;
  readonly toReserve: bigint;
}

export interface RatePreview {
  readonly points: readonly PreviewPoint[];
  readonly was: Earned;
  readonly would: Earned;
}

const NOTHING: Earned = { interest: 0n, toDepositors: 0n, toReserve: 0n };

function ratesAt(rate: RateVersion, utilisation: bigint): RatesThen {
  const apr = borrowApr(rate, utilisation);
  return { borrowApr: apr, depositApr: depositApr(rate, utilisation, apr) };
}

function earn(sum: Earned, rate: RateVersion, point: PastPoint, epochs: bigint): Earned {
  const r = epochRate(rate, borrowApr(rate, point.utilisation));
  const interest = mulDivFloor(point.curveDebt * epochs, r, RAY);
  const toReserve = mulDivFloor(interest, rate.reserveFactor, RAY);
  return {
    interest: sum.interest + interest,
    toDepositors: sum.toDepositors + interest - toReserve,
    toReserve: sum.toReserve + toReserve,
  };
}

/** `points` by rising epoch, the last of them at or before `toEpoch`; both sides are counted in the same way. */
export function previewOf(
  points: readonly PastPoint[],
  versions: readonly RateVersion[],
  proposed: RateVersion,
  toEpoch: number,
): RatePreview {
  let [was, would] = [NOTHING, NOTHING];
  const shown = points.map((point, index) => {
    const end = points[index + 1]?.epoch ?? toEpoch;
    for (let at = point.epoch; at < end;) {
      const until = nextChange(versions, at, end);
      was = earn(was, rateAt(versions, at), point, BigInt(until - at));
      at = until;
    }
    would = earn(would, proposed, point, BigInt(end - point.epoch));
    const then = rateAt(versions, point.epoch);
    const { epoch, utilisation } = point;
    return { epoch, utilisation, was: ratesAt(then, utilisation), would: ratesAt(proposed, utilisation) };
  });
  return { points: shown, was, would };
}

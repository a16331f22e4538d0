/** What a share of a pool really brought over a stretch of epochs. Figures for display, in ray. */
import { mulDivFloor, RAY } from './ray';
import { VIRTUAL_ATTO, VIRTUAL_SHARES } from './share';

/** A pool's claim (atto) and shares, as a change of that epoch left them. */
export interface SharePoint {
  readonly epoch: number;
  readonly claim: bigint;
  readonly shares: bigint;
}

/** The price of a share as an index: a ray when the pool was empty, ⌊(claim + 1) × 10⁶ × ray ÷ (shares + 10⁶)⌋. */
export function shareIndex({ claim, shares }: Omit<SharePoint, 'epoch'>): bigint {
  return mulDivFloor(claim + VIRTUAL_ATTO, VIRTUAL_SHARES * RAY, shares + VIRTUAL_SHARES);
}

export interface RealisedYield {
  readonly fromEpoch: number;
  readonly toEpoch: number;
  /** Growth of the index over the stretch; below zero where a loss was booked in it. */
  readonly growth: bigint;
  /** The growth for a year, simple. */
  readonly apr: bigint;
}

/** Growth of the share price from one point to a later one; null where no epoch lies between them. */
export function realisedYield(from: SharePoint, to: SharePoint, epochsPerYear: bigint): RealisedYield | null {
  const span = to.epoch - from.epoch;
  if (span <= 0) return null;
  const before = shareIndex(from);
  const growth = ((shareIndex(to) - before) * RAY) / before;
  return {
    fromEpoch: from.epoch,
    toEpoch: to.epoch,
    growth,
    apr: (growth * epochsPerYear) / BigInt(span),
  };
}

import type { Pool } from '../../domain/pool';
import type { RateVersion } from '../../domain/rate';
import { RAY } from '../../domain/ray';

/** `percent(12)` = 12 % in ray; hundredths of a percent at the finest. */
export const percent = (value: number): bigint => (BigInt(Math.round(value * 100)) * RAY) / 10_000n;

/** The golden rate: base 0, 12 % at the kink of 80 %, reserve factor 10 %. */
export function aRate(fields: Partial<RateVersion> = {}): RateVersion {
  return {
    version: 1,
    fromEpoch: 0,
    base: 0n,
    slope1: percent(12),
    slope2: percent(60),
    kink: percent(80),
    reserveFactor: percent(10),
    epochsPerYear: 1_051_200n,
    ...fields,
  };
}

export function aPool(fields: Partial<Pool> = {}): Pool {
  return {
    cash: 0n,
    committed: 0n,
    payable: 0n,
    principal: 0n,
    shares: 0n,
    reserve: 0n,
    lastEpoch: 0,
    buckets: [{ name: 'standard', index: RAY, scaled: 0n, fixedApr: null }],
    ...fields,
  };
}

/** The two divisions of the house, and the scale of rates and indexes (docs/money.md). */

/** Rates and indexes are integers scaled by 10²⁷. */
export const RAY = 10n ** 27n;

/** ⌊a·b ÷ c⌋ for a, b ≥ 0 and c > 0: what we pay. */
export function mulDivFloor(a: bigint, b: bigint, c: bigint): bigint {
  return (a * b) / c;
}

/** ⌈a·b ÷ c⌉ for a, b ≥ 0 and c > 0: what we collect. */
export function mulDivCeil(a: bigint, b: bigint, c: bigint): bigint {
  return (a * b + c - 1n) / c;
}

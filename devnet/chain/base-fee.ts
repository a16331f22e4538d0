import { BLOCK_GAS_TARGET } from '../vm/prices';

export const MINIMUM_BASE_FEE = 100n;
const TARGET = BigInt(BLOCK_GAS_TARGET);
const MAX_CHANGE = 8n;

/** The base fee after a tipset of one block: Lotus' ComputeNextBaseFee (packing efficiency 4/5, at most 1/8 a step). */
export function nextBaseFee(baseFee: bigint, gasLimits: number): bigint {
  let delta = (5n * BigInt(gasLimits)) / 4n - TARGET;
  if (delta > TARGET) delta = TARGET;
  if (delta < -TARGET) delta = -TARGET;
  const product = baseFee * delta;
  // Go's big.Div rounds towards minus infinity for a positive divisor.
  const floored = (n: bigint, d: bigint): bigint => (n < 0n && n % d !== 0n ? n / d - 1n : n / d);
  const next = baseFee + floored(floored(product, TARGET), MAX_CHANGE);
  return next < MINIMUM_BASE_FEE ? MINIMUM_BASE_FEE : next;
}

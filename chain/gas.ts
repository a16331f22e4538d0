/** What a message may cost, and what a dearer copy of it must pay. */
import type { Gas } from './message';

/** The most that the sender can lose for gas: limit × fee cap, attoFIL. */
export function maxCost(gas: Gas): bigint {
  return BigInt(gas.gasLimit) * gas.gasFeeCap;
}

/** Least premium that replaces one: the node's rule is × 1.10, older nodes' × 1.25; the dearer one serves both. */
export function replacementPremium(premium: bigint): bigint {
  return (premium * 125n) / 100n + 1n;
}

/** The highest fee cap, attoFIL a unit, at which limit × fee cap stays within `maxFee` (attoFIL). */
export function highestFeeCap(gasLimit: number, maxFee: bigint): bigint {
  return maxFee / BigInt(gasLimit);
}

/**
 * Gas of an attempt that replaces `old`: what the node now asks, at least the replacement premium, never below what
 * the old one offered. Capped so that limit × fee cap stays within `maxFee` (attoFIL).
 * @returns null where policy leaves no room for the least premium.
 */
export function replacementGas(old: Gas, fresh: Gas, maxFee: bigint): Gas | null {
  const least = replacementPremium(old.gasPremium);
  const gasLimit = Math.max(old.gasLimit, fresh.gasLimit);
  const capMax = highestFeeCap(gasLimit, maxFee);
  const wanted = max(max(fresh.gasFeeCap, old.gasFeeCap), max(least, fresh.gasPremium));
  const gasFeeCap = wanted < capMax ? wanted : capMax;
  if (gasFeeCap < least) return null;
  const premium = max(least, fresh.gasPremium);
  return { gasLimit, gasFeeCap, gasPremium: premium < gasFeeCap ? premium : gasFeeCap };
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

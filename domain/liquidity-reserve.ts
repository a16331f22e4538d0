/**
 * The liquidity reserve: idle cash of a pool that lending may not touch, so that depositors can leave (docs/money.md).
 * Not the loss reserve, which is money against losses. Amounts in atto, shares in ray.
 */
import type { Pool } from './pool';
import { mulDivCeil, RAY } from './ray';

/**
 * Cash to hold back: ⌈share × (cash + committed + principal − loss reserve − payable)⌉, the depositors' claim without
 * the interest that borrowers still owe. Unpaid interest is no money that could lie idle, and without it counting
 * interest never raises what is held back: what fitted when a loan was approved still fits when it is signed.
 */
export function heldBack(pool: Pool, share: bigint): bigint {
  const deposits = pool.cash + pool.committed + pool.principal - pool.reserve - pool.payable;
  return deposits > 0n ? mulDivCeil(deposits, share, RAY) : 0n;
}

/** Cash that may be promised to loans: what is idle beyond the liquidity reserve, and not the loss reserve's. */
export function lendable(pool: Pool, share: bigint): bigint {
  const keep = heldBack(pool, share);
  const free = pool.cash - (keep > pool.reserve ? keep : pool.reserve);
  return free > 0n ? free : 0n;
}

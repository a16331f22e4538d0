/**
 * Shares of a pool: their price is derived from what belongs to the depositors, nothing stores it.
 * Virtual shares and one virtual atto stand beside the real ones, so that no first depositor can bend the price.
 */
import { claimOf, type Pool } from './pool';
import { mulDivCeil, mulDivFloor } from './ray';
import { refuse, type Refusal } from './refusal';

/** Shares of the first atto. */
export const VIRTUAL_SHARES = 1_000_000n;
export const VIRTUAL_ATTO = 1n;

/** What these shares are worth, in atto: floor; all that is left where they are all the shares there are. */
export function valueOfShares(pool: Pool, shares: bigint): bigint {
  const claim = claimOf(pool);
  if (shares > 0n && shares === pool.shares) return claim;
  return mulDivFloor(shares, claim + VIRTUAL_ATTO, pool.shares + VIRTUAL_SHARES);
}

/** Takes `amount` atto into the pool; mints ⌊amount × (shares + virtual) ÷ (claim + 1)⌋, never none. */
export function deposit(pool: Pool, amount: bigint): { pool: Pool; minted: bigint } | Refusal {
  const minted = mulDivFloor(amount, pool.shares + VIRTUAL_SHARES, claimOf(pool) + VIRTUAL_ATTO);
  if (amount <= 0n || minted === 0n) return refuse('deposit-too-small');
  return { pool: { ...pool, cash: pool.cash + amount, shares: pool.shares + minted }, minted };
}

/**
 * What no position can claim: the depositors' money less the worth of all positions. It is less than one atto for each
 * position (floors) plus what the virtual shares stand for.
 */
export function residueOf(pool: Pool, positions: readonly bigint[]): bigint {
  return positions.reduce((left, shares) => left - valueOfShares(pool, shares), claimOf(pool));
}

/** Upper bound of the residue: one atto a position, and the worth of the virtual shares rounded up. */
export function residueBound(pool: Pool, positions: number): bigint {
  const virtual = mulDivCeil(VIRTUAL_SHARES, claimOf(pool) + VIRTUAL_ATTO, pool.shares + VIRTUAL_SHARES);
  return BigInt(positions) + virtual;
}

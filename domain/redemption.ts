/**
 * Out of a pool (design 5, docs/money.md). A request is fixed in shares when it is placed and priced when it is
 * filled; its shares stay outstanding until then and keep earning. First come, first served; only the head is filled
 * in part. Amounts in atto.
 */
import { coins } from './money';
import { claimOf, type Pool } from './pool';
import { mulDivCeil, mulDivFloor } from './ray';
import { refuse, type Refusal } from './refusal';
import { valueOfShares, VIRTUAL_ATTO, VIRTUAL_SHARES } from './share';

/**
 * Shares that a request for `amount` atto takes from `held` free ones: ⌈amount × (shares + virtual) ÷ (claim + 1)⌉, all
 * of them where the amount is all they are worth.
 * @returns the refusal amount-zero, or amount-above-balance where they are worth less.
 */
export function sharesFor(pool: Pool, held: bigint, amount: bigint): bigint | Refusal {
  const worth = valueOfShares(pool, held);
  if (amount <= 0n) return refuse('amount-zero');
  if (amount > worth) return refuse('amount-above-balance');
  const exact = mulDivCeil(amount, pool.shares + VIRTUAL_SHARES, claimOf(pool) + VIRTUAL_ATTO);
  return amount === worth || exact > held ? held : exact;
}

export interface Fill {
  readonly pool: Pool;
  readonly burnt: bigint;
  readonly paid: bigint;
}

/**
 * Burns as many of `wanted` shares as the idle cash pays, at the present price: all of them where they are worth no
 * more, else the most whose worth (floor) fits and which leave at least one atto's worth. Whoever burns the last real
 * share gets all that is left, so that one is never burnt for less. A part worth less than `minimumPart` is not paid:
 * the head waits for more.
 */
export function fill(pool: Pool, wanted: bigint, minimumPart: bigint): Fill {
  if (wanted <= 0n || wanted > pool.shares)
    throw new RangeError(`${wanted} of ${pool.shares} shares cannot be burnt`);
  const whole = valueOfShares(pool, wanted);
  if (whole <= pool.cash) return burn(pool, wanted, whole);
  const [shares, claim] = [pool.shares + VIRTUAL_SHARES, claimOf(pool) + VIRTUAL_ATTO];
  const affordable = mulDivFloor(pool.cash, shares, claim);
  const most = wanted - mulDivCeil(1n, shares, claim);
  const part = affordable < most ? affordable : most;
  const paid = part > 0n ? valueOfShares(pool, part) : 0n;
  return paid === 0n || paid < minimumPart ? { pool, burnt: 0n, paid: 0n } : burn(pool, part, paid);
}

function burn(pool: Pool, burnt: bigint, paid: bigint): Fill {
  return { pool: { ...pool, cash: pool.cash - paid, shares: pool.shares - burnt }, burnt, paid };
}

/**
 * Net principal that leaves a position with `burnt` of its `shares`: ⌈principal × burnt ÷ shares⌉, so that what stays
 * never counts more than was left in (campaigns go by it).
 */
export function principalOut(principal: bigint, burnt: bigint, shares: bigint): bigint {
  return burnt === 0n ? 0n : mulDivCeil(principal, burnt, shares);
}

/** Where a queue stands, counted in shares and in requests since it began. */
export interface QueueMarks {
  /** Shares and requests ever placed. */
  readonly tail: bigint;
  readonly placed: number;
  /** Shares and requests that the head has passed: paid, or given up when it came to them. */
  readonly head: bigint;
  readonly passed: number;
}

/** What lies before a request that was placed at `from` (shares) as the `ordinal`th; gaps are given-up requests ahead. */
export function ahead(
  marks: QueueMarks,
  request: { readonly from: bigint; readonly ordinal: number },
  gaps: { readonly shares: bigint; readonly requests: number },
): { readonly shares: bigint; readonly requests: number } {
  const shares = request.from - marks.head - gaps.shares;
  const requests = request.ordinal - marks.passed - gaps.requests;
  return { shares: shares > 0n ? shares : 0n, requests: Math.max(0, requests) };
}

export interface RedemptionPolicy {
  /** A part of the head's request below this waits for more cash, atto. */
  readonly minimumPart: bigint;
}

export const REDEMPTION_POLICY: RedemptionPolicy = { minimumPart: coins(1n) / 100n };

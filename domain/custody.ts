/** The hot wallet between its marks (policy `custody`): what is above goes to the cold address, what is missing is asked for. */
import type { Atto } from './money';
import { mulDivFloor } from './ray';

/** attoFIL. */
export interface Marks {
  readonly hotLow: bigint;
  readonly hotHigh: bigint;
}

export interface Weighed {
  readonly direction: 'to-cold' | 'refill';
  /** attoFIL: brings the level to the target. */
  readonly amount: bigint;
}

/** Where a transfer brings the wallet: the middle of the marks, rounded down to an atto. */
export function targetOf({ hotLow, hotHigh }: Marks): bigint {
  return hotLow + mulDivFloor(hotHigh - hotLow, 1n, 2n);
}

/**
 * What the hot wallet wants. What is owed (commitments, withdrawals that wait) counts as gone before anything is spare.
 * Null between the marks, and where the marks are no marks. A low mark of 0 asks for no refill: what is owed may lie on
 * addresses that are yet to be swept, and a message that it does not reach for waits and says so.
 */
export function weigh(marks: Marks, hot: Atto, owed: Atto): Weighed | null {
  if (marks.hotHigh < marks.hotLow) return null;
  const level = hot - owed;
  if (level > marks.hotHigh) return { direction: 'to-cold', amount: level - targetOf(marks) };
  if (marks.hotLow > 0n && level < marks.hotLow)
    return { direction: 'refill', amount: targetOf(marks) - level };
  return null;
}

/** Whether a proposed transfer still leaves what is owed and the low mark. */
export function mayGoCold(marks: Marks, hot: Atto, owed: Atto, amount: bigint): boolean {
  return hot - owed - amount >= marks.hotLow;
}

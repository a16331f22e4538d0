/** A head that stands still: from when on it is a fault, and how that is said. */

/** The highest head that the database knows. */
export interface KnownHead {
  readonly epoch: number;
  /** Seconds since it was first seen, by the database's clock. */
  readonly age: number;
}

export interface StallPolicy {
  readonly epochSeconds: number;
  /** Epochs without a higher head after which nothing is signed any more. */
  readonly stalledEpochs: number;
}

/** The sentence about a head that has stood for longer than policy allows; null where it has not. */
export function stallOf(head: KnownHead, { epochSeconds, stalledEpochs }: StallPolicy): string | null {
  if (head.age <= stalledEpochs * epochSeconds) return null;
  const stood = head.age < 120 ? `${Math.floor(head.age)} seconds` : `${Math.floor(head.age / 60)} minutes`;
  return `The chain's head has stood at epoch ${head.epoch} for ${stood}: nothing is signed until it moves.`;
}

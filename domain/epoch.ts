/** Chain time: epochs and the wall clock. All figures come from the node, none is a literal. */

export interface ChainClock {
  /** Unix seconds of epoch 0 (ChainGetGenesis). */
  readonly genesisTime: number;
  /** Seconds of one epoch (Version.BlockDelay). */
  readonly epochSeconds: number;
}

/** The epoch that the moment (Unix seconds) falls into; negative before genesis. */
export function epochAt(unixSeconds: number, clock: ChainClock): number {
  return Math.floor((unixSeconds - clock.genesisTime) / clock.epochSeconds);
}

/** Unix seconds at which the epoch begins. */
export function timeOf(epoch: number, clock: ChainClock): number {
  return clock.genesisTime + epoch * clock.epochSeconds;
}

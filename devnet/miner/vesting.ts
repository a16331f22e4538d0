import type { MinerState, Vesting } from './state';

export const EPOCHS_IN_DAY = 2880;
const VEST_PERIOD = 180 * EPOCHS_IN_DAY;
const QUANTIZATION = EPOCHS_IN_DAY / 2;
const LOCKED_PERCENT = 75n;

/** The part of a reward that is locked (FIP-0004). */
export const lockedPart = (reward: bigint): bigint => (reward * LOCKED_PERCENT) / 100n;

/** The next multiple of the grid that starts at `offset`. */
function quantizeUp(epoch: number, offset: number): number {
  const start = offset % QUANTIZATION;
  return Math.ceil((epoch - start) / QUANTIZATION) * QUANTIZATION + start;
}

/** What has vested by an epoch: entries strictly before it. */
export const vested = (m: MinerState, epoch: number): bigint =>
  m.vesting.reduce((sum, entry) => (entry.epoch < epoch ? sum + entry.amount : sum), 0n);

/** Moves vested funds out of the lock. */
export function unlockVested(m: MinerState, epoch: number): MinerState {
  const free = vested(m, epoch);
  if (free === 0n) return m;
  return {
    ...m,
    lockedFunds: m.lockedFunds - free,
    vesting: m.vesting.filter((entry) => entry.epoch >= epoch),
  };
}

/** Unlocks funds that are still vesting, soonest first, up to `target`. */
export function unlockUnvested(m: MinerState, target: bigint): MinerState {
  let left = target;
  const vesting: Vesting[] = [];
  for (const entry of m.vesting) {
    const taken = entry.amount < left ? entry.amount : left;
    left -= taken;
    if (taken < entry.amount) vesting.push({ epoch: entry.epoch, amount: entry.amount - taken });
  }
  return { ...m, vesting, lockedFunds: m.lockedFunds - (target - left) };
}

/** Locks an amount that vests in daily steps over 180 days, entries on a 12 hour grid. */
export function addLocked(m: MinerState, epoch: number, amount: bigint): MinerState {
  const free = unlockVested(m, epoch);
  const table = new Map(free.vesting.map((entry) => [entry.epoch, entry.amount]));
  let done = 0n;
  for (let step = epoch + EPOCHS_IN_DAY; done < amount; step += EPOCHS_IN_DAY) {
    const at = quantizeUp(step, m.provingPeriodStart);
    const elapsed = at - epoch;
    const target = elapsed < VEST_PERIOD ? (amount * BigInt(elapsed)) / BigInt(VEST_PERIOD) : amount;
    table.set(at, (table.get(at) ?? 0n) + target - done);
    done = target;
  }
  const vesting = [...table]
    .map(([at, part]) => ({ epoch: at, amount: part }))
    .sort((a, b) => a.epoch - b.epoch);
  return { ...free, vesting, lockedFunds: free.lockedFunds + amount };
}

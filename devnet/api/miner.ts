import { idIn, type Address } from '../address';
import type { Cid } from '../cid';
import { CREATION_DEPOSIT } from '../miner/construct';
import { minerInfoJson } from '../miner/info';
import { available, claimed, type MinerState } from '../miner/state';
import { vested } from '../miner/vesting';
import type { Node } from '../node';
import { address, anything, epoch, tipsetKey, uint64 } from '../rpc/decode';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { mustActor } from '../vm/lookup';
import { actorAt, actors, type Actor, type State } from '../vm/state';
import { stateTipset, tipsetAt } from './tipset-at';

/** Power from which on a miner may make blocks. */
export const MINIMUM_POWER = 10n << 40n;
const DEADLINES = 48;
const WINDOW = 60;

/** What stands before the words of a refusal: when there is no actor, and when it is no miner. */
interface Wraps {
  readonly actor: string;
  readonly state: string;
}

const WRAPS: Wraps = { actor: 'failed to load miner actor: ', state: 'failed to load miner actor state: ' };
const SECTOR_WRAPS: Wraps = {
  actor: '(get sset) failed to load miner actor: ',
  state: '(get sset) failed to load miner actor state: ',
};
const BARE: Wraps = { actor: '', state: '' };

/** A miner actor; without other wraps the words of refusal are those of StateMinerInfo. */
function mustMiner(state: State, at: Address, wraps = WRAPS): { actor: Actor; miner: MinerState } {
  const actor = mustActor(state, at, wraps.actor);
  if (actor.miner === null) throw new RpcFailure(`${wraps.state}actor code is not miner: ${actor.kind}`);
  return { actor, miner: actor.miner };
}

const claim = (raw: bigint, quality: bigint): Record<string, string> => ({
  RawBytePower: raw.toString(),
  QualityAdjPower: quality.toString(),
});

const NOTHING_CLAIMED = claim(0n, 0n);

/** Claims are kept by ID address: a robust address finds none, and without a claim the totals are zero too. */
function powerJson(state: State, at: Address): Record<string, unknown> {
  const miner = idIn(at) === null ? null : (actorAt(state, at)?.miner ?? null);
  if (at !== '' && miner === null) {
    return { MinerPower: NOTHING_CLAIMED, TotalPower: NOTHING_CLAIMED, HasMinPower: false };
  }
  let raw = 0n;
  let quality = 0n;
  for (const actor of actors(state)) {
    if (actor.miner === null) continue;
    raw += claimed(actor.miner.rawPower, actor.miner);
    quality += claimed(actor.miner.qualityPower, actor.miner);
  }
  const own = miner === null ? 0n : claimed(miner.qualityPower, miner);
  return {
    MinerPower: miner === null ? NOTHING_CLAIMED : claim(claimed(miner.rawPower, miner), own),
    TotalPower: claim(raw, quality),
    HasMinPower: own >= MINIMUM_POWER,
  };
}

function deadlineJson(miner: MinerState, height: number): Record<string, unknown> {
  const period = DEADLINES * WINDOW;
  const into = (((height - miner.provingPeriodStart) % period) + period) % period;
  const start = height - into;
  const index = Math.floor(into / WINDOW);
  const open = start + index * WINDOW;
  return {
    CurrentEpoch: height,
    PeriodStart: start,
    Index: index,
    Open: open,
    Close: open + WINDOW,
    Challenge: open - 20,
    FaultCutoff: open - 70,
    WPoStPeriodDeadlines: DEADLINES,
    WPoStProvingPeriod: period,
    WPoStChallengeWindow: WINDOW,
    WPoStChallengeLookback: 20,
    FaultDeclarationCutoff: 70,
  };
}

/** An empty bitfield in Lotus' run-length JSON. */
const NO_BITS = [0];

/** Reads of the sectors of miners, of which this chain keeps only a count; the tables are as on a miner without sectors. */
function sectorMethods(node: Node): Methods {
  const at = [address, tipsetKey] as const;
  const check = (who: Address, key: readonly Cid[], wraps = WRAPS): void => {
    mustMiner(tipsetAt(node, key, `${wraps.actor}load tipset {${key.join(',')}}: `).before.state, who, wraps);
  };
  const empty = (shown: unknown, wraps = WRAPS): Methods[string] =>
    method('read', at, (who, key) => {
      check(who, key, wraps);
      return shown;
    });
  const one = (shown: unknown): Methods[string] =>
    method('read', [address, uint64, tipsetKey], (who, _sector, key) => {
      mustMiner(stateTipset(node, key).before.state, who, SECTOR_WRAPS);
      return shown;
    });
  return {
    StateMinerFaults: method('read', at, (who, key) => {
      const { before } = tipsetAt(node, key, `${WRAPS.actor}load tipset {${key.join(',')}}: `);
      const { faulty } = mustMiner(before.state, who).miner;
      return faulty === 0 ? NO_BITS : [0, faulty];
    }),
    StateMinerRecoveries: empty(NO_BITS),
    StateMinerAllocated: empty(NO_BITS, BARE),
    StateMinerActiveSectors: empty([]),
    StateMinerSectors: method('read', [address, anything, tipsetKey], (who, _bits, key) => {
      check(who, key);
      return [];
    }),
    StateMinerDeadlines: empty(
      Array.from({ length: DEADLINES }, () => ({
        PostSubmissions: NO_BITS,
        DisputableProofCount: 0,
        DailyFee: '0',
      })),
    ),
    StateMinerPartitions: method('read', [address, uint64, tipsetKey], (who, index, key) => {
      check(who, key);
      if (index < DEADLINES) return null;
      throw new RpcFailure(`failed to load the deadline: invalid deadline index ${index}`);
    }),
    StateSectorGetInfo: one(null),
    StateSectorPreCommitInfo: one(null),
    StateMinerSectorAllocated: method('read', [address, uint64, tipsetKey], (who, _sector, key) => {
      mustMiner(stateTipset(node, key).before.state, who);
      return false;
    }),
    StateAllMinerFaults: method('read', [epoch, tipsetKey], () => {
      throw new RpcFailure('fixme');
    }),
    StateMinerSectorCount: method('read', at, (who, key) => {
      const { state } = tipsetAt(node, key, `load tipset {${key.join(',')}}: `).before;
      const { sectors, faulty } = mustMiner(state, who, BARE).miner;
      return { Live: sectors, Active: sectors - faulty, Faulty: faulty };
    }),
  };
}

/** What is known of a miner: roles, money, power and its proving period. */
export function minerMethods(node: Node): Methods {
  const at = [address, tipsetKey] as const;
  return {
    ...sectorMethods(node),
    StateMinerInfo: method('read', at, (who, key) =>
      minerInfoJson(mustMiner(tipsetAt(node, key, 'failed to load tipset: ').before.state, who).miner.info),
    ),
    StateMinerAvailableBalance: method('read', at, (who, key) => {
      const t = stateTipset(node, key);
      const { actor, miner } = mustMiner(t.before.state, who);
      return (available(actor.balance, miner) + vested(miner, t.height)).toString();
    }),
    StateMinerPower: method('read', at, (who, key) => powerJson(stateTipset(node, key).before.state, who)),
    StateMinerProvingDeadline: method('read', at, (who, key) => {
      const t = stateTipset(node, key);
      return deadlineJson(mustMiner(t.before.state, who).miner, t.height);
    }),
    StateMinerCreationDeposit: method('read', [tipsetKey], () => CREATION_DEPOSIT.toString()),
  };
}

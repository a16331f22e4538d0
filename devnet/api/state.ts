import { idAddress, idIn, protocolOf, type Address } from '../address';
import { link } from '../message';
import { minerInfoJson } from '../miner/info';
import { available, type MinerState } from '../miner/state';
import { vested } from '../miner/vesting';
import type { Node } from '../node';
import { address, tipsetKey, uint64 } from '../rpc/decode';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { FIL, TOTAL_FIL } from '../token';
import { accountKey, ACTOR_NOT_FOUND, lookupId, mustActor } from '../vm/lookup';
import { actorAt, actors, ACTOR_ID, actorById, codeOf, type Actor, type State } from '../vm/state';
import { CREATION_DEPOSIT } from '../miner/construct';
import { actorJson, readStateJson } from './actor-json';
import { stateTipset } from './tipset-at';

const NETWORK_VERSION = 28;
const ACTOR_KINDS = ['account', 'init', 'multisig', 'storageminer', 'storagepower'] as const;
const MINIMUM_POWER = 10n << 40n;
const DEADLINES = 48;
const WINDOW = 60;

/** A miner actor; the words of refusal are those of StateMinerInfo. */
function mustMiner(state: State, at: Address): { actor: Actor; miner: MinerState } {
  const actor = mustActor(state, at, 'failed to load miner actor: ');
  if (actor.miner === null)
    throw new RpcFailure(`failed to load miner actor state: actor code is not miner: ${actor.kind}`);
  return { actor, miner: actor.miner };
}

const claim = (raw: bigint, quality: bigint): Record<string, string> => ({
  RawBytePower: raw.toString(),
  QualityAdjPower: quality.toString(),
});

function powerJson(state: State, at: Address): Record<string, unknown> {
  const miner = actorAt(state, at)?.miner ?? null;
  let raw = 0n;
  let quality = 0n;
  for (const actor of actors(state)) {
    raw += actor.miner?.rawPower ?? 0n;
    quality += actor.miner?.qualityPower ?? 0n;
  }
  return {
    MinerPower: claim(miner?.rawPower ?? 0n, miner?.qualityPower ?? 0n),
    TotalPower: claim(raw, quality),
    HasMinPower: (miner?.qualityPower ?? 0n) >= MINIMUM_POWER,
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

function minerMethods(node: Node): Methods {
  const at = [address, tipsetKey] as const;
  return {
    StateMinerInfo: method('read', at, (who, key) =>
      minerInfoJson(mustMiner(stateTipset(node, key).before.state, who).miner.info),
    ),
    StateMinerAvailableBalance: method('read', at, (who, key) => {
      const t = stateTipset(node, key);
      const { actor, miner } = mustMiner(t.before.state, who);
      return (available(actor.balance, miner) + vested(miner, t.height)).toString();
    }),
    StateMinerPower: method('read', at, (who, key) => powerJson(stateTipset(node, key).before.state, who)),
    StateMinerSectorCount: method('read', at, (who, key) => {
      const { miner } = mustMiner(stateTipset(node, key).before.state, who);
      return { Live: miner.sectors, Active: miner.sectors, Faulty: 0 };
    }),
    StateMinerFaults: method('read', at, (who, key) => {
      mustMiner(stateTipset(node, key).before.state, who);
      return [0];
    }),
    StateMinerProvingDeadline: method('read', at, (who, key) => {
      const t = stateTipset(node, key);
      return deadlineJson(mustMiner(t.before.state, who).miner, t.height);
    }),
    StateMinerCreationDeposit: method('read', [tipsetKey], () => CREATION_DEPOSIT.toString()),
    StateMarketBalance: method('read', at, (who, key) => {
      mustActor(stateTipset(node, key).before.state, who);
      return { Escrow: '0', Locked: '0' };
    }),
  };
}

function supply(state: State): bigint {
  const kept = (id: number): bigint => actorById(state, id)?.balance ?? 0n;
  return TOTAL_FIL - kept(ACTOR_ID.reward) - kept(ACTOR_ID.burnt) - 300_000_000n * FIL;
}

function networkMethods(node: Node): Methods {
  return {
    StateNetworkName: method('read', [], () => node.options.networkName),
    StateNetworkVersion: method('read', [tipsetKey], (key) => {
      stateTipset(node, key);
      return NETWORK_VERSION;
    }),
    StateCirculatingSupply: method('read', [tipsetKey], (key) =>
      supply(stateTipset(node, key).before.state).toString(),
    ),
    StateVMCirculatingSupplyInternal: method('read', [tipsetKey], (key) => {
      const { state } = stateTipset(node, key).before;
      const locked = [...actors(state)].reduce(
        (sum, a) => sum + (a.miner?.initialPledge ?? 0n) + (a.miner?.lockedFunds ?? 0n),
        0n,
      );
      return {
        FilVested: '0',
        FilMined: '0',
        FilBurnt: (actorById(state, ACTOR_ID.burnt)?.balance ?? 0n).toString(),
        FilLocked: locked.toString(),
        FilCirculating: supply(state).toString(),
        FilReserveDisbursed: '0',
      };
    }),
    StateActorCodeCIDs: method('read', [uint64], (version) => {
      if (version !== NETWORK_VERSION)
        throw new RpcFailure(`network version ${version} is not that of this chain`);
      return Object.fromEntries(ACTOR_KINDS.map((kind) => [kind, link(codeOf(kind))]));
    }),
    StateGetNetworkParams: method('read', [], () => ({
      NetworkName: node.options.networkName,
      BlockDelaySecs: node.options.epochSeconds,
      ConsensusMinerMinPower: MINIMUM_POWER.toString(),
      PreCommitChallengeDelay: 150,
      GenesisTimestamp: node.chain.clock.genesisTime,
    })),
  };
}

/** Reads of the state before a tipset's own messages: what State* shows at that tipset. */
export function stateMethods(node: Node): Methods {
  const at = [address, tipsetKey] as const;
  return {
    ...minerMethods(node),
    ...networkMethods(node),
    StateGetActor: method('read', at, (who, key) =>
      actorJson(mustActor(stateTipset(node, key).before.state, who)),
    ),
    StateReadState: method('read', at, (who, key) =>
      readStateJson(mustActor(stateTipset(node, key).before.state, who, 'getting actor: ')),
    ),
    StateAccountKey: method('read', at, (who, key) => accountKey(stateTipset(node, key).before.state, who)),
    StateLookupID: method('read', at, (who, key) => {
      const found = lookupId(stateTipset(node, key).before.state, who);
      if (found === null) throw new RpcFailure('actor not found', ACTOR_NOT_FOUND);
      return found;
    }),
    StateLookupRobustAddress: method('read', at, (who, key) => {
      if (idIn(who) === null && protocolOf(who) !== 0) return who;
      const actor = mustActor(stateTipset(node, key).before.state, who);
      if (actor.robust === null) throw new RpcFailure(`failed to find robust address for ${who}`);
      return actor.robust;
    }),
    StateListMiners: method('read', [tipsetKey], (key) =>
      [...actors(stateTipset(node, key).before.state)]
        .filter((actor) => actor.miner !== null)
        .map((actor) => actor.id)
        .sort((a, b) => a - b)
        .map(idAddress),
    ),
    StateListActors: method('read', [tipsetKey], (key) =>
      [...actors(stateTipset(node, key).before.state)]
        .map((actor) => actor.id)
        .sort((a, b) => a - b)
        .map(idAddress),
    ),
    StateGetClaim: method('read', at, (who, key) => {
      const miner = actorAt(stateTipset(node, key).before.state, who)?.miner;
      return miner == null ? null : claim(miner.rawPower, miner.qualityPower);
    }),
    WalletBalance: method('read', [address], (who) => {
      if (who === '') throw new RpcFailure('GetActor called on undefined address');
      return (actorAt(node.chain.head().before.state, who)?.balance ?? 0n).toString();
    }),
  };
}

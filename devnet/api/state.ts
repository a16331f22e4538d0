import { idAddress, idIn } from '../address';
import { link } from '../message';
import type { Node } from '../node';
import { address, tipsetKey, uint64 } from '../rpc/decode';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { FIL, TOTAL_FIL } from '../token';
import { ACTOR_NOT_FOUND, lookupId, mustActor } from '../vm/lookup';
import { actorAt, actors, ACTOR_ID, actorById, codeOf, type State } from '../vm/state';
import { actorJson, readStateJson } from './actor-json';
import { keyAt } from './key-address';
import { MINIMUM_POWER } from './miner';
import { stateTipset } from './tipset-at';

const NETWORK_VERSION = 28;
const ACTOR_KINDS = [
  'account',
  'cron',
  'datacap',
  'eam',
  'init',
  'multisig',
  'placeholder',
  'reward',
  'storagemarket',
  'storageminer',
  'storagepower',
  'system',
  'verifiedregistry',
] as const;
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
        throw new RpcFailure(`invalid network version ${version}: unsupported network version ${version}`);
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
    ...networkMethods(node),
    StateGetActor: method('read', at, (who, key) =>
      actorJson(mustActor(stateTipset(node, key).before.state, who)),
    ),
    StateReadState: method('read', at, (who, key) =>
      readStateJson(mustActor(stateTipset(node, key).before.state, who, 'getting actor: ')),
    ),
    StateAccountKey: method('read', at, (who, key) => keyAt(node, stateTipset(node, key), who)),
    StateLookupID: method('read', at, (who, key) => {
      const found = lookupId(stateTipset(node, key).before.state, who);
      if (found === null) throw new RpcFailure('actor not found', ACTOR_NOT_FOUND);
      return found;
    }),
    StateLookupRobustAddress: method('read', at, (who, key) => {
      const { state } = stateTipset(node, key).before;
      if (idIn(who) === null) {
        throw new RpcFailure(
          'failed to decode provided address as id addr: cannot get id from non id address',
        );
      }
      const actor = actorAt(state, who);
      const robust = actor?.robust ?? actor?.delegated ?? null;
      if (robust === null) throw new RpcFailure(`Address ${who} not found`);
      return robust;
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
    WalletBalance: method('read', [address], (who) => {
      if (who === '') throw new RpcFailure('GetActor called on undefined address');
      return (actorAt(node.chain.head().before.state, who)?.balance ?? 0n).toString();
    }),
  };
}

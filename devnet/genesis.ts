import { parseAddress, type Address } from './address';
import { addMiner } from './chain/operation';
import { robustOf } from './chain/execute';
import { FIL } from './token';
import {
  ACTOR_ID,
  addAccount,
  addBalance,
  actorAt,
  emptyState,
  FIRST_MINER_ID,
  newActor,
  putActor,
  type ActorKind,
  type State,
} from './vm/state';

/** What the genesis state is made of; kept in the data folder, so that every start makes the same. */
export interface Genesis {
  readonly time: number;
  readonly allocations: readonly { readonly address: string; readonly amount: string }[];
  readonly miners: readonly { readonly owner: string; readonly worker: string; readonly available: string }[];
  /** Owner and worker of the miner that makes the blocks; the owner is the faucet. */
  readonly faucet: string;
  readonly worker: string;
}

const FIRST_ACCOUNT_ID = 100;
const FAUCET_MONEY = 500_000_000n * FIL;
const REWARD_MONEY = 1_100_000_000n * FIL;

const SINGLETONS: readonly (readonly [number, ActorKind])[] = [
  [ACTOR_ID.system, 'system'],
  [ACTOR_ID.init, 'init'],
  [ACTOR_ID.reward, 'reward'],
  [ACTOR_ID.cron, 'cron'],
  [ACTOR_ID.power, 'storagepower'],
  [ACTOR_ID.market, 'storagemarket'],
  [6, 'verifiedregistry'],
  [7, 'datacap'],
  [10, 'eam'],
  [ACTOR_ID.burnt, 'account'],
];

/**
 * The first state: system actors, the faucet, the miner of all blocks (f01000), then what the options ask for. Accounts
 * that find no id below the miners' come after them.
 */
export function genesisState(genesis: Genesis): State {
  let state = emptyState();
  for (const [id, kind] of SINGLETONS) state = putActor(state, newActor(id, kind));
  state = addBalance(state, ACTOR_ID.reward, REWARD_MONEY);
  let nextAccount = FIRST_ACCOUNT_ID;
  const account = (key: Address): void => {
    if (actorAt(state, key) !== undefined) return;
    const early = nextAccount < FIRST_MINER_ID;
    state = early ? { ...addAccount(state, key, nextAccount), nextId: state.nextId } : addAccount(state, key);
    nextAccount += 1;
  };
  const give = (key: Address, amount: bigint): void => {
    account(key);
    const actor = actorAt(state, key);
    if (actor === undefined) throw new Error(`no account for ${key}`);
    state = addBalance(state, actor.id, amount);
  };
  const faucet = parseAddress(genesis.faucet);
  give(faucet, FAUCET_MONEY);
  account(parseAddress(genesis.worker));
  const room = FIRST_MINER_ID - nextAccount - 2 * genesis.miners.length;
  const allocate = (some: Genesis['allocations']): void => {
    for (const one of some) give(parseAddress(one.address), BigInt(one.amount));
  };
  allocate(genesis.allocations.slice(0, room));
  for (const one of genesis.miners) for (const role of [one.owner, one.worker]) account(parseAddress(role));
  const add = (owner: Address, worker: Address, available: bigint, power: bigint): void => {
    const made = { owner, worker, available, pledge: 0n, locked: 0n, power, sectors: 0 };
    state = addMiner(state, 0, made, robustOf(state.nextId)).state;
  };
  add(faucet, parseAddress(genesis.worker), 0n, 1n << 44n);
  for (const one of genesis.miners) {
    add(parseAddress(one.owner), parseAddress(one.worker), BigInt(one.available), 1n << 44n);
  }
  nextAccount = FIRST_MINER_ID;
  allocate(genesis.allocations.slice(room));
  return state;
}

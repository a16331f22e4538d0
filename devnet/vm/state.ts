import { idAddress, idIn, protocolOf, type Address } from '../address';
import type { Cid } from '../cid';
import { identityCid } from '../cid';
import { emptyMap, mapEntries, mapGet, mapSet, type PersistentMap } from '../persistent';
import type { MinerState } from '../miner/state';
import type { MultisigState } from '../multisig/state';

export type ActorKind =
  | 'system'
  | 'init'
  | 'reward'
  | 'cron'
  | 'storagepower'
  | 'storagemarket'
  | 'verifiedregistry'
  | 'datacap'
  | 'eam'
  | 'account'
  | 'placeholder'
  | 'storageminer'
  | 'multisig';

/** One actor. Never changed in place: a new object replaces it. */
export interface Actor {
  readonly id: number;
  readonly kind: ActorKind;
  readonly nonce: number;
  readonly balance: bigint;
  /** f1 or f3 of an account, f2 of an actor that Init made. */
  readonly robust: Address | null;
  readonly delegated: Address | null;
  readonly miner: MinerState | null;
  readonly multisig: MultisigState | null;
}

/** The whole state, immutable: keeping an old one costs only what changed since. */
export interface State {
  readonly actors: PersistentMap<Actor>;
  readonly ids: PersistentMap<number>;
  readonly nextId: number;
}

export const ACTOR_ID = {
  system: 0,
  init: 1,
  reward: 2,
  cron: 3,
  power: 4,
  market: 5,
  burnt: 99,
} as const;

export const FIRST_MINER_ID = 1000;

export const emptyState = (): State => ({ actors: emptyMap(), ids: emptyMap(), nextId: FIRST_MINER_ID });

export const actorById = (state: State, id: number): Actor | undefined => mapGet(state.actors, String(id));

export function resolveId(state: State, address: Address): number | undefined {
  return idIn(address) ?? mapGet(state.ids, address);
}

export function actorAt(state: State, address: Address): Actor | undefined {
  const id = resolveId(state, address);
  return id === undefined ? undefined : actorById(state, id);
}

export const putActor = (state: State, actor: Actor): State => ({
  ...state,
  actors: mapSet(state.actors, String(actor.id), actor),
});

export function newActor(id: number, kind: ActorKind, robust: Address | null = null): Actor {
  return { id, kind, nonce: 0, balance: 0n, robust, delegated: null, miner: null, multisig: null };
}

/** Adds an actor under the id and, when it has one, under its robust address. */
export function addActor(state: State, actor: Actor): State {
  const ids = actor.robust === null ? state.ids : mapSet(state.ids, actor.robust, actor.id);
  const all = actor.delegated === null ? ids : mapSet(ids, actor.delegated, actor.id);
  return putActor({ ...state, ids: all, nextId: Math.max(state.nextId, actor.id + 1) }, actor);
}

/** Makes the account of a key address, as the first payment to it does. */
export function addAccount(state: State, key: Address, id = state.nextId): State {
  if (protocolOf(key) !== 4) return addActor(state, newActor(id, 'account', key));
  return addActor(state, { ...newActor(id, 'placeholder'), delegated: key });
}

export function addBalance(state: State, id: number, delta: bigint): State {
  const actor = actorById(state, id);
  if (actor === undefined) throw new Error(`no actor ${id}`);
  return putActor(state, { ...actor, balance: actor.balance + delta });
}

export function* actors(state: State): Generator<Actor> {
  for (const [, actor] of mapEntries(state.actors)) yield actor;
}

export const actorAddressOf = (actor: Actor): Address => idAddress(actor.id);

const VERSION = 18;
const codes = new Map<ActorKind, Cid>();

/** The code CID of a kind of actor: stable, of our own making. */
export function codeOf(kind: ActorKind): Cid {
  const known = codes.get(kind);
  if (known !== undefined) return known;
  const made = identityCid(`fil/${VERSION}/${kind}`);
  codes.set(kind, made);
  return made;
}

import { parseAddress, protocolOf, type Address } from '../address';
import { newMiner, unlocked, type MinerState } from '../miner/state';
import { addLocked, lockedPart } from '../miner/vesting';
import { repayWhatCan } from '../miner/withdraw';
import {
  ACTOR_ID,
  actorAt,
  actorById,
  addAccount,
  addActor,
  addBalance,
  newActor,
  putActor,
  type Actor,
  type State,
} from '../vm/state';

/** What the control namespace does to the state: executed after the messages of the tipset that carries it. */
export type Operation =
  | { readonly kind: 'reward'; readonly miner: number; readonly amount: bigint }
  | { readonly kind: 'pledge'; readonly miner: number; readonly amount: bigint }
  | { readonly kind: 'debt'; readonly miner: number; readonly amount: bigint }
  /** Sets how many of the miner's sectors are faulty. */
  | { readonly kind: 'faults'; readonly miner: number; readonly amount: bigint }
  /** Sets its power: sectors come and go. */
  | { readonly kind: 'power'; readonly miner: number; readonly amount: bigint }
  | { readonly kind: 'miner'; readonly miner: NewMiner };

/** A miner as the control namespace makes it; amounts in attoFIL, power in bytes. */
export interface NewMiner {
  readonly owner: Address;
  readonly worker: Address;
  readonly available: bigint;
  readonly pledge: bigint;
  readonly locked: bigint;
  readonly power: bigint;
  readonly sectors: number;
}

/** A control call that cannot be done. */
export class OperationRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OperationRefused';
  }
}

function minerActor(state: State, id: number): { actor: Actor; miner: MinerState } {
  const actor = actorById(state, id);
  if (actor?.miner == null) throw new OperationRefused(`f0${id} is not a miner`);
  return { actor, miner: actor.miner };
}

const setMiner = (state: State, id: number, miner: MinerState): State =>
  putActor(state, { ...minerActor(state, id).actor, miner });

const moveFrom = (state: State, from: number, to: number, amount: bigint): State =>
  addBalance(addBalance(state, from, -amount), to, amount);

/** A block reward: 75 % is locked and vests over 180 days; fee debt is repaid out of it first. */
export function reward(state: State, epoch: number, id: number, amount: bigint): State {
  const paid = moveFrom(state, ACTOR_ID.reward, id, amount);
  const { actor, miner } = minerActor(paid, id);
  const locked = addLocked(miner, epoch, lockedPart(amount));
  const { miner: after, burnt } = repayWhatCan(actor.balance, locked, epoch);
  return moveFrom(setMiner(paid, id, after), id, ACTOR_ID.burnt, burnt);
}

function pledge(state: State, id: number, amount: bigint): State {
  const { actor, miner } = minerActor(state, id);
  if (unlocked(actor.balance, miner) < amount || miner.initialPledge + amount < 0n) {
    throw new OperationRefused(
      `f0${id} has ${unlocked(actor.balance, miner)} attoFIL unlocked and ${miner.initialPledge} pledged`,
    );
  }
  return setMiner(state, id, { ...miner, initialPledge: miner.initialPledge + amount });
}

function debt(state: State, id: number, amount: bigint): State {
  const { miner } = minerActor(state, id);
  if (miner.feeDebt + amount < 0n) throw new OperationRefused(`f0${id} owes only ${miner.feeDebt} attoFIL`);
  return setMiner(state, id, { ...miner, feeDebt: miner.feeDebt + amount });
}

function faults(state: State, id: number, amount: bigint): State {
  const { miner } = minerActor(state, id);
  if (amount < 0n || amount > BigInt(miner.sectors))
    throw new OperationRefused(`f0${id} has ${miner.sectors} sectors, not ${amount}`);
  return setMiner(state, id, { ...miner, faulty: Number(amount) });
}

function power(state: State, id: number, amount: bigint): State {
  const { miner } = minerActor(state, id);
  if (amount < 0n) throw new OperationRefused(`power ${amount} is negative`);
  return setMiner(state, id, { ...miner, rawPower: amount, qualityPower: amount });
}

/** The id of an account; made when unknown, so that a miner can be given to keys that never were on chain. */
function ensureAccount(state: State, address: Address): { state: State; id: number } {
  const known = actorAt(state, address);
  if (known !== undefined) return { state, id: known.id };
  const protocol = protocolOf(address);
  if (protocol !== 1 && protocol !== 3) throw new OperationRefused(`no actor at ${address}`);
  return { state: addAccount(state, address), id: state.nextId };
}

/** Adds a miner actor; its money comes out of the reward actor, so that the total supply stands. */
export function addMiner(
  state: State,
  epoch: number,
  wanted: NewMiner,
  seed: Address,
): { state: State; id: number } {
  const owner = ensureAccount(state, wanted.owner);
  const worker = ensureAccount(owner.state, wanted.worker);
  const id = worker.state.nextId;
  const fresh: MinerState = {
    ...newMiner(owner.id, worker.id, epoch),
    initialPledge: wanted.pledge,
    rawPower: wanted.power,
    qualityPower: wanted.power,
    sectors: wanted.sectors,
  };
  const added = addActor(worker.state, {
    ...newActor(id, 'storageminer', seed),
    miner: addLocked(fresh, epoch, wanted.locked),
  });
  const money = wanted.available + wanted.pledge + wanted.locked;
  return { state: moveFrom(added, ACTOR_ID.reward, id, money), id };
}

/** Applies one operation; throws OperationRefused before anything changed. */
export function operate(
  state: State,
  epoch: number,
  operation: Operation,
  robust: (id: number) => Address,
): State {
  switch (operation.kind) {
    case 'reward':
      minerActor(state, operation.miner);
      return reward(state, epoch, operation.miner, operation.amount);
    case 'pledge':
      return pledge(state, operation.miner, operation.amount);
    case 'debt':
      return debt(state, operation.miner, operation.amount);
    case 'faults':
      return faults(state, operation.miner, operation.amount);
    case 'power':
      return power(state, operation.miner, operation.amount);
    case 'miner':
      return addMiner(state, epoch, operation.miner, robust(state.nextId)).state;
  }
}

/** Operations in the log are JSON with amounts as text. */
export const operationJson = (operation: Operation): unknown =>
  JSON.parse(
    JSON.stringify(operation, (_key, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    ),
  );

export function restoreOperation(value: unknown): Operation {
  const held = value as { kind: Operation['kind']; miner: unknown; amount?: string };
  if (held.kind !== 'miner')
    return { kind: held.kind, miner: Number(held.miner), amount: BigInt(held.amount ?? '') };
  const miner = held.miner as Record<Exclude<keyof NewMiner, 'sectors'>, string> & { sectors?: number };
  return {
    kind: 'miner',
    miner: {
      owner: parseAddress(miner.owner),
      worker: parseAddress(miner.worker),
      available: BigInt(miner.available),
      pledge: BigInt(miner.pledge),
      locked: BigInt(miner.locked),
      power: BigInt(miner.power),
      // a log written before sectors were counted has none
      sectors: miner.sectors ?? 0,
    },
  };
}

import { idAddress } from '../address';
import { Abort, EXIT } from '../exit';
import { tokenText } from '../token';
import type { Call } from '../vm/call';
import { GAS } from '../vm/prices';
import { actorById, ACTOR_ID, putActor, type Actor } from '../vm/state';
import { unlocked, type MinerInfo, type MinerState } from './state';

export const NOTHING = new Uint8Array();

/** The miner that a call runs in, as it is now. */
export function load(call: Call): { actor: Actor; miner: MinerState } {
  const actor = actorById(call.machine.state, call.self);
  if (actor?.miner == null) throw new Error(`f0${call.self} is not a miner`);
  return { actor, miner: actor.miner };
}

export function save(call: Call, miner: MinerState): void {
  const { actor } = load(call);
  call.machine.charge(GAS.minerWrite);
  call.machine.state = putActor(call.machine.state, { ...actor, miner });
}

export const saveInfo = (call: Call, info: MinerInfo): void => save(call, { ...load(call).miner, info });

export function onlyFrom(call: Call, allowed: readonly number[]): void {
  if (allowed.includes(call.caller)) return;
  throw new Abort(EXIT.forbidden, `caller ${idAddress(call.caller)} is not one of supported`);
}

/** Sends from the miner; a refusal of the receiver aborts the caller with the same code. */
export function pay(call: Call, to: number, value: bigint): void {
  const send = { from: call.self, to: idAddress(to), value, method: 0, params: NOTHING };
  const { exit } = call.machine.send(send);
  if (exit !== EXIT.ok) throw new Abort(exit, `send aborted with code ${exit}`);
}

export function burn(call: Call, value: bigint): void {
  if (value > 0n) pay(call, ACTOR_ID.burnt, value);
}

/** Takes the whole fee debt out of the state, to be burnt; refuses when unlocked funds do not cover it. */
export function repayOrAbort(balance: bigint, miner: MinerState): { miner: MinerState; burnt: bigint } {
  const free = unlocked(balance, miner);
  if (free < miner.feeDebt) {
    const text = 'unlocked balance can not repay fee debt';
    const figures = `(${tokenText(free)} < ${tokenText(miner.feeDebt)})`;
    throw new Abort(EXIT.userInsufficientFunds, `${text}: ${text} ${figures}`);
  }
  return { miner: { ...miner, feeDebt: 0n }, burnt: miner.feeDebt };
}

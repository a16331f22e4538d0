import { Abort, EXIT } from '../exit';
import { FIL } from '../token';
import type { Call } from '../vm/call';
import { finish, paramsOf, readAddress, resolve, tuple } from '../vm/params';
import { ACTOR_ID, actorById, putActor } from '../vm/state';
import { NOTHING, onlyFrom } from './self';
import { newMiner } from './state';
import { addLocked } from './vesting';
import { workerId } from './worker';

/** What a new miner must lock, vesting like a reward (FIP-0077); a round figure of this chain. */
export const CREATION_DEPOSIT = FIL / 100n;

/** The constructor (1), called by Init with the value that was sent to CreateMiner. */
export function construct(call: Call): Uint8Array {
  const reader = paramsOf(call);
  tuple(reader, 2);
  const owner = readAddress(reader);
  const worker = finish(reader, readAddress(reader));
  onlyFrom(call, [ACTOR_ID.init]);
  if (call.value < CREATION_DEPOSIT) {
    const text = 'not enough balance to lock for create miner deposit';
    throw new Abort(
      EXIT.userInsufficientFunds,
      `${text}: sent balance ${call.value} < deposit ${CREATION_DEPOSIT}`,
    );
  }
  const ownerId = resolve(call, owner);
  if (ownerId === undefined)
    throw new Abort(EXIT.illegalArgument, `unable to resolve owner address: ${owner}`);
  const { machine } = call;
  const actor = actorById(machine.state, call.self);
  if (actor === undefined) throw new Error(`miner ${call.self} is gone`);
  const fresh = newMiner(ownerId, workerId(call, worker), machine.epoch);
  machine.state = putActor(machine.state, {
    ...actor,
    miner: addLocked(fresh, machine.epoch, CREATION_DEPOSIT),
  });
  return NOTHING;
}

import { actorAddress, addressToBytes, idAddress } from '../address';
import { encodeCbor } from '../cbor';
import { Abort, EXIT } from '../exit';
import type { ActorCode, Call } from './call';
import { finish, paramsOf, tuple } from './params';
import { ACTOR_ID, addActor, codeOf, newActor } from './state';

const EXEC = 2;
const CONSTRUCTOR = 1;

/** Exec: makes a miner actor for the power actor and runs its constructor with the value that came along. */
function exec(call: Call): Uint8Array {
  const reader = paramsOf(call);
  tuple(reader, 2);
  const code = reader.link();
  const params = finish(reader, reader.bytes());
  if (code !== codeOf('storageminer') || call.caller !== ACTOR_ID.power) {
    throw new Abort(EXIT.forbidden, `called type ${call.caller} cannot exec actor type ${code}`);
  }
  const { machine } = call;
  const id = machine.state.nextId;
  const robust = actorAddress(encodeCbor([call.caller, id, machine.epoch]));
  machine.state = addActor(machine.state, newActor(id, 'storageminer', robust));
  const send = { from: call.self, to: idAddress(id), value: call.value, method: CONSTRUCTOR, params };
  const { exit } = machine.send(send);
  if (exit !== EXIT.ok) throw new Abort(exit, `constructor failed: send aborted with code ${exit}`);
  return encodeCbor([addressToBytes(idAddress(id)), addressToBytes(robust)]);
}

/** The init actor: Exec (2) only. */
export const initCode: ActorCode = (call) => {
  if (call.method === EXEC) return exec(call);
  throw new Abort(EXIT.unhandled, `invalid method: ${call.method}`);
};

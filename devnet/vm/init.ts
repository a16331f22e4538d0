import { actorAddress, addressToBytes, idAddress } from '../address';
import { encodeCbor } from '../cbor';
import type { Cid } from '../cid';
import { Abort, EXIT } from '../exit';
import type { ActorCode, Call } from './call';
import { finish, paramsOf, tuple } from './params';
import { ACTOR_ID, addActor, codeOf, newActor, type ActorKind } from './state';

const EXEC = 2;
const CONSTRUCTOR = 1;

/** Anybody may make a multisig, the power actor only a miner. */
function mayExec(caller: number, code: Cid): ActorKind | null {
  if (code === codeOf('multisig')) return 'multisig';
  return code === codeOf('storageminer') && caller === ACTOR_ID.power ? 'storageminer' : null;
}

/** Exec: makes an actor and runs its constructor with the value that came along; answers its addresses. */
function exec(call: Call): Uint8Array {
  const reader = paramsOf(call);
  tuple(reader, 2);
  const code = reader.link();
  const params = finish(reader, reader.bytes());
  const kind = mayExec(call.caller, code);
  if (kind === null) {
    throw new Abort(EXIT.forbidden, `called type ${call.caller} cannot exec actor type ${code}`);
  }
  const { machine } = call;
  const id = machine.state.nextId;
  const robust = actorAddress(encodeCbor([call.caller, id, machine.epoch]));
  machine.state = addActor(machine.state, newActor(id, kind, robust));
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

import { addressToBytes, idAddress } from '../address';
import { encodeCbor } from '../cbor';
import { Abort, EXIT } from '../exit';
import type { ActorCode, Call } from './call';
import { finish, paramsOf, readAddress, tuple } from './params';
import { GAS } from './prices';
import { ACTOR_ID, codeOf } from './state';

/** CreateMiner: `[owner, worker, proof type, peer id, multiaddrs]`; answers `[id address, robust address]`. */
function createMiner(call: Call): Uint8Array {
  const reader = paramsOf(call);
  tuple(reader, 5);
  const owner = readAddress(reader);
  const worker = readAddress(reader);
  reader.int();
  reader.bytes();
  const count = reader.array();
  for (let i = 0; i < count; i++) reader.bytes();
  finish(reader, null);
  call.machine.charge(GAS.createMiner);
  const constructor = encodeCbor([addressToBytes(owner), addressToBytes(worker)]);
  const params = encodeCbor([{ link: codeOf('storageminer') }, constructor]);
  const send = { from: call.self, to: idAddress(ACTOR_ID.init), value: call.value, method: 2, params };
  const { exit, ret } = call.machine.send(send);
  if (exit !== EXIT.ok) throw new Abort(exit, `send aborted with code ${exit}`);
  return ret;
}

/** The storage power actor: CreateMiner (2) only. */
export const powerCode: ActorCode = (call) => {
  if (call.method === 2) return createMiner(call);
  throw new Abort(EXIT.unhandled, `invalid method: ${call.method}`);
};

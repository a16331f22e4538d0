import { actorAddress, addressToBytes, idAddress, type Address } from '../address';
import { encodeCbor, type CborReader } from '../cbor';
import { Abort, EXIT } from '../exit';
import { newMiner } from '../miner/state';
import { addLocked } from '../miner/vesting';
import { FIL } from '../token';
import type { ActorCode, Call } from './call';
import { finish, paramsOf, readAddress, resolve, tuple } from './params';
import { GAS } from './prices';
import { actorById, addActor, newActor, putActor } from './state';

/** What a new miner must lock, vesting like a reward (FIP-0077); a round figure of this chain. */
export const CREATION_DEPOSIT = FIL / 100n;

interface CreateMiner {
  readonly owner: Address;
  readonly worker: Address;
}

function read(reader: CborReader): CreateMiner {
  tuple(reader, 5);
  const owner = readAddress(reader);
  const worker = readAddress(reader);
  reader.int();
  reader.bytes();
  const count = reader.array();
  for (let i = 0; i < count; i++) reader.bytes();
  return finish(reader, { owner, worker });
}

function accountId(call: Call, address: Address, role: string): number {
  const id = resolve(call, address);
  const actor = id === undefined ? undefined : actorById(call.machine.state, id);
  if (id === undefined || actor === undefined) {
    throw new Abort(EXIT.illegalArgument, `unable to resolve ${role} address: ${address}`);
  }
  return id;
}

function createMiner(call: Call): Uint8Array {
  const { owner, worker } = read(paramsOf(call));
  const ownerId = accountId(call, owner, 'owner');
  const workerId = accountId(call, worker, 'worker');
  if (call.value < CREATION_DEPOSIT) {
    const text = 'not enough balance to lock for create miner deposit';
    throw new Abort(
      EXIT.userInsufficientFunds,
      `${text}: sent balance ${call.value} < deposit ${CREATION_DEPOSIT}`,
    );
  }
  call.machine.charge(GAS.createMiner);
  const id = call.machine.state.nextId;
  const robust = actorAddress(encodeCbor([addressToBytes(idAddress(call.caller)), id, call.machine.epoch]));
  const miner = addLocked(
    newMiner(ownerId, workerId, call.machine.epoch),
    call.machine.epoch,
    CREATION_DEPOSIT,
  );
  call.machine.state = addActor(call.machine.state, { ...newActor(id, 'storageminer', robust), miner });
  call.machine.send({
    from: call.self,
    to: idAddress(id),
    value: call.value,
    method: 0,
    params: new Uint8Array(),
  });
  const made = actorById(call.machine.state, id);
  if (made === undefined) throw new Error(`miner ${id} is gone`);
  call.machine.state = putActor(call.machine.state, made);
  return encodeCbor([addressToBytes(idAddress(id)), addressToBytes(robust)]);
}

/** The storage power actor: CreateMiner (2) only. */
export const powerCode: ActorCode = (call) => {
  if (call.method === 2) return createMiner(call);
  throw new Abort(EXIT.unhandled, `invalid method: ${call.method}`);
};

/** ChangeWorkerAddress (method 3): the owner keeps the worker and names control addresses; those change at once. */
import { cborEncode } from '../../chain/cbor';
import { addressBytes, type Address } from '../../domain/address';

export const METHOD_CHANGE_WORKER = 3;

/** Params: [worker, [control address…]] (builtin-actors, miner: ChangeWorkerAddressParams). */
export function changeWorkerParams(worker: Address, controls: readonly Address[]): Uint8Array {
  return cborEncode([addressBytes(worker), controls.map((address) => addressBytes(address))]);
}

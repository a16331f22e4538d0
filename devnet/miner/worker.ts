import { protocolOf } from '../address';
import { Abort, EXIT } from '../exit';
import type { Call } from '../vm/call';
import { finish, noParams, paramsOf, readAddress, resolve, tuple } from '../vm/params';
import { actorById, codeOf } from '../vm/state';
import { load, NOTHING, onlyFrom, saveInfo } from './self';

export const WORKER_CHANGE_DELAY = 900;
const MAX_CONTROL = 10;
const BLS = 3;

/** The id of a worker: an account with a BLS key. */
export function workerId(call: Call, address: Parameters<typeof resolve>[1]): number {
  const id = resolve(call, address);
  if (id === undefined) throw new Abort(EXIT.illegalArgument, `unable to resolve address: ${address}`);
  const actor = actorById(call.machine.state, id);
  if (actor === undefined) throw new Abort(EXIT.illegalArgument, `no code for address: ${id}`);
  if (actor.kind !== 'account' || actor.robust === null) {
    throw new Abort(EXIT.illegalArgument, `worker actor type must be an account, was ${codeOf(actor.kind)}`);
  }
  const kind = protocolOf(actor.robust);
  if (kind !== BLS)
    throw new Abort(EXIT.illegalArgument, `worker account ${id} must have BLS pubkey, was ${kind}`);
  return id;
}

/** ChangeWorkerAddress (3): control addresses change at once, the worker 900 epochs after, when confirmed. */
export function changeWorker(call: Call): Uint8Array {
  const reader = paramsOf(call);
  tuple(reader, 2);
  const address = readAddress(reader);
  const given = Array.from({ length: reader.array() }, () => readAddress(reader));
  finish(reader, null);
  if (given.length > MAX_CONTROL) {
    const text = `control addresses length ${given.length} exceeds max control addresses length ${MAX_CONTROL}`;
    throw new Abort(EXIT.illegalArgument, text);
  }
  const worker = workerId(call, address);
  const control = given.map((one) => {
    const id = resolve(call, one);
    if (id === undefined) throw new Abort(EXIT.illegalArgument, `unable to resolve control address: ${one}`);
    return id;
  });
  const { info } = load(call).miner;
  onlyFrom(call, [info.owner]);
  const changes = worker !== info.worker && info.pendingWorker === null;
  const pendingWorker = changes
    ? { worker, effectiveAt: call.machine.epoch + WORKER_CHANGE_DELAY }
    : info.pendingWorker;
  saveInfo(call, { ...info, control, pendingWorker });
  return NOTHING;
}

/** ConfirmChangeWorkerAddress (21): in silence when it is too early. */
export function confirmWorker(call: Call): Uint8Array {
  noParams(call);
  const { info } = load(call).miner;
  onlyFrom(call, [info.owner]);
  const pending = info.pendingWorker;
  if (pending !== null && pending.effectiveAt <= call.machine.epoch) {
    saveInfo(call, { ...info, worker: pending.worker, pendingWorker: null });
  }
  return NOTHING;
}

import { addressToBytes, idAddress } from '../address';
import { encodeCbor } from '../cbor';
import { Abort, EXIT } from '../exit';
import { bigToBytes } from '../token';
import type { ActorCode, Call } from '../vm/call';
import { exported } from '../vm/exported';
import { finish, noParams, paramsOf, readAddress, resolve } from '../vm/params';
import { changeBeneficiary, getBeneficiary } from './beneficiary';
import { construct } from './construct';
import { changeOwner, getOwner } from './owner';
import { load } from './self';
import { SECTOR_SIZE } from './info';
import { getAvailableBalance, repayDebt, withdrawBalance } from './withdraw';
import { changeWorker, confirmWorker } from './worker';

/** ControlAddresses (2): `[owner, worker, control[]]`. */
function controlAddresses(call: Call): Uint8Array {
  noParams(call);
  const { info } = load(call).miner;
  const bytes = (id: number): Uint8Array => addressToBytes(idAddress(id));
  return encodeCbor([bytes(info.owner), bytes(info.worker), info.control.map(bytes)]);
}

function isControlling(call: Call): Uint8Array {
  const reader = paramsOf(call);
  const id = resolve(call, finish(reader, readAddress(reader)));
  const { info } = load(call).miner;
  return encodeCbor([info.owner, info.worker, ...info.control].some((one) => one === id));
}

function getVesting(call: Call): Uint8Array {
  noParams(call);
  const { vesting } = load(call).miner;
  return encodeCbor([vesting.map((entry) => [entry.epoch, bigToBytes(entry.amount)])]);
}

function getSectorSize(call: Call): Uint8Array {
  noParams(call);
  return encodeCbor(SECTOR_SIZE);
}

function getPeerId(call: Call): Uint8Array {
  noParams(call);
  return encodeCbor([load(call).miner.info.peerId]);
}

function getMultiaddrs(call: Call): Uint8Array {
  noParams(call);
  return encodeCbor([[]]);
}

const methods: ReadonlyMap<number, ActorCode> = new Map<number, ActorCode>([
  [1, construct],
  [2, controlAddresses],
  [3, changeWorker],
  [16, withdrawBalance],
  [21, confirmWorker],
  [22, repayDebt],
  [23, changeOwner],
  [30, changeBeneficiary],
  [31, getBeneficiary],
  [exported('ChangeWorkerAddress'), changeWorker],
  [exported('WithdrawBalance'), withdrawBalance],
  [exported('ConfirmChangeWorkerAddress'), confirmWorker],
  [exported('RepayDebt'), repayDebt],
  [exported('ChangeOwnerAddress'), changeOwner],
  [exported('ChangeBeneficiary'), changeBeneficiary],
  [exported('GetBeneficiary'), getBeneficiary],
  [exported('GetOwner'), getOwner],
  [exported('IsControllingAddress'), isControlling],
  [exported('GetSectorSize'), getSectorSize],
  [exported('GetAvailableBalance'), getAvailableBalance],
  [exported('GetVestingFunds'), getVesting],
  [exported('GetPeerID'), getPeerId],
  [exported('GetMultiaddrs'), getMultiaddrs],
]);

/** Methods of the real actor that need sectors; here only their want of parameters is seen. */
const NOT_SIMULATED = new Set([4, 5, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 24, 28, 32, 34, 35, 36]);

/** The storage miner actor, as far as money and roles go. */
export const minerCode: ActorCode = (call) => {
  const run = methods.get(call.method);
  if (run === undefined && NOT_SIMULATED.has(call.method)) paramsOf(call);
  if (run === undefined) throw new Abort(EXIT.unhandled, `invalid method: ${call.method}`);
  return run(call);
};

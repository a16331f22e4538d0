import { addressToBytes, idAddress, idIn } from '../address';
import { encodeCbor } from '../cbor';
import { Abort, EXIT } from '../exit';
import type { Call } from '../vm/call';
import { finish, noParams, paramsOf, readAddress } from '../vm/params';
import { load, NOTHING, onlyFrom, saveInfo } from './self';
import type { MinerInfo } from './state';

/** GetOwner: `[owner, proposed | null]`. */
export function getOwner(call: Call): Uint8Array {
  noParams(call);
  const { info } = load(call).miner;
  const proposed = info.pendingOwner === null ? null : addressToBytes(idAddress(info.pendingOwner));
  return encodeCbor([addressToBytes(idAddress(info.owner)), proposed]);
}

function next(call: Call, info: MinerInfo, wanted: number): MinerInfo {
  if (call.caller === info.owner || info.pendingOwner === null) {
    onlyFrom(call, [info.owner]);
    return { ...info, pendingOwner: wanted };
  }
  onlyFrom(call, [info.pendingOwner]);
  if (wanted !== info.pendingOwner) {
    const text = `expected confirmation of ${idAddress(info.pendingOwner)} got ${idAddress(wanted)}`;
    throw new Abort(EXIT.illegalArgument, text);
  }
  // A third party's rights outlive the owner; only what was the old owner's passes on.
  const beneficiary = info.beneficiary === info.owner ? wanted : info.beneficiary;
  return { ...info, beneficiary, pendingBeneficiary: null, owner: wanted };
}

/** ChangeOwnerAddress (23): proposal by the owner, confirmation by the nominee, cancelled by naming the owner. */
export function changeOwner(call: Call): Uint8Array {
  const reader = paramsOf(call);
  const address = finish(reader, readAddress(reader));
  const wanted = idIn(address);
  if (wanted === null) throw new Abort(EXIT.illegalArgument, 'owner address must be an ID address');
  const changed = next(call, load(call).miner.info, wanted);
  saveInfo(call, changed.pendingOwner === changed.owner ? { ...changed, pendingOwner: null } : changed);
  return NOTHING;
}

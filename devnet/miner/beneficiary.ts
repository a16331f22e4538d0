import { addressToBytes, idAddress, type Address } from '../address';
import { encodeCbor, type Cbor } from '../cbor';
import { Abort, EXIT } from '../exit';
import { bigToBytes, tokenText } from '../token';
import type { Call } from '../vm/call';
import { finish, noParams, paramsOf, readAddress, readToken, resolve, tuple } from '../vm/params';
import { load, NOTHING, saveInfo } from './self';
import type { BeneficiaryTerm, MinerInfo, PendingBeneficiary } from './state';

interface Wanted {
  readonly given: Address;
  readonly id: number;
  readonly quota: bigint;
  readonly expiration: bigint;
}

const refuse = (exit: number, text: string): Abort => new Abort(exit, text);

/** What a beneficiary may still take; nothing from the expiration epoch on. */
export function remainingQuota(term: BeneficiaryTerm, epoch: number): bigint {
  const left = term.quota - term.used;
  return term.expiration > BigInt(epoch) && left > 0n ? left : 0n;
}

function propose(call: Call, info: MinerInfo, wanted: Wanted): PendingBeneficiary {
  if (wanted.id !== info.owner) {
    if (wanted.quota <= 0n) {
      throw refuse(EXIT.illegalArgument, `beneficial quota ${tokenText(wanted.quota)} must bigger than zero`);
    }
  } else if (wanted.quota !== 0n) {
    throw refuse(EXIT.illegalArgument, `owner beneficial quota ${tokenText(wanted.quota)} must be zero`);
  } else if (wanted.expiration !== 0n) {
    throw refuse(EXIT.illegalArgument, `owner beneficial expiration ${wanted.expiration} must be zero`);
  }
  return {
    beneficiary: wanted.id,
    quota: wanted.quota,
    expiration: wanted.expiration,
    approvedByBeneficiary: remainingQuota(info.term, call.machine.epoch) === 0n,
    approvedByNominee: false,
  };
}

function matching(call: Call, info: MinerInfo, wanted: Wanted): PendingBeneficiary {
  const pending = info.pendingBeneficiary;
  if (pending === null) throw refuse(EXIT.forbidden, 'No changeBeneficiary proposal exists');
  if (call.caller !== info.beneficiary && call.caller !== pending.beneficiary) {
    const who = `message caller ${idAddress(call.caller)} is neither proposal beneficiary${wanted.given}`;
    throw refuse(EXIT.forbidden, `${who} nor current beneficiary${idAddress(info.beneficiary)}`);
  }
  const differs = (what: string, mine: string, yours: string): Abort =>
    refuse(EXIT.illegalArgument, `new beneficiary ${what} must be equal expect ${mine}, but got ${yours}`);
  if (pending.beneficiary !== wanted.id) {
    throw differs('address', idAddress(pending.beneficiary), wanted.given);
  }
  if (pending.quota !== wanted.quota)
    throw differs('quota', tokenText(pending.quota), tokenText(wanted.quota));
  if (pending.expiration !== wanted.expiration) {
    throw differs('expire date', String(pending.expiration), String(wanted.expiration));
  }
  return pending;
}

function settle(call: Call, info: MinerInfo, pending: PendingBeneficiary): MinerInfo {
  const approved: PendingBeneficiary = {
    ...pending,
    approvedByBeneficiary: pending.approvedByBeneficiary || call.caller === info.beneficiary,
    approvedByNominee: pending.approvedByNominee || call.caller === pending.beneficiary,
  };
  if (!approved.approvedByBeneficiary || !approved.approvedByNominee)
    return { ...info, pendingBeneficiary: approved };
  const used = pending.beneficiary === info.beneficiary ? info.term.used : 0n;
  const term = { quota: pending.quota, used, expiration: pending.expiration };
  return { ...info, beneficiary: pending.beneficiary, term, pendingBeneficiary: null };
}

/** ChangeBeneficiary (30), FIP-0029: proposed by the owner, approved by nominee and current beneficiary. */
export function changeBeneficiary(call: Call): Uint8Array {
  const reader = paramsOf(call);
  tuple(reader, 3);
  const given = readAddress(reader);
  const quota = readToken(reader);
  const expiration = finish(reader, reader.int());
  const id = resolve(call, given);
  if (id === undefined) throw refuse(EXIT.illegalArgument, `unable to resolve address: ${given}`);
  const wanted = { given, id, quota, expiration };
  const { info } = load(call).miner;
  const pending = call.caller === info.owner ? propose(call, info, wanted) : matching(call, info, wanted);
  saveInfo(call, settle(call, info, pending));
  return NOTHING;
}

/** GetBeneficiary (31): `[[beneficiary, [quota, used, expiration]], proposed | null]`. */
export function getBeneficiary(call: Call): Uint8Array {
  noParams(call);
  const { info } = load(call).miner;
  return encodeCbor([[addressToBytes(idAddress(info.beneficiary)), termCbor(info.term)], pendingCbor(info)]);
}

export const termCbor = (term: BeneficiaryTerm): Cbor => [
  bigToBytes(term.quota),
  bigToBytes(term.used),
  term.expiration,
];

export function pendingCbor(info: MinerInfo): Cbor {
  const pending = info.pendingBeneficiary;
  if (pending === null) return null;
  return [
    addressToBytes(idAddress(pending.beneficiary)),
    bigToBytes(pending.quota),
    pending.expiration,
    pending.approvedByBeneficiary,
    pending.approvedByNominee,
  ];
}

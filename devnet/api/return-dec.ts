import { addressFromBytes, type Address } from '../address';
import { CborEnd, CborMismatch, readCbor, type CborReader } from '../cbor';
import { bigFromBytes } from '../token';
import { exported } from '../vm/exported';
import type { ActorKind } from '../vm/state';

type Reading = (reader: CborReader) => unknown;

const address = (reader: CborReader): Address => addressFromBytes(reader.bytes());
const amount = (reader: CborReader): string => (bigFromBytes(reader.bytes()) ?? 0n).toString();
const integer = (reader: CborReader): number => Number(reader.int());
const base64 = (reader: CborReader): string => Buffer.from(reader.bytes()).toString('base64');
const optional =
  (read: Reading): Reading =>
  (reader) =>
    reader.nullable(() => read(reader));

/** A struct as go-state-types names its fields, in the order of its tuple. */
const struct =
  (shape: Readonly<Record<string, Reading>>): Reading =>
  (reader) => {
    reader.array();
    return Object.fromEntries(Object.entries(shape).map(([name, read]) => [name, read(reader)]));
  };

const list =
  (read: Reading): Reading =>
  (reader) => {
    const found = Array.from({ length: reader.array() }, () => read(reader));
    return found.length === 0 ? null : found;
  };

const term = struct({ Quota: amount, UsedQuota: amount, Expiration: integer });
const proposed = struct({
  NewBeneficiary: address,
  NewQuota: amount,
  NewExpiration: integer,
  ApprovedByBeneficiary: (r) => r.bool(),
  ApprovedByNominee: (r) => r.bool(),
});
const beneficiary = struct({
  Active: struct({ Beneficiary: address, Term: term }),
  Proposed: optional(proposed),
});
const made = struct({ IDAddress: address, RobustAddress: address });

const RETURNS: Partial<Record<ActorKind, Readonly<Record<number, Reading>>>> = {
  storageminer: {
    2: struct({ Owner: address, Worker: address, ControlAddrs: list(address) }),
    16: amount,
    31: beneficiary,
    [exported('WithdrawBalance')]: amount,
    [exported('GetBeneficiary')]: beneficiary,
    [exported('GetOwner')]: struct({ Owner: address, Proposed: optional(address) }),
    [exported('GetAvailableBalance')]: amount,
  },
  storagepower: { 2: made },
  init: { 2: made },
  multisig: {
    2: struct({ TxnID: integer, Applied: (r) => r.bool(), Code: integer, Ret: base64 }),
    3: struct({ Applied: (r) => r.bool(), Code: integer, Ret: base64 }),
  },
};

/**
 * What StateWaitMsg shows as ReturnDec (StateSearchMsg never does): the decoded return value of a method of the
 * actor registry, the bytes in base64 of any other, null when nothing was returned.
 */
export function returnDec(kind: ActorKind | null, method: number, ret: Uint8Array): unknown {
  if (ret.length === 0) return null;
  const raw = Buffer.from(ret).toString('base64');
  const read = kind === null ? undefined : RETURNS[kind]?.[method];
  if (read === undefined) return raw;
  try {
    return read(readCbor(ret)) ?? null;
  } catch (error) {
    if (error instanceof CborMismatch || error instanceof CborEnd) return raw;
    throw error;
  }
}

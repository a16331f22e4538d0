/** Actor methods that we call: numbers, parameters and returns (notes/lotus-behaviour.md, sections 2 and 3). */
import {
  type Address,
  addressBytes,
  type AddressPrefix,
  printAddress,
  PROTOCOL,
  protocolOf,
} from '../domain/address';
import { bigintBytes, readBigint } from './bigint-bytes';
import { cborDecode, cborEncode } from './cbor';

export const METHOD = {
  send: 0,
  withdrawBalance: 16,
  repayDebt: 22,
  changeOwner: 23,
  changeBeneficiary: 30,
  /** FRC-42 reads, through StateCall. */
  getOwner: 3275365574,
  getBeneficiary: 4158972569,
  getAvailableBalance: 4026106874,
} as const;

/** Params of ChangeOwnerAddress: the bare address bytes. The actor takes ID addresses only (exit 16 otherwise). */
export function changeOwnerParams(owner: Address): Uint8Array {
  if (protocolOf(owner) !== PROTOCOL.id)
    throw new RangeError(`an owner is named by its ID address, not ${owner}`);
  return cborEncode(addressBytes(owner));
}

/** Params of WithdrawBalance: [amount in attoFIL]. */
export function withdrawBalanceParams(amount: bigint): Uint8Array {
  return cborEncode([bigintBytes(amount)]);
}

/** Params of ChangeBeneficiary: [address, quota in attoFIL, expiration epoch]. */
export function changeBeneficiaryParams(address: Address, quota: bigint, expiration: bigint): Uint8Array {
  return cborEncode([addressBytes(address), bigintBytes(quota), expiration]);
}

/** What WithdrawBalance paid (attoFIL, may be less than asked): bare bytes, no array. Also GetAvailableBalance. */
export function readAmountReturn(bytes: Uint8Array): bigint {
  const value = cborDecode(bytes);
  if (!(value instanceof Uint8Array)) throw new RangeError('the return is not an amount');
  return readBigint(value);
}

export interface OwnerReturn {
  readonly owner: Address;
  /** The nominee of a pending owner change, or null. */
  readonly pending: Address | null;
}

/** Return of GetOwner: [owner, nominee or null]. */
export function readOwnerReturn(bytes: Uint8Array, prefix: AddressPrefix): OwnerReturn {
  const value = cborDecode(bytes);
  if (!Array.isArray(value) || value.length !== 2) throw new RangeError('the return is not [owner, pending]');
  const [owner, pending] = value as [unknown, unknown];
  if (!(owner instanceof Uint8Array)) throw new RangeError('the owner is not an address');
  if (pending === null) return { owner: printAddress(owner, prefix), pending: null };
  if (!(pending instanceof Uint8Array)) throw new RangeError('the pending owner is not an address');
  return { owner: printAddress(owner, prefix), pending: printAddress(pending, prefix) };
}

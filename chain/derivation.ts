/** BIP-32 paths of the platform's addresses: hardened accounts apart, so that one leaked child gives away no other. */
import { HDKey } from '@scure/bip32';
import { secp256k1 } from '@noble/curves/secp256k1';
import { type Address, type AddressPrefix, secp256k1Address } from '../domain/address';

/** Account of m/44'/461'/account' by kind of address. */
export const ACCOUNT = { deposit: 0, hot: 1, escrow: 2, repayment: 3 } as const;
export type KeyKind = keyof typeof ACCOUNT;

/** Path of the hardened account of a kind. */
export function accountPath(kind: KeyKind): string {
  return `m/44'/461'/${ACCOUNT[kind]}'`;
}

/** Full path of one address: the external chain, index not hardened. */
export function addressPath(kind: KeyKind, index: number): string {
  return `${accountPath(kind)}/0/${index}`;
}

/** The address at an index under an account's extended public key: needs no secret. */
export function watchedAddress(accountXpub: string, index: number, prefix: AddressPrefix): Address {
  const { publicKey } = HDKey.fromExtendedKey(accountXpub).deriveChild(0).deriveChild(index);
  if (publicKey === null) throw new RangeError('the extended key has no public key');
  return secp256k1Address(secp256k1.Point.fromBytes(publicKey).toBytes(false), prefix);
}

import { blake2b } from '@noble/hashes/blake2';
import { fromBase32, toBase32 } from './base32';

/** An address in canonical text with the prefix of this chain, e.g. `f0100`. Equal addresses are equal strings. */
export type Address = string & { readonly brand: 'Address' };
export type Prefix = 'f' | 't';

/** Why go-address refuses a text; the texts are its own. */
export class AddressError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AddressError';
  }
}

const CHECKSUM = 4;
const BLS = 3;
const MAX_UINT64 = (1n << 64n) - 1n;
const MAX_ID = (1n << 63n) - 1n;
const PAYLOAD: Readonly<Record<number, number>> = { 1: 20, 2: 20, 3: 48 };

let prefix: Prefix = 'f';

/** Addresses are printed with the prefix of one network per process, as in go-address. */
export function useNetwork(wanted: Prefix): void {
  prefix = wanted;
}

export const idAddress = (id: number): Address => `${prefix}0${id}` as Address;
export const protocolOf = (address: Address): number => Number(address[1]);

/** The actor id inside an ID address, else null. */
export const idIn = (address: Address): number | null =>
  address[1] === '0' ? Number(address.slice(2)) : null;

function leb128(value: bigint): number[] {
  const out: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    out.push(rest > 0n ? low | 128 : low);
  } while (rest > 0n);
  return out;
}

function readLeb128(bytes: Uint8Array): { value: bigint; size: number } {
  let value = 0n;
  for (let i = 0; i < bytes.length && i < 10; i++) {
    const byte = bytes[i] ?? 0;
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value, size: i + 1 };
  }
  throw new AddressError('invalid address payload');
}

const checksum = (bytes: Uint8Array): Uint8Array => blake2b(bytes, { dkLen: CHECKSUM });

function textOf(protocol: number, payload: Uint8Array): Address {
  const raw = Uint8Array.of(protocol, ...payload);
  return `${prefix}${protocol}${toBase32(Uint8Array.of(...payload, ...checksum(raw)))}` as Address;
}

function delegated(namespace: bigint, sub: Uint8Array): Address {
  const sum = checksum(Uint8Array.of(4, ...leb128(namespace), ...sub));
  return `${prefix}4${namespace}f${toBase32(Uint8Array.of(...sub, ...sum))}` as Address;
}

/** Protocol byte and payload, as addresses travel in CBOR. */
export function addressToBytes(address: Address): Uint8Array {
  const protocol = protocolOf(address);
  if (protocol === 0) return Uint8Array.of(0, ...leb128(BigInt(address.slice(2))));
  const split = protocol === 4 ? address.indexOf('f', 2) : 1;
  const decoded = fromBase32(address.slice(split + 1)) ?? new Uint8Array();
  const payload = decoded.subarray(0, decoded.length - CHECKSUM);
  const namespace = protocol === 4 ? leb128(BigInt(address.slice(2, split))) : [];
  return Uint8Array.of(protocol, ...namespace, ...payload);
}

/** The address in the bytes; throws AddressError. */
export function addressFromBytes(bytes: Uint8Array): Address {
  const protocol = bytes[0];
  const payload = bytes.subarray(1);
  if (protocol === undefined || payload.length === 0) throw new AddressError('invalid address length');
  if (protocol === 0 || protocol === 4) {
    const id = readLeb128(payload);
    if (id.value > MAX_ID) throw new AddressError('invalid address payload');
    if (protocol === 4) return delegated(id.value, payload.subarray(id.size));
    if (id.size !== payload.length) throw new AddressError('invalid address payload');
    return `${prefix}0${id.value}` as Address;
  }
  const size = PAYLOAD[protocol];
  if (size === undefined) throw new AddressError('unknown address protocol');
  if (payload.length !== size) throw new AddressError('invalid address payload');
  return textOf(protocol, payload);
}

export const addressOfKey = (type: 'secp256k1' | 'bls', publicKey: Uint8Array): Address =>
  type === 'bls' ? textOf(3, publicKey) : textOf(1, blake2b(publicKey, { dkLen: 20 }));

/** The robust (f2) address of an actor, made of what created it. */
export const actorAddress = (seed: Uint8Array): Address => textOf(2, blake2b(seed, { dkLen: 20 }));

/** Payload and checksum out of base32 text, which must be in its one canonical spelling. */
function decodeText(text: string): { payload: Uint8Array; sum: Uint8Array } {
  const decoded = fromBase32(text);
  if (decoded === null)
    throw new AddressError(`illegal base32 data at input byte ${text.search(/[^a-z2-7]/)}`);
  if (toBase32(decoded) !== text) throw new AddressError('invalid encoding');
  if (decoded.length < CHECKSUM) throw new AddressError('invalid address checksum');
  const end = decoded.length - CHECKSUM;
  return { payload: decoded.subarray(0, end), sum: decoded.subarray(end) };
}

function checkSum(head: readonly number[], payload: Uint8Array, sum: Uint8Array): void {
  const wanted = checksum(Uint8Array.of(...head, ...payload));
  if (!Buffer.from(wanted).equals(sum)) throw new AddressError('invalid address checksum');
}

function parseDelegated(body: string): Address {
  const split = body.indexOf('f');
  const digits = body.slice(0, Math.max(split, 0));
  if (!/^\d+$/.test(digits)) throw new AddressError('invalid address payload');
  const namespace = BigInt(digits);
  const { payload, sum } = decodeText(body.slice(split + 1));
  checkSum([4, ...leb128(namespace)], payload, sum);
  return delegated(namespace, payload);
}

function parseHashed(protocol: number, body: string): Address {
  const { payload, sum } = decodeText(body);
  const fits = payload.length === PAYLOAD[protocol];
  // A BLS key's length is looked at after its checksum, the others' before.
  if (!fits && protocol !== BLS) throw new AddressError('invalid address payload');
  checkSum([protocol], payload, sum);
  if (!fits) throw new AddressError('invalid address payload');
  return textOf(protocol, payload);
}

/** Reads an address of either network; throws AddressError with go-address' words. */
export function parseAddress(text: string): Address {
  if (text.length < 3) throw new AddressError('invalid address length');
  if (text.length > 150) throw new AddressError('invalid address length');
  if (text[0] !== 'f' && text[0] !== 't') throw new AddressError('unknown address network');
  const protocol = '01234'.indexOf(text.charAt(1));
  if (protocol < 0) throw new AddressError('unknown address protocol');
  const body = text.slice(2);
  if (protocol === 4) return parseDelegated(body);
  if (protocol !== 0) return parseHashed(protocol, body);
  if (body.length > 20) throw new AddressError('invalid address length');
  if (!/^\d+$/.test(body) || BigInt(body) > MAX_UINT64) throw new AddressError('invalid address payload');
  if (BigInt(body) > MAX_ID) {
    throw new AddressError(
      'could not decode: varints larger than uint63 not supported: invalid address payload',
    );
  }
  return `${prefix}0${BigInt(body)}` as Address;
}

const ETHEREUM_SIZE = 20;
const MASKED_ID = Uint8Array.of(0xff, ...new Uint8Array(11));

/** Whether a delegated address is one of Ethereum's: of the address manager, 20 bytes, and not a masked actor id. */
export function isEthereum(address: Address): boolean {
  if (!address.startsWith('410f', 1)) return false;
  const payload = addressToBytes(address).subarray(2);
  return (
    payload.length === ETHEREUM_SIZE && !Buffer.from(payload).subarray(0, MASKED_ID.length).equals(MASKED_ID)
  );
}

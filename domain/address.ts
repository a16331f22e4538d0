/**
 * Filecoin addresses of all kinds: f0 ID, f1 secp256k1, f2 actor, f3 BLS, f4 delegated.
 * Bytes (protocol + payload) are the identity; text is printed with the network's prefix ('f' or 't').
 */
import { blake2b } from '@noble/hashes/blake2';
import { base32Decode, base32Encode } from './base32';
import { isRefusal, refuse, type Refusal } from './refusal';
import { uleb128Decode, uleb128Encode } from './uleb128';

/** The canonical text of an address, prefix included. */
export type Address = string & { readonly __unit: 'address' };

export type AddressPrefix = 'f' | 't';

export const PROTOCOL = { id: 0, secp256k1: 1, actor: 2, bls: 3, delegated: 4 } as const;

const CHECKSUM_BYTES = 4;
/** Payload bytes of the protocols whose payload has one length. */
const PAYLOAD_BYTES: Readonly<Record<number, number>> = { 1: 20, 2: 20, 3: 48 };
const DELEGATED_BYTES_MAX = 54;
/** Lotus keeps ID addresses in int64. */
const ID_LIMIT = 2n ** 63n;

/**
 * Reads an address that somebody typed.
 * @returns its canonical text, or a refusal: address-malformed, address-checksum, address-other-network (a good
 * address of the other prefix) or address-not-canonical (leading zeros, upper case, stray bits in the last letter).
 */
export function parseAddress(text: unknown, prefix: AddressPrefix): Address | Refusal {
  if (typeof text !== 'string') return refuse('address-malformed', 'An address is text.');
  const bytes = readBytes(text.toLowerCase());
  if (isRefusal(bytes)) return bytes;
  const network = text.charAt(0).toLowerCase();
  if (network !== prefix) {
    return refuse(
      'address-other-network',
      `This network's addresses begin with "${prefix}", not "${network}".`,
    );
  }
  const canonical = printAddress(bytes, prefix);
  if (canonical !== text) {
    return refuse('address-not-canonical', `The canonical spelling of that address is ${canonical}.`);
  }
  return canonical;
}

/** Reads an address that our own records or the node printed, of any prefix; throws where it is none. */
export function addressFrom(text: string): Address {
  const parsed = parseAddress(text, text.startsWith('t') ? 't' : 'f');
  if (isRefusal(parsed)) throw new RangeError(`${parsed.detail} (${JSON.stringify(text)})`);
  return parsed;
}

/** Protocol byte and payload: what is stored, compared and signed. */
export function addressBytes(address: Address): Uint8Array {
  const bytes = readBytes(address);
  if (isRefusal(bytes)) throw new RangeError(`not an address: ${address}`);
  return bytes;
}

/** Canonical text of protocol byte and payload; throws where the bytes are no address. */
export function printAddress(bytes: Uint8Array, prefix: AddressPrefix): Address {
  const protocol = bytes[0] ?? -1;
  const payload = bytes.subarray(1);
  const head = `${prefix}${protocol}`;
  if (protocol === PROTOCOL.id) return (head + readId(payload).toString()) as Address;
  if (protocol === PROTOCOL.delegated) {
    const namespace = uleb128Decode(payload);
    if (namespace === null) throw new RangeError('a delegated address without a namespace');
    const subaddress = payload.subarray(namespace.length);
    return `${head}${namespace.value}f${base32Encode(concat(subaddress, checksum(bytes)))}` as Address;
  }
  if (payload.length !== PAYLOAD_BYTES[protocol]) throw new RangeError('not the bytes of an address');
  return (head + base32Encode(concat(payload, checksum(bytes)))) as Address;
}

/** 0 ID, 1 secp256k1, 2 actor (multisig and the like), 3 BLS, 4 delegated. */
export function protocolOf(address: Address): number {
  return address.charCodeAt(1) - 48;
}

/** The number of an ID address; throws for other kinds. */
export function idOf(address: Address): bigint {
  if (protocolOf(address) !== PROTOCOL.id) throw new RangeError(`not an ID address: ${address}`);
  return BigInt(address.slice(2));
}

/** The same address whatever prefix it was printed with. */
export function sameAddress(a: Address, b: Address): boolean {
  return a.slice(1) === b.slice(1);
}

/** The f1 address of an uncompressed secp256k1 public key (65 bytes, first 04). */
export function secp256k1Address(publicKey: Uint8Array, prefix: AddressPrefix): Address {
  if (publicKey.length !== 65) throw new RangeError('the public key must be uncompressed: 65 bytes');
  return printAddress(concat(Uint8Array.of(PROTOCOL.secp256k1), blake2b(publicKey, { dkLen: 20 })), prefix);
}

/** The f3 address of a BLS public key (48 bytes, G1 compressed). */
export function blsAddress(publicKey: Uint8Array, prefix: AddressPrefix): Address {
  return printAddress(concat(Uint8Array.of(PROTOCOL.bls), publicKey), prefix);
}

function readBytes(text: string): Uint8Array | Refusal {
  const match = /^[ft]([0-4])([a-z0-9]+)$/.exec(text);
  if (!match) return refuse('address-malformed');
  const protocol = Number(match[1]);
  const rest = match[2] ?? '';
  if (protocol === PROTOCOL.id) return idBytes(rest);
  if (protocol === PROTOCOL.delegated) return delegatedBytes(rest);
  const decoded = base32Decode(rest);
  if (decoded?.length !== (PAYLOAD_BYTES[protocol] ?? 0) + CHECKSUM_BYTES) return refuse('address-malformed');
  return checked(Uint8Array.of(protocol), decoded);
}

function idBytes(digits: string): Uint8Array | Refusal {
  if (!/^[0-9]{1,40}$/.test(digits)) return refuse('address-malformed');
  const id = BigInt(digits);
  if (id >= ID_LIMIT) return refuse('address-malformed', 'An ID address is below 2^63.');
  return concat(Uint8Array.of(PROTOCOL.id), uleb128Encode(id));
}

function delegatedBytes(rest: string): Uint8Array | Refusal {
  const match = /^([0-9]{1,20})f([a-z2-7]+)$/.exec(rest);
  const decoded = base32Decode(match?.[2] ?? '');
  const namespace = BigInt(match?.[1] ?? '0');
  if (!match || decoded === null || namespace >= 2n ** 64n) return refuse('address-malformed');
  const size = decoded.length - CHECKSUM_BYTES;
  if (size < 0 || size > DELEGATED_BYTES_MAX) return refuse('address-malformed');
  return checked(concat(Uint8Array.of(PROTOCOL.delegated), uleb128Encode(namespace)), decoded);
}

function checked(head: Uint8Array, decoded: Uint8Array): Uint8Array | Refusal {
  const bytes = concat(head, decoded.subarray(0, -CHECKSUM_BYTES));
  const expected = checksum(bytes);
  const given = decoded.subarray(-CHECKSUM_BYTES);
  return expected.every((byte, i) => byte === given[i]) ? bytes : refuse('address-checksum');
}

function readId(payload: Uint8Array): bigint {
  const id = uleb128Decode(payload);
  if (id?.length !== payload.length) throw new RangeError('not the bytes of an ID address');
  return id.value;
}

function checksum(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: CHECKSUM_BYTES });
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

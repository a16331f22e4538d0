import { blake2b } from '@noble/hashes/blake2';
import { fromBase32, toBase32 } from './base32';

/** A CIDv1 in its base32 text, e.g. `bafy2bzace…`. */
export type Cid = string & { readonly brand: 'Cid' };

const DAG_CBOR_BLAKE2B = Uint8Array.of(0x01, 0x71, 0xa0, 0xe4, 0x02, 0x20);
const RAW_IDENTITY = Uint8Array.of(0x01, 0x55, 0x00);

export const hash = (bytes: Uint8Array): Uint8Array => blake2b(bytes, { dkLen: 32 });

export const cidFromBytes = (bytes: Uint8Array): Cid => `b${toBase32(bytes)}` as Cid;

/** The CID of a dag-cbor block: CIDv1, codec 0x71, blake2b-256. */
export function cidOf(block: Uint8Array): Cid {
  const out = new Uint8Array(DAG_CBOR_BLAKE2B.length + 32);
  out.set(DAG_CBOR_BLAKE2B);
  out.set(hash(block), DAG_CBOR_BLAKE2B.length);
  return cidFromBytes(out);
}

/** A raw identity CID, used for actor code as the built-in actors have it on test chains. */
export function identityCid(text: string): Cid {
  const bytes = Buffer.from(text, 'utf8');
  return cidFromBytes(Uint8Array.of(...RAW_IDENTITY, bytes.length, ...bytes));
}

export function cidToBytes(cid: Cid): Uint8Array {
  const bytes = fromBase32(cid.slice(1));
  if (bytes === null) throw new Error(`not a CID: ${cid}`);
  return bytes;
}

export const isCidText = (text: string): text is Cid => parseCid(text).ok;

export type ParsedCid =
  { readonly ok: true; readonly cid: Cid } | { readonly ok: false; readonly why: string };

/** Length of an unsigned varint at `at` and its value; null when it does not end. */
function varint(bytes: Uint8Array, at: number): { value: number; next: number } | null {
  let value = 0;
  for (let i = at, shift = 1; i < bytes.length && i < at + 6; i++, shift *= 128) {
    const byte = bytes[i] ?? 0;
    value += (byte & 127) * shift;
    if (byte < 128) return { value, next: i + 1 };
  }
  return null;
}

function wellFormed(bytes: Uint8Array): string | null {
  const version = varint(bytes, 0);
  if (version === null) return 'invalid cid: cid too short';
  if (version.value !== 1) return `invalid cid: expected 1 as the cid version number, got: ${version.value}`;
  const codec = varint(bytes, version.next);
  const kind = codec && varint(bytes, codec.next);
  const size = kind && varint(bytes, kind.next);
  if (size === null) return 'invalid cid: cid too short';
  if (bytes.length - size.next < size.value)
    return 'invalid cid: length greater than remaining number of bytes in buffer';
  return bytes.length - size.next > size.value
    ? 'invalid cid: trailing bytes in data buffer passed to cid Cast'
    : null;
}

/** Reads a CID text; the refusals are those of go-cid. */
export function parseCid(text: string): ParsedCid {
  if (text.length < 2) return { ok: false, why: 'invalid cid: cid too short' };
  if (text.length === 46 && text.startsWith('Qm')) return { ok: true, cid: text as Cid };
  const bytes = text.startsWith('b') ? fromBase32(text.slice(1)) : null;
  if (bytes === null) {
    const known = text.startsWith('b');
    return {
      ok: false,
      why: known
        ? 'invalid cid: illegal base32 data at input byte 0'
        : 'invalid cid: selected encoding not supported',
    };
  }
  const why = wellFormed(bytes);
  return why === null ? { ok: true, cid: cidFromBytes(bytes) } : { ok: false, why };
}

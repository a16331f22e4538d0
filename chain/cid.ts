/** CIDs as the chain uses them: version 1, DAG-CBOR, blake2b-256, printed in base32. */
import { blake2b } from '@noble/hashes/blake2';
import { base32Decode, base32Encode } from '../domain/base32';

const HEAD = Uint8Array.of(0x01, 0x71, 0xa0, 0xe4, 0x02, 0x20);

export function blake2b256(bytes: Uint8Array): Uint8Array {
  return blake2b(bytes, { dkLen: 32 });
}

/** Binary CID of DAG-CBOR bytes (38 bytes): what is signed. */
export function cidBytes(block: Uint8Array): Uint8Array {
  return Uint8Array.from([...HEAD, ...blake2b256(block)]);
}

/** Text of a binary CID. */
export function printCid(bytes: Uint8Array): string {
  return `b${base32Encode(bytes)}`;
}

/** CID text of DAG-CBOR bytes. */
export function cidOf(block: Uint8Array): string {
  return printCid(cidBytes(block));
}

/** Binary form of a base32 CID; throws where the text is none. */
export function parseCid(text: string): Uint8Array {
  const bytes = text.startsWith('b') ? base32Decode(text.slice(1)) : null;
  if (bytes === null || printCid(bytes) !== text) throw new RangeError(`not a CID: ${JSON.stringify(text)}`);
  return bytes;
}

/**
 * The part of CBOR that messages, parameters and returns are made of: integers, byte and text strings, arrays,
 * tags, booleans and null, in the shortest form only (as go-ipld-cbor writes and demands it).
 */

export interface CborTag {
  readonly tag: number;
  readonly value: CborValue;
}

export type CborValue = bigint | Uint8Array | string | boolean | null | CborTag | readonly CborValue[];

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });
const DEPTH_MAX = 32;

/** Encodes the value; integers must fit 64 bits. */
export function cborEncode(value: CborValue): Uint8Array {
  const out: number[] = [];
  write(out, value);
  return Uint8Array.from(out);
}

/** Decodes one value that fills the bytes; throws RangeError where they are not that. */
export function cborDecode(bytes: Uint8Array): CborValue {
  const reader = { bytes, at: 0 };
  const value = read(reader, 0);
  if (reader.at !== bytes.length) throw new RangeError(`CBOR: ${bytes.length - reader.at} bytes too many`);
  return value;
}

function write(out: number[], value: CborValue): void {
  if (value === null) out.push(0xf6);
  else if (typeof value === 'boolean') out.push(value ? 0xf5 : 0xf4);
  else if (typeof value === 'bigint') {
    if (value >= 0n) writeHead(out, 0, value);
    else writeHead(out, 1, -1n - value);
  } else if (typeof value === 'string') {
    const text = encoder.encode(value);
    writeHead(out, 3, BigInt(text.length));
    out.push(...text);
  } else if (value instanceof Uint8Array) {
    writeHead(out, 2, BigInt(value.length));
    for (const byte of value) out.push(byte);
  } else if (isTag(value)) {
    writeHead(out, 6, BigInt(value.tag));
    write(out, value.value);
  } else {
    writeHead(out, 4, BigInt(value.length));
    for (const item of value) write(out, item);
  }
}

function isTag(value: CborTag | readonly CborValue[]): value is CborTag {
  return 'tag' in value;
}

function writeHead(out: number[], major: number, argument: bigint): void {
  const top = major << 5;
  if (argument < 24n) {
    out.push(top | Number(argument));
    return;
  }
  const size = [1, 2, 4, 8].find((bytes) => argument < 1n << BigInt(8 * bytes));
  if (size === undefined) throw new RangeError('CBOR: the integer is longer than 64 bits');
  out.push(top | (24 + Math.log2(size)));
  for (let i = size - 1; i >= 0; i--) out.push(Number((argument >> BigInt(8 * i)) & 255n));
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function take(reader: Reader, length: number): Uint8Array {
  if (length > reader.bytes.length - reader.at) throw new RangeError('CBOR: the bytes end too early');
  reader.at += length;
  return reader.bytes.subarray(reader.at - length, reader.at);
}

function read(reader: Reader, depth: number): CborValue {
  if (depth > DEPTH_MAX) throw new RangeError('CBOR: nested too deeply');
  const head = take(reader, 1)[0] ?? 0;
  const major = head >> 5;
  const low = head & 31;
  if (major === 7) return readSimple(low);
  const argument = readArgument(reader, low);
  if (major === 0) return argument;
  if (major === 1) return -1n - argument;
  // Longer than the bytes left is refused by take, or by the loop's first read past the end.
  const length = Number(argument);
  if (major === 2) return Uint8Array.from(take(reader, length));
  if (major === 3) return decoder.decode(take(reader, length));
  if (major === 6) return { tag: length, value: read(reader, depth + 1) };
  if (major === 5) throw new RangeError('CBOR: maps do not occur in messages');
  const items: CborValue[] = [];
  for (let i = 0; i < length; i++) items.push(read(reader, depth + 1));
  return items;
}

function readArgument(reader: Reader, low: number): bigint {
  if (low < 24) return BigInt(low);
  if (low > 27) throw new RangeError('CBOR: indefinite lengths are not allowed');
  const size = 2 ** (low - 24);
  const value = take(reader, size).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const least = size === 1 ? 24n : 1n << BigInt(4 * size);
  if (value < least) throw new RangeError('CBOR: not in the shortest form');
  return value;
}

function readSimple(low: number): boolean | null {
  if (low === 20) return false;
  if (low === 21) return true;
  if (low === 22) return null;
  throw new RangeError('CBOR: floats and other simple values do not occur in messages');
}

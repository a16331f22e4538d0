import { cidFromBytes, cidToBytes, isCidText, type Cid } from './cid';

/** A link inside CBOR: tag 42 over the CID with a leading zero byte, as dag-cbor wants it. */
export interface Link {
  readonly link: Cid;
}

export type Cbor = number | bigint | string | boolean | null | Uint8Array | Link | readonly Cbor[];

/** A CBOR item of the wrong kind, with the facts that the actors print. */
export class CborMismatch extends Error {
  readonly expected: number;
  readonly byte: number;
  constructor(expected: number, byte: number) {
    super(`Mismatch { expect_major: ${expected}, byte: ${byte} }`);
    this.name = 'CborMismatch';
    this.expected = expected;
    this.byte = byte;
  }
}

/** Input that ends inside an item. */
export class CborEnd extends Error {
  constructor() {
    super('Eof');
    this.name = 'CborEnd';
  }
}

function head(major: number, value: bigint | number): Uint8Array {
  const n = BigInt(value);
  if (n < 24n) return Uint8Array.of((major << 5) | Number(n));
  const size = n < 0x100n ? 1 : n < 0x10000n ? 2 : n < 0x100000000n ? 4 : 8;
  const out = new Uint8Array(1 + size);
  out[0] = (major << 5) | (23 + [1, 2, 4, 8].indexOf(size) + 1);
  let rest = n;
  for (let i = size; i >= 1; i--) {
    out[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return out;
}

function parts(value: Cbor, out: Uint8Array[]): void {
  if (value === null) out.push(Uint8Array.of(0xf6));
  else if (typeof value === 'boolean') out.push(Uint8Array.of(value ? 0xf5 : 0xf4));
  else if (typeof value === 'number' || typeof value === 'bigint') {
    out.push(value >= 0 ? head(0, value) : head(1, -1n - BigInt(value)));
  } else if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'utf8');
    out.push(head(3, bytes.length), bytes);
  } else if (value instanceof Uint8Array) out.push(head(2, value.length), value);
  else if ('link' in value) {
    const bytes = cidToBytes(value.link);
    out.push(Uint8Array.of(0xd8, 0x2a), head(2, bytes.length + 1), Uint8Array.of(0), bytes);
  } else {
    out.push(head(4, value.length));
    for (const item of value) parts(item, out);
  }
}

/** Canonical (dag-cbor) encoding; maps are not used by anything on this chain. */
export function encodeCbor(value: Cbor): Uint8Array {
  const out: Uint8Array[] = [];
  parts(value, out);
  return new Uint8Array(Buffer.concat(out));
}

/** Reads one value after the other and refuses the wrong kind as the actors' decoder does. */
export interface CborReader {
  readonly done: () => boolean;
  readonly array: () => number;
  readonly bytes: () => Uint8Array;
  readonly int: () => bigint;
  readonly nullable: <T>(read: () => T) => T | null;
  readonly bool: () => boolean;
  readonly link: () => Cid;
}

export function readCbor(input: Uint8Array): CborReader {
  let at = 0;
  const peek = (): number => {
    const byte = input[at];
    if (byte === undefined) throw new CborEnd();
    return byte;
  };
  const take = (size: number): Uint8Array => {
    if (at + size > input.length) throw new CborEnd();
    at += size;
    return input.subarray(at - size, at);
  };
  const argument = (major: number): bigint => {
    const byte = peek();
    if (byte >> 5 !== major) throw new CborMismatch(major, byte);
    at += 1;
    const low = byte & 31;
    if (low < 24) return BigInt(low);
    if (low > 27) throw new CborMismatch(major, byte);
    return take(2 ** (low - 24)).reduce((sum, next) => (sum << 8n) | BigInt(next), 0n);
  };
  const bytes = (): Uint8Array => Uint8Array.from(take(Number(argument(2))));
  return {
    done: () => at >= input.length,
    array: () => Number(argument(4)),
    bytes,
    int: () => (peek() >> 5 === 1 ? -1n - argument(1) : argument(0)),
    nullable: (read) => {
      if (peek() !== 0xf6) return read();
      at += 1;
      return null;
    },
    bool: () => {
      const byte = peek();
      if (byte !== 0xf4 && byte !== 0xf5) throw new CborMismatch(7, byte);
      at += 1;
      return byte === 0xf5;
    },
    link: () => {
      const tag = argument(6);
      if (tag !== 42n) throw new CborMismatch(6, Number(tag));
      const cid = cidFromBytes(bytes().subarray(1));
      if (!isCidText(cid)) throw new CborMismatch(6, 0);
      return cid;
    },
  };
}

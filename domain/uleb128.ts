/** Unsigned LEB128, as in ID and delegated addresses. */

/** Shortest encoding of a non-negative integer. */
export function uleb128Encode(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 128);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

/** The first integer of the bytes and its length; null where it does not end or is longer than 64 bits need. */
export function uleb128Decode(bytes: Uint8Array): { readonly value: bigint; readonly length: number } | null {
  let value = 0n;
  for (let i = 0; i < Math.min(bytes.length, 10); i++) {
    const byte = bytes[i] ?? 0;
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value, length: i + 1 };
  }
  return null;
}

/** Big integers as chain CBOR carries them: a sign byte (00 or 01), then big-endian bytes; zero is empty. */

/** Bytes of a big integer. */
export function bigintBytes(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array();
  const size = value < 0n ? -value : value;
  const hex = size.toString(16);
  return Uint8Array.from(
    Buffer.from((value < 0n ? '01' : '00') + hex.padStart(hex.length + (hex.length % 2), '0'), 'hex'),
  );
}

/** The big integer of the bytes; throws RangeError where the form is wrong. */
export function readBigint(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  const sign = bytes[0] ?? 2;
  if (sign > 1 || bytes.length === 1 || bytes[1] === 0)
    throw new RangeError('not the bytes of a big integer');
  const size = BigInt(`0x${Buffer.from(bytes.subarray(1)).toString('hex')}`);
  return sign === 1 ? -size : size;
}

/** FIL amounts, in attoFIL as bigint everywhere inside. */
export const FIL = 10n ** 18n;
export const TOTAL_FIL = 2_000_000_000n * FIL;

/** A big integer in CBOR: sign byte and big-endian magnitude, zero is empty. */
export function bigToBytes(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array();
  const hex = (value < 0n ? -value : value).toString(16);
  const magnitude = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Uint8Array.of(value < 0n ? 1 : 0, ...magnitude);
}

/** The big integer in the bytes, or null when the sign byte is neither 0 nor 1. */
export function bigFromBytes(bytes: Uint8Array): bigint | null {
  if (bytes.length === 0) return 0n;
  const sign = bytes[0];
  if (sign !== 0 && sign !== 1) return null;
  const hex = Buffer.from(bytes.subarray(1)).toString('hex');
  const magnitude = hex === '' ? 0n : BigInt(`0x${hex}`);
  return sign === 1 ? -magnitude : magnitude;
}

function decimal(atto: bigint): { sign: string; whole: bigint; fraction: string } {
  const size = atto < 0n ? -atto : atto;
  const fraction = (size % FIL).toString().padStart(18, '0').replace(/0+$/, '');
  return { sign: atto < 0n ? '-' : '', whole: size / FIL, fraction };
}

/** As Go's types.FIL prints it: `90000000 FIL`, `0.5 FIL`. */
export function filText(atto: bigint): string {
  const { sign, whole, fraction } = decimal(atto);
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`} FIL`;
}

/** As the actors' TokenAmount prints it: `5.0`, `36.266218946932603298`. */
export function tokenText(atto: bigint): string {
  const { sign, whole, fraction } = decimal(atto);
  return `${sign}${whole}.${fraction === '' ? '0' : fraction}`;
}

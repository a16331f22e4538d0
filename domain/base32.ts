/** RFC 4648 base32 in lower case without padding: the text form of addresses and CIDs. */

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Text of the bytes; the spare bits of the last letter are zero. */
export function base32Encode(bytes: Uint8Array): string {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET.charAt((buffer >> bits) & 31);
    }
    buffer &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + ALPHABET.charAt((buffer << (5 - bits)) & 31);
}

/**
 * Bytes of the text, or null where it has a foreign letter or a length that no bytes have.
 * Spare bits are dropped as the node drops them: encode the result again to see whether the text was canonical.
 */
export function base32Decode(text: string): Uint8Array | null {
  if ((text.length * 5) % 8 >= 5) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return null;
    buffer = (buffer << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (buffer >> bits) & 255;
    }
    buffer &= (1 << bits) - 1;
  }
  return bytes;
}

import { blake2b } from '@noble/hashes/blake2';

const FIRST = 2 ** 24;

/** The exported method number of a name, after FRC-0042. */
export function exported(name: string): number {
  const digest = Buffer.from(blake2b(`1|${name}`, { dkLen: 64 }));
  for (let at = 0; at + 4 <= digest.length; at += 4) {
    const number = digest.readUInt32BE(at);
    if (number >= FIRST) return number;
  }
  throw new Error(`no exported number for ${name}`);
}

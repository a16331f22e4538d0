import { secp256k1 } from '@noble/curves/secp256k1';
import { hash } from '../../devnet/cid';
import { signedByAddress } from '../../devnet/recover';
import { sign, whyInvalid } from '../../devnet/signature';
import { person } from './actors';

const ORDER = secp256k1.Point.Fn.ORDER;
const text = (i: number): Uint8Array => Buffer.from(`message ${i}`);

/** The other spelling of a signature: n − s with the recovery byte turned round, which recovers to the same key. */
function mirrored(data: Uint8Array): Uint8Array {
  const s = ORDER - BigInt(`0x${Buffer.from(data.subarray(32, 64)).toString('hex')}`);
  const high = Buffer.from(s.toString(16).padStart(64, '0'), 'hex');
  return Uint8Array.of(...data.subarray(0, 32), ...high, (data[64] ?? 0) ^ 1);
}

describe('signatures of a key that is known already', () => {
  const who = person();
  const signatures = Array.from({ length: 12 }, (_, i) => sign(who.type, who.key, text(i)).data);

  test('hold, each for its own bytes only', () => {
    signatures.forEach((data, i) => {
      expect(signedByAddress(data, who.address, hash(text(i)))).toBe(true);
      expect(whyInvalid({ type: 1, data }, who.address, text(i + 1))).toMatch(
        /did not match|recovery failed/,
      );
    });
  });

  test('hold in the other spelling, as recovery gives the same key', () => {
    for (const [i, data] of signatures.entries()) {
      expect(signedByAddress(mirrored(data), who.address, hash(text(i)))).toBe(true);
    }
  });

  test('do not hold with another recovery byte', () => {
    for (const [i, data] of signatures.entries()) {
      for (const flip of [1, 2, 3]) {
        const changed = Uint8Array.of(...data.subarray(0, 64), (data[64] ?? 0) ^ flip);
        expect(whyInvalid({ type: 1, data: changed }, who.address, text(i))).not.toBeNull();
      }
    }
  });

  test('do not hold for another address', () => {
    const other = person();
    for (const [i, data] of signatures.entries()) {
      expect(whyInvalid({ type: 1, data }, other.address, text(i))).toBe('signature did not match');
    }
  });
});

import { secp256k1 } from '@noble/curves/secp256k1';
import { addressOfKey, type Address } from './address';

const { Point } = secp256k1;
const { Fn, BASE } = Point;
type KeyPoint = typeof BASE;

/** A sender's key as it was recovered once, with the number of signatures it has made. */
interface Known {
  readonly point: KeyPoint;
  seen: number;
}

const SIZE = 65;
const MAX_KNOWN = 2_000;
/** From here on a table of multiples of the key costs less than it saves. */
const WORTH_A_TABLE = 4;
const TABLE_BITS = 6;

const known = new Map<Address, Known>();

function remember(address: Address, point: KeyPoint): void {
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(address, { point, seen: 1 });
}

/**
 * Whether recovery would give this very key: R = (z/s)·G + (r/s)·Q must be the point that r and the recovery byte
 * name. It is the same equation as Q = (s·R − z·G)/r, without lifting R from its x.
 */
function recoversTo(point: KeyPoint, data: Uint8Array, digest: Uint8Array): boolean {
  const r = BigInt(`0x${Buffer.from(data.subarray(0, 32)).toString('hex')}`);
  const s = BigInt(`0x${Buffer.from(data.subarray(32, 64)).toString('hex')}`);
  if (r === 0n || s === 0n || r >= Fn.ORDER || s >= Fn.ORDER) return false;
  const z = Fn.create(BigInt(`0x${Buffer.from(digest).toString('hex')}`));
  const inverse = Fn.inv(s);
  const found = BASE.multiplyUnsafe(Fn.mul(z, inverse)).add(point.multiplyUnsafe(Fn.mul(r, inverse)));
  if (found.is0()) return false;
  const { x, y } = found.toAffine();
  const byte = data[SIZE - 1] ?? 0;
  const wanted = byte & 2 ? r + Fn.ORDER : r;
  return x === wanted && (y & 1n) === BigInt(byte & 1);
}

function recover(data: Uint8Array, digest: Uint8Array): KeyPoint {
  // noble wants the recovery byte in front, Filecoin has it behind.
  const turned = Uint8Array.of(data[SIZE - 1] ?? 0, ...data.subarray(0, SIZE - 1));
  const signature = secp256k1.Signature.fromBytes(turned, 'recovered');
  // The standalone recovery is missing from the types of this version.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return Point.fromHex(signature.recoverPublicKey(digest).toHex(false));
}

/**
 * Whether a signature over a digest was made with the key of an f1 address. A key that was recovered before is checked
 * against directly, which costs a quarter. Throws when the bytes are no signature.
 */
export function signedByAddress(data: Uint8Array, address: Address, digest: Uint8Array): boolean {
  const before = known.get(address);
  if (before !== undefined) {
    before.seen += 1;
    if (before.seen === WORTH_A_TABLE) before.point.precompute(TABLE_BITS, false);
    if (recoversTo(before.point, data, digest)) return true;
  }
  const point = recover(data, digest);
  const mine = addressOfKey('secp256k1', point.toBytes(false)) === address;
  if (mine && before === undefined) remember(address, point);
  return mine;
}

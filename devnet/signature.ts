import { bls12_381 } from '@noble/curves/bls12-381';
import { secp256k1 } from '@noble/curves/secp256k1';
import { addressOfKey, addressToBytes, protocolOf, type Address } from './address';
import { hash } from './cid';
import { BLS, SECP256K1, type Signature } from './message';
import { signedByAddress } from './recover';

export type KeyType = 'secp256k1' | 'bls';

const signer = bls12_381.longSignatures;
const DST = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_';

/** Filecoin stores BLS private keys little-endian. */
const flip = (key: Uint8Array): Uint8Array => Uint8Array.from(key).reverse();

export function addressOfPrivateKey(type: KeyType, key: Uint8Array): Address {
  return type === 'bls'
    ? addressOfKey('bls', signer.getPublicKey(flip(key)).toBytes(true))
    : addressOfKey('secp256k1', secp256k1.getPublicKey(key, false));
}

export function randomKey(type: KeyType): Uint8Array {
  return type === 'bls' ? flip(bls12_381.utils.randomSecretKey()) : secp256k1.utils.randomSecretKey();
}

/** Signs bytes as `lotus wallet sign` does: secp256k1 over their blake2b-256, BLS over the bytes. */
export function sign(type: KeyType, key: Uint8Array, bytes: Uint8Array): Signature {
  if (type === 'bls') {
    const point = signer.sign(signer.hash(bytes, DST), flip(key));
    return { type: BLS, data: point.toBytes(true) };
  }
  const made = secp256k1.sign(hash(bytes), key);
  return { type: SECP256K1, data: Uint8Array.of(...made.toBytes('compact'), made.recovery) };
}

function verifyBls(signature: Uint8Array, address: Address, bytes: Uint8Array): string | null {
  try {
    const publicKey = addressToBytes(address).subarray(1);
    return signer.verify(signature, signer.hash(bytes, DST), publicKey)
      ? null
      : 'bls signature failed to verify';
  } catch {
    return 'bls signature failed to verify';
  }
}

function verifySecp(data: Uint8Array, address: Address, bytes: Uint8Array): string | null {
  if (data.length !== 65) return 'invalid signature length';
  if ((data[64] ?? 0) >= 4) return 'invalid signature recovery id';
  try {
    return signedByAddress(data, address, hash(bytes)) ? null : 'signature did not match';
  } catch {
    return 'recovery failed';
  }
}

/** Why the signature does not hold for the address over these bytes, in Lotus' words; null when it holds. */
export function whyInvalid(signature: Signature, address: Address, bytes: Uint8Array): string | null {
  if (protocolOf(address) === 0) return 'must resolve ID addresses before using them to verify a signature';
  if (signature.type === SECP256K1) return verifySecp(signature.data, address, bytes);
  if (signature.type === BLS) return verifyBls(signature.data, address, bytes);
  return `cannot verify signature of unsupported type: ${signature.type}`;
}

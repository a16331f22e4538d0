/**
 * BLS12-381 as Filecoin has it (filecoin-ffi, bls-signatures): public keys in G1, signatures in G2, and what is signed
 * is hashed to the curve as it is. Private keys are 32 bytes little-endian, as Lotus keeps and exports them.
 */
import { bls12_381 } from '@noble/curves/bls12-381';

const { longSignatures } = bls12_381;
const CIPHERSUITE = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_';
const SIGNATURE_BYTES = 96;

const flip = (privateKey: Uint8Array): Uint8Array => Uint8Array.from(privateKey).reverse();

/** A private key from the system's randomness. */
export function newBlsKey(): Uint8Array {
  return flip(bls12_381.utils.randomSecretKey());
}

/** 48 bytes, compressed; throws where the private key is none. */
export function blsPublicKey(privateKey: Uint8Array): Uint8Array {
  return longSignatures.getPublicKey(flip(privateKey)).toBytes();
}

/** 96 bytes, compressed, over the bytes themselves. */
export function signBls(bytes: Uint8Array, privateKey: Uint8Array): Uint8Array {
  return longSignatures.sign(longSignatures.hash(bytes, CIPHERSUITE), flip(privateKey)).toBytes();
}

/** Whether the signature over the bytes is that public key's. */
export function verifyBls(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  try {
    return longSignatures.verify(signature, longSignatures.hash(bytes, CIPHERSUITE), publicKey);
  } catch (error) {
    // noble throws on bytes that are no point of the curve: that is no signature, not a fault.
    if (error instanceof Error) return false;
    throw error;
  }
}

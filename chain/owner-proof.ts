/** Proof that a borrower holds the miner's owner key: a text signed as `lotus wallet sign` does. */
import { bls12_381 } from '@noble/curves/bls12-381';
import { type Address, addressBytes, PROTOCOL, protocolOf } from '../domain/address';
import { refuse, type Refusal } from '../domain/refusal';
import { blake2b256 } from './cid';
import { recoverSigner } from './message';

export interface OwnerChallenge {
  /** Name of the network, as the node gives it. */
  readonly network: string;
  readonly loanId: string;
  readonly miner: Address;
  readonly nonce: string;
  readonly expiryEpoch: number;
}

/** The text to be signed; `lotus wallet sign` takes it as hex of its UTF-8 bytes. */
export function ownerProofText(challenge: OwnerChallenge): string {
  const { network, loanId, miner, nonce, expiryEpoch } = challenge;
  return `loanstone owner proof ${network} ${loanId} ${miner} ${nonce} ${expiryEpoch}`;
}

const SECP256K1_TYPE = 1;
const BLS_TYPE = 2;

/**
 * Checks a signature in the form that `lotus wallet sign` prints: hex of the type byte and the signature.
 * @param owner the owner's key address (f1 or f3); the caller resolves the miner's owner ID to it.
 * @returns null where it verifies, else owner-kind-multisig (f2), owner-kind-contract (f4) or owner-proof-invalid.
 */
export function checkOwnerProof(owner: Address, text: string, signatureHex: string): Refusal | null {
  const protocol = protocolOf(owner);
  if (protocol === PROTOCOL.actor) return refuse('owner-kind-multisig');
  if (protocol === PROTOCOL.delegated) return refuse('owner-kind-contract');
  if (protocol === PROTOCOL.id)
    return refuse('owner-proof-invalid', 'The proof names a key address: f1 or f3.');
  if (!/^(?:[0-9a-f]{2})+$/.test(signatureHex)) {
    return refuse(
      'owner-proof-invalid',
      'The signature is lower-case hex, as `lotus wallet sign` prints it.',
    );
  }
  const bytes = Uint8Array.from(Buffer.from(signatureHex, 'hex'));
  const signature = bytes.subarray(1);
  const message = new TextEncoder().encode(text);
  const verifies =
    protocol === PROTOCOL.bls
      ? bytes[0] === BLS_TYPE && verifyBls(addressBytes(owner).subarray(1), message, signature)
      : bytes[0] === SECP256K1_TYPE && signedBy(owner, message, signature);
  return verifies ? null : refuse('owner-proof-invalid');
}

function signedBy(owner: Address, message: Uint8Array, signature: Uint8Array): boolean {
  return recoverSigner(blake2b256(message), signature, owner.startsWith('t') ? 't' : 'f') === owner;
}

const { longSignatures } = bls12_381;
/** Filecoin's ciphersuite: keys in G1, signatures in G2, the message itself hashed to the curve. */
const BLS_DOMAIN = 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_';

function verifyBls(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 96) return false;
  try {
    return longSignatures.verify(signature, longSignatures.hash(message, BLS_DOMAIN), publicKey);
  } catch (error) {
    // noble throws on bytes that are no point of the curve: that is no signature, not a fault.
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Proof that a borrower holds the miner's owner key: a text signed as `lotus wallet sign` does. */
import { type Address, addressBytes, PROTOCOL, protocolOf } from '../domain/address';
import { refuse, type Refusal } from '../domain/refusal';
import { verifyBls } from './bls';
import { blake2b256 } from './cid';
import { recoverSigner, SIGNATURE_TYPE } from './message';

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
      ? bytes[0] === SIGNATURE_TYPE.bls && verifyBls(addressBytes(owner).subarray(1), message, signature)
      : bytes[0] === SIGNATURE_TYPE.secp256k1 && signedBy(owner, message, signature);
  return verifies ? null : refuse('owner-proof-invalid');
}

function signedBy(owner: Address, message: Uint8Array, signature: Uint8Array): boolean {
  return recoverSigner(blake2b256(message), signature, owner.startsWith('t') ? 't' : 'f') === owner;
}

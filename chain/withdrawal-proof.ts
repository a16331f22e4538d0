/** Proof that a withdrawal address is the customer's: a text signed as `lotus wallet sign` does. */
import { type Address } from '../domain/address';
import { isRefusal, refuse, type Refusal } from '../domain/refusal';
import { checkOwnerProof } from './owner-proof';

export interface AddressChallenge {
  /** Name of the network, as the node gives it. */
  readonly network: string;
  /** Of the row on the customer's list: the text is good for it alone. */
  readonly addressId: string;
  readonly address: Address;
  readonly nonce: string;
}

/** The text to be signed; `lotus wallet sign` takes it as hex of its UTF-8 bytes. */
export function addressProofText({ network, addressId, address, nonce }: AddressChallenge): string {
  return `loanstone withdrawal address ${network} ${addressId} ${address} ${nonce}`;
}

/** Null where the key of the address (f1 or f3) signed the text; else address-proof-invalid. */
export function checkAddressProof(address: Address, text: string, signatureHex: string): Refusal | null {
  const fault = checkOwnerProof(address, text, signatureHex);
  return isRefusal(fault) ? refuse('address-proof-invalid') : null;
}

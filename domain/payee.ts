/**
 * Whom a withdrawal may pay, by what the chain holds at the address (docs/withdrawals.md). It is paid by a plain send,
 * method 0: what cannot take or give back such money is refused.
 */
import { addressBytes, PROTOCOL, protocolOf, type Address } from './address';
import { refuse, type Refusal } from './refusal';

/** What the node says is at an address: the actor's kind, null where nobody has used it yet. */
export type ActorKind = string | null;

/** `proof`: whether its owner can sign a text as `lotus wallet sign` does. */
export interface PayeeRule {
  readonly proof: boolean;
}

const NO_SUCH_ACTOR = 'There is nothing at that address on the finalised chain.';
const LOSES_MONEY: Readonly<Record<string, string>> = {
  storageminer: 'That is a miner: what is sent to it belongs to its owner and its pledge, not to you.',
  evm: 'That is a contract: a plain send would not call it, and the money may never come out.',
};

/** Eth addresses that no key can have: zero and precompiles, and the masks of ID addresses and of actors. */
function isKeylessEth(address: Address): boolean {
  const eth = addressBytes(address).subarray(2);
  if (eth.length !== 20) return true;
  const [first = 0] = eth;
  const blank = eth.subarray(1, 12).every((byte) => byte === 0);
  return blank && (first === 0xff || first === 0xfe || eth.subarray(0, 18).every((byte) => byte === 0));
}

function ethRule(address: Address, kind: ActorKind): PayeeRule | Refusal {
  // Namespace 10 is one byte; the Ethereum account manager's is the only one there is.
  if (addressBytes(address)[1] !== 10)
    return refuse('address-not-payable', 'Of delegated addresses only f410 has owners that can spend.');
  if (isKeylessEth(address))
    return refuse('address-not-payable', 'Nobody holds a key to that Ethereum address.');
  return kind === null || kind === 'placeholder' || kind === 'ethaccount' ? { proof: false } : refused(kind);
}

function refused(kind: string): Refusal {
  return refuse(
    'address-not-payable',
    LOSES_MONEY[kind] ?? `That is an actor of kind ${kind}, not a wallet.`,
  );
}

/**
 * The rule for an address in the form in which it is paid: f1 and f3 prove themselves by a signature; multisigs (f2, f0)
 * and Ethereum accounts (f4) cannot, and are taken unproven; everything else is refused.
 */
export function payeeRule(address: Address, kind: ActorKind): PayeeRule | Refusal {
  const protocol = protocolOf(address);
  if (protocol === PROTOCOL.secp256k1 || protocol === PROTOCOL.bls)
    return kind === null || kind === 'account' ? { proof: true } : refused(kind);
  if (protocol === PROTOCOL.delegated) return ethRule(address, kind);
  if (kind === null) return refuse('address-not-payable', NO_SUCH_ACTOR);
  return kind === 'multisig' ? { proof: false } : refused(kind);
}

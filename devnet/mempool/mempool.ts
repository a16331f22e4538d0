import { protocolOf, type Address } from '../address';
import type { Chain } from '../chain/chain';
import { isBls, type Tipset } from '../chain/tipset';
import type { Cid } from '../cid';
import { requiredFunds, type SignedMessage } from '../message';
import { RpcFailure } from '../rpc/failure';
import type { LooseMessage } from '../rpc/decode-message';
import { filText } from '../token';
import { mustActor, whyMissing } from '../vm/lookup';
import { actorAt } from '../vm/state';
import { refuse, WHY } from './refusal';
import { selectMessages } from './select';
import {
  addTo,
  applied,
  inOrder,
  MAX_PENDING,
  MAX_PENDING_UNTRUSTED,
  newSender,
  reserved,
  type Sender,
} from './sender';
import { checkMessage, whyTooLittleGas } from './validate';

export interface Mempool {
  /** Checks and adds a message; throws RpcFailure with Lotus' words. */
  push: (loose: LooseMessage, signed: SignedMessage, untrusted: boolean) => Cid;
  /** Adds without checks but for the sender's own: after a reorg and from the log. */
  restore: (signed: SignedMessage) => void;
  nonce: (address: Address) => number;
  /** The nonce after the head's messages, whatever is pending. */
  stateNonce: (address: Address) => number;
  pending: () => SignedMessage[];
  pendingOf: (address: Address) => SignedMessage[];
  select: (baseFee: bigint) => SignedMessage[];
  included: (t: Tipset) => void;
  clear: () => void;
}

/** The key behind a message's sender: ID addresses resolve at finality only, so that a reorg cannot change them. */
function keyOf(chain: Chain, finality: number, address: Address): Address {
  const protocol = protocolOf(address);
  if (protocol === 2) throw new RpcFailure('cannot resolve actor address to key address');
  if (protocol !== 0) return address;
  const head = chain.head();
  const lookback = head.height > finality ? chain.atOrBefore(head.height - finality, head) : head;
  const actor = actorAt(lookback.before.state, address);
  if (actor?.kind === 'account' && actor.robust !== null) return actor.robust;
  if (actor?.delegated != null) return actor.delegated;
  throw new RpcFailure('ID address not found in lookback state');
}

function stateNonce(chain: Chain, key: (a: Address) => Address, address: Address): number {
  const head = chain.head();
  const actor = mustActor(head.before.state, address);
  const wanted = key(address);
  return head.messages.reduce(
    (next, m) => (key(m.message.from) === wanted && m.message.nonce + 1 > next ? m.message.nonce + 1 : next),
    actor.nonce,
  );
}

function checkBalance(chain: Chain, signed: SignedMessage, sender: Sender | undefined): void {
  const balance = actorAt(chain.execute(chain.head()).state, signed.message.from)?.balance ?? 0n;
  const wrap = 'failed to check balance: not enough funds';
  const required = requiredFunds(signed.message);
  const facts = (sum: bigint): string => `(required: ${filText(sum)}, balance: ${filText(balance)})`;
  if (balance < required) throw refuse(`${wrap} ${facts(required)}: ${WHY.noFunds}`);
  const all = required + (sender === undefined ? 0n : reserved(sender, signed.message.nonce));
  if (balance < all) throw refuse(`${wrap} including pending messages ${facts(all)}: ${WHY.soft}`);
}

/** The message pool of one node: Lotus' rules for what is taken, kept, replaced and mined. `store` sees each message. */
export function makeMempool(chain: Chain, finality: number, store: (signed: SignedMessage) => void): Mempool {
  const senders = new Map<Address, Sender>();
  const key = (address: Address): Address => keyOf(chain, finality, address);

  function lookUpNonce(address: Address): number {
    const state = chain.head().before.state;
    if (actorAt(state, address) === undefined) {
      throw refuse(`failed to look up actor state nonce: ${whyMissing(state, address)}: ${WHY.soft}`);
    }
    return stateNonce(chain, key, address);
  }

  function add(signed: SignedMessage, limit: number): void {
    store(signed);
    const from = key(signed.message.from);
    const sender = senders.get(from) ?? newSender(stateNonce(chain, key, from));
    senders.set(from, sender);
    addTo(sender, signed, limit);
  }

  return {
    push: (loose, signed, untrusted) => {
      checkMessage(loose, signed);
      const { from, nonce } = signed.message;
      const next = lookUpNonce(from);
      if (next > nonce) throw refuse(`minimum expected nonce is ${next}, got ${nonce}: ${WHY.tooLow}`);
      const tooLittle = whyTooLittleGas(signed);
      if (tooLittle !== null)
        throw refuse(`verify msg failed: message will not be included in a block: ${tooLittle}`);
      checkBalance(chain, signed, senders.get(key(from)));
      add(signed, untrusted ? MAX_PENDING_UNTRUSTED : MAX_PENDING);
      return signed.cid;
    },
    restore: (signed) => {
      try {
        add(signed, MAX_PENDING);
      } catch (error) {
        // A message of the new branch may hold the nonce already; the node only logs that.
        if (!(error instanceof RpcFailure)) throw error;
      }
    },
    nonce: (address) => {
      const next = stateNonce(chain, key, address);
      return Math.max(next, senders.get(key(address))?.nextNonce ?? 0);
    },
    stateNonce: (address) => stateNonce(chain, key, address),
    pending: () => [...senders.values()].flatMap(inOrder),
    pendingOf: (address) => {
      const sender = senders.get(key(address));
      return sender === undefined ? [] : inOrder(sender);
    },
    select: (baseFee) => {
      const { state } = chain.execute(chain.head());
      const candidates = [...senders].flatMap(([from, sender]) => {
        const actor = actorAt(state, from);
        if (actor === undefined) return [];
        return [{ from, nonce: actor.nonce, balance: actor.balance, messages: inOrder(sender) }];
      });
      const chosen = selectMessages(candidates, baseFee);
      // A block holds its BLS messages before the others, and so they run.
      return [...chosen.filter(isBls), ...chosen.filter((m) => !isBls(m))];
    },
    included: (t) => {
      for (const m of t.messages) {
        const from = key(m.message.from);
        const sender = senders.get(from);
        if (sender === undefined) continue;
        applied(sender, m.message.nonce);
        if (sender.messages.size === 0) senders.delete(from);
      }
    },
    clear: () => senders.clear(),
  };
}

import type { Address } from '../address';
import { encodeMessage, link, messageCid, requiredFunds, type Message, type SignedMessage } from '../message';
import type { Node } from '../node';
import { whyNotIncludable } from '../mempool/validate';
import { bool, field, kindOf, type Decoder } from '../rpc/decode';
import { message } from '../rpc/decode-message';
import { RpcFailure, WrongKind } from '../rpc/failure';
import { whyMissing } from '../vm/lookup';
import { actorAt } from '../vm/state';
import { MESSAGE_COMPUTE, onChainMessage } from '../vm/prices';
import { given } from './execute';

/** Codes of MpoolCheckMessages, in Lotus' numbering. */
const CODE = {
  serialize: 1,
  size: 2,
  validity: 3,
  minGas: 4,
  minBaseFee: 5,
  baseFee: 6,
  lowerBound: 7,
  upperBound: 8,
  stateNonce: 9,
  nonce: 10,
  stateBalance: 11,
  balance: 12,
} as const;

const MINIMUM_BASE_FEE = 100n;
const BOUND = 10n;
const MAX_SIZE = 64 * 1024 - 128;

/** A message to look at, and whether its nonce is meant: a flexible one is given when it is pushed. */
export interface Prototype {
  readonly message: Message | null;
  readonly validNonce: boolean;
}

export const messagePrototype: Decoder<Prototype | null> = {
  go: '*api.MessagePrototype',
  read: (value) => {
    if (value === null) return null;
    if (typeof value !== 'object' || Array.isArray(value))
      throw new WrongKind(kindOf(value), 'api.MessagePrototype');
    return {
      message: message.read(Reflect.get(value, 'Message')),
      validNonce: field(value, 'MessagePrototype', 'ValidNonce', bool, false),
    };
  },
};

interface Status {
  readonly Cid: unknown;
  readonly Code: number;
  readonly OK: boolean;
  readonly Err: string;
  readonly Hint: Record<string, unknown> | null;
}

interface Sender {
  nonce: number;
  required: bigint;
}

/** What one call has seen of senders, and whether it looks at what is pending itself. */
interface Round {
  readonly node: Node;
  readonly interned: boolean;
  readonly senders: Map<string, Sender>;
}

type Add = (code: number, ok: boolean, why: string, hint?: Status['Hint']) => boolean;

/** The pending messages of a sender; a refusal of the address ends the whole call. */
function pendingOf(node: Node, from: Address): SignedMessage[] {
  try {
    return node.mempool.pendingOf(from);
  } catch (error) {
    if (!(error instanceof RpcFailure)) throw error;
    throw new RpcFailure(`errored while getting pending mset: ${error.message}`);
  }
}

/** Where a sender stands when its first message is looked at: after what is pending, or after the head. */
function meetSender({ node, interned }: Round, from: Address): { sender: Sender; why: string | null } {
  const pending = pendingOf(node, from);
  if (pending.length > 0 && !interned) {
    const required = pending.reduce((sum, one) => sum + requiredFunds(one.message) + one.message.value, 0n);
    return { sender: { nonce: node.mempool.nonce(from), required }, why: null };
  }
  try {
    return { sender: { nonce: node.mempool.stateNonce(from), required: 0n }, why: null };
  } catch (error) {
    if (!(error instanceof RpcFailure)) throw error;
    return { sender: { nonce: 0, required: 0n }, why: error.message };
  }
}

function checkSender(round: Round, from: Address, add: Add): Sender | null {
  const before = round.senders.get(from);
  if (before !== undefined) {
    add(CODE.stateNonce, true, '');
    return before;
  }
  const { sender, why } = meetSender(round, from);
  round.senders.set(from, sender);
  const known = why === null;
  const hint = known ? { nonce: sender.nonce } : null;
  return add(CODE.stateNonce, known, `error retrieving state nonce: ${why ?? ''}`, hint) ? sender : null;
}

function checkFunds(node: Node, from: Address, add: Add): bigint | null {
  const { state } = node.chain.execute(node.chain.head());
  const actor = from === '' ? undefined : actorAt(state, from);
  if (actor === undefined) {
    add(CODE.stateBalance, false, `error retrieving state balance: ${whyMissing(state, from)}`);
    return null;
  }
  add(CODE.stateBalance, true, '', { balance: actor.balance.toString() });
  return actor.balance;
}

/** Lotus' GasCharge for the bytes of a message on chain. */
function storageCharge(size: number): { total: number; hint: Record<string, unknown> } {
  const total = onChainMessage(size);
  const charge = { Name: 'OnChainMessage', Extra: null, ComputeGas: MESSAGE_COMPUTE };
  const hint = { ...charge, StorageGas: total - MESSAGE_COMPUTE, VirtualCompute: 0, VirtualStorage: 0 };
  return { total, hint };
}

/** Fee checks in their order; the later ones are left out once one of the first or the lower bound says no. */
function checkFees(m: Message, baseFee: bigint, add: Add): void {
  const { gasFeeCap } = m;
  if (!add(CODE.minBaseFee, gasFeeCap >= MINIMUM_BASE_FEE, 'GasFeeCap less than minimum base fee')) return;
  const fee = { baseFee: baseFee.toString() };
  add(CODE.baseFee, gasFeeCap >= baseFee, 'GasFeeCap less than current base fee', fee);
  const lower = baseFee / BOUND < MINIMUM_BASE_FEE ? MINIMUM_BASE_FEE : baseFee / BOUND;
  const text = (which: string): string =>
    `GasFeeCap less than base fee ${which} bound for inclusion in next 20 epochs`;
  const low = { ...fee, baseFeeLowerBound: lower.toString() };
  if (!add(CODE.lowerBound, gasFeeCap >= lower, text('lower'), low)) return;
  const upper = baseFee * BOUND;
  // A warning only: it is OK with a text.
  add(CODE.upperBound, true, gasFeeCap >= upper ? '' : text('upper'), {
    ...fee,
    baseFeeUpperBound: upper.toString(),
  });
}

function checkOne(round: Round, m: Message, validNonce: boolean): Status[] {
  const { node } = round;
  const out: Status[] = [];
  const plain = encodeMessage(m);
  const cid = link(messageCid(m));
  const add: Add = (code, ok, why, hint = null) => {
    const err = ok && code !== CODE.upperBound ? '' : why;
    out.push({ Cid: cid, Code: code, OK: ok, Err: err, Hint: hint });
    return ok;
  };
  const sender = checkSender(round, m.from, add);
  const balance = sender && checkFunds(node, m.from, add);
  if (sender === null || balance === null) return out;
  add(CODE.serialize, true, '');
  add(CODE.size, plain.length <= MAX_SIZE, 'message too big');
  const invalid = whyNotIncludable(m);
  if (!add(CODE.validity, invalid === null, `syntactically invalid message: ${invalid ?? ''}`)) return out;
  const { total, hint } = storageCharge(plain.length);
  add(CODE.minGas, m.gasLimit >= total, 'GasLimit less than epoch minimum gas', { minGas: hint });
  checkFees(m, node.chain.head().baseFee, add);
  const next = sender.nonce;
  const follows = !validNonce || m.nonce === next;
  add(CODE.nonce, follows, `message nonce doesn't match next nonce (${next})`, { nextNonce: next });
  if (follows) sender.nonce += 1;
  sender.required += requiredFunds(m) + m.value;
  add(CODE.balance, balance >= sender.required, 'insufficient balance', {
    requiredFunds: sender.required.toString(),
  });
  return out;
}

/** MpoolCheckMessages: for each message a list of checks, so that a wallet can warn before it pushes. */
export function checkMessages(node: Node, all: readonly (Prototype | null)[]): Status[][] {
  const round: Round = { node, interned: false, senders: new Map() };
  return all.map((one) => {
    if (one === null) return checkOne(round, given(null), false);
    return checkOne(round, given(one.message), one.validNonce);
  });
}

/** MpoolCheckPendingMessages: the same for what a sender has pending; null when it has nothing. */
export function checkPending(node: Node, from: Address): Status[][] | null {
  const pending = pendingOf(node, from);
  if (pending.length === 0) return null;
  const round: Round = { node, interned: true, senders: new Map() };
  return pending.map((one) => checkOne(round, one.message, true));
}

/** MpoolCheckReplaceMessages: all that their senders have pending, with these in the place of the same nonces. */
export function checkReplace(node: Node, replace: readonly (Message | null)[]): Status[][] {
  const senders = new Map<Address, Map<number, Message>>();
  for (const m of replace.map(given)) {
    const held =
      senders.get(m.from) ??
      new Map(pendingOf(node, m.from).map((one) => [one.message.nonce, one.message] as const));
    senders.set(m.from, held.set(m.nonce, m));
  }
  const round: Round = { node, interned: true, senders: new Map() };
  return [...senders.values()].flatMap((held) =>
    [...held.values()].sort((a, b) => a.nonce - b.nonce).map((m) => checkOne(round, m, true)),
  );
}

import { link, requiredFunds, signedMessage, SECP256K1, type Message } from '../message';
import type { Node } from '../node';
import { whyNotIncludable } from '../mempool/validate';
import { kindOf, type Decoder } from '../rpc/decode';
import { message } from '../rpc/decode-message';
import { RpcFailure, WrongKind } from '../rpc/failure';
import { actorAt } from '../vm/state';
import { onChainMessage } from '../vm/prices';
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
const MAX_SIZE = 32 * 1024 - 128;

export const messagePrototype: Decoder<Message | null> = {
  go: '*api.MessagePrototype',
  read: (value) => {
    if (value === null) return null;
    if (typeof value !== 'object' || Array.isArray(value))
      throw new WrongKind(kindOf(value), 'api.MessagePrototype');
    return message.read(Reflect.get(value, 'Message'));
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

function sizeOf(m: Message): number {
  return signedMessage(m, { type: SECP256K1, data: new Uint8Array(65) }).size;
}

/** Fee checks in their order; the later ones are left out once one of the first two says no. */
function* feeChecks(
  m: Message,
  baseFee: bigint,
): Generator<readonly [number, boolean, string, Status['Hint']]> {
  yield [CODE.minBaseFee, m.gasFeeCap >= MINIMUM_BASE_FEE, 'GasFeeCap less than minimum base fee', null];
  if (m.gasFeeCap < MINIMUM_BASE_FEE) return;
  yield [
    CODE.baseFee,
    m.gasFeeCap >= baseFee,
    'GasFeeCap less than current base fee',
    { baseFee: baseFee.toString() },
  ];
  const lower = baseFee / BOUND < MINIMUM_BASE_FEE ? MINIMUM_BASE_FEE : baseFee / BOUND;
  const upper = baseFee * BOUND;
  const text = (which: string): string =>
    `GasFeeCap less than base fee ${which} bound for inclusion in next 20 epochs`;
  yield [CODE.lowerBound, m.gasFeeCap >= lower, text('lower'), { baseFeeLowerBound: lower.toString() }];
  if (m.gasFeeCap < lower) return;
  yield [CODE.upperBound, m.gasFeeCap >= upper, text('upper'), { baseFeeUpperBound: upper.toString() }];
}

function checkOne(node: Node, m: Message, senders: Map<string, Sender>): Status[] {
  const out: Status[] = [];
  const cid = link(signedMessage(m, { type: SECP256K1, data: new Uint8Array(65) }).unsignedCid);
  const add = (code: number, ok: boolean, why: string, hint: Status['Hint'] = null): boolean => {
    out.push({ Cid: cid, Code: code, OK: ok, Err: ok ? '' : why, Hint: hint });
    return ok;
  };
  let sender = senders.get(m.from);
  if (sender === undefined) {
    try {
      sender = { nonce: node.mempool.nonce(m.from), required: 0n };
    } catch (error) {
      if (!(error instanceof RpcFailure)) throw error;
      add(CODE.stateNonce, false, `error retrieving state nonce: ${error.message}`);
      return out;
    }
    senders.set(m.from, sender);
  }
  add(CODE.stateNonce, true, '', { nonce: sender.nonce });
  const head = node.chain.head();
  const balance = actorAt(node.chain.execute(head).state, m.from)?.balance ?? 0n;
  add(CODE.stateBalance, true, '', { balance: balance.toString() });
  add(CODE.serialize, true, '');
  add(CODE.size, sizeOf(m) <= MAX_SIZE, 'message too big');
  const invalid = whyNotIncludable(m);
  if (!add(CODE.validity, invalid === null, `syntactically invalid message: ${invalid ?? ''}`)) return out;
  const least = onChainMessage(sizeOf(m));
  add(CODE.minGas, m.gasLimit >= least, 'GasLimit less than epoch minimum gas', { minGas: least });
  for (const check of feeChecks(m, head.baseFee)) add(...check);
  const next = sender.nonce;
  add(CODE.nonce, m.nonce === next, `message nonce doesn't match next nonce (${next})`, { nextNonce: next });
  if (m.nonce === next) sender.nonce += 1;
  sender.required += requiredFunds(m) + m.value;
  add(CODE.balance, balance >= sender.required, 'insufficient balance', {
    requiredFunds: sender.required.toString(),
  });
  return out;
}

/** MpoolCheckMessages: for each message a list of checks, so that a wallet can warn before it pushes. */
export function checkMessages(node: Node, messages: readonly (Message | null)[]): Status[][] {
  const senders = new Map<string, Sender>();
  return messages.map((m) => checkOne(node, given(m), senders));
}

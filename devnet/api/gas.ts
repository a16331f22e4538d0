import type { Tipset } from '../chain/tipset';
import { exitName, EXIT } from '../exit';
import {
  BLS,
  messageCid,
  messageJson,
  signedMessage,
  SECP256K1,
  type Message,
  type SignedMessage,
} from '../message';
import type { Node } from '../node';
import { address, bigInt, field, int64, tipsetKey, uint64, bool, kindOf, type Decoder } from '../rpc/decode';
import { message } from '../rpc/decode-message';
import { RpcFailure, WrongKind } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { protocolOf, type Address } from '../address';
import { FIL } from '../token';
import { applyMessage, NotApplicable, type Applied } from '../vm/apply';
import { BLOCK_GAS_LIMIT, BLOCK_GAS_TARGET } from '../vm/prices';
import { given, mustSender, runAll } from './execute';
import { keyAtHead } from './key-address';
import { tipsetAt } from './tipset-at';

const REVERTED = 3;
const OUT_OF_GAS = 2;
const MIN_PREMIUM = 100_000n;
const DEFAULT_MAX_FEE = (7n * FIL) / 100n;
const OVERESTIMATION = 1.25;
const QUEUE_BLOCKS = 20;
const INCLUSION_BLOCKS = 10;

export interface SendSpec {
  readonly maxFee: bigint;
  readonly maximizeFeeCap: boolean;
}

export const sendSpec: Decoder<SendSpec> = {
  go: '**api.MessageSendSpec',
  read: (value) => {
    if (value === null || value === undefined) return { maxFee: 0n, maximizeFeeCap: false };
    if (typeof value !== 'object' || Array.isArray(value))
      throw new WrongKind(kindOf(value), 'api.MessageSendSpec');
    return {
      maxFee: field(value, 'MessageSendSpec', 'MaxFee', bigInt, 0n),
      maximizeFeeCap: field(value, 'MessageSendSpec', 'MaximizeFeeCap', bool, false),
    };
  },
};

/** The refusal that a failing call gives: code 3 with exit name and backtrace. */
export function reverted(applied: Applied): RpcFailure {
  const exit = exitName(applied.receipt.exit);
  return new RpcFailure(
    `message execution failed (exit=[${exit}], vm error=[${applied.error}])`,
    REVERTED,
    '0x',
  );
}

/** The sender's pending messages up to the one that this would replace. */
function pendingBefore(node: Node, key: Address, nonce: number): SignedMessage[] {
  const pending = node.mempool.pendingOf(key);
  const replaced = pending.findIndex((one) => one.message.nonce === nonce);
  return replaced < 0 ? pending : pending.slice(0, replaced);
}

/** Runs a message after the head's and the sender's earlier pending ones, with gas that is free. */
function callWithGas(node: Node, m: Message): Applied {
  const t = node.chain.head();
  const failed = 'gas estimation failed: ';
  const wrap = `${failed}CallWithGas failed: `;
  const key = keyAtHead(node, m.from, `${failed}getting key address: `);
  const prior = [...t.messages, ...pendingBefore(node, key, m.nonce)];
  const state = runAll(t.before.state, t, prior);
  const sender = mustSender(state, m.from, wrap);
  const free = { ...m, gasLimit: BLOCK_GAS_LIMIT, gasFeeCap: 0n, gasPremium: 0n, nonce: sender.nonce };
  const type = protocolOf(key) === 3 ? BLS : SECP256K1;
  const { size } = signedMessage(free, { type, data: new Uint8Array(65) });
  try {
    return applyMessage(state, t.height, 0n, free, size);
  } catch (error) {
    if (error instanceof NotApplicable) throw new RpcFailure(`${wrap}${error.message}`);
    throw error;
  }
}

export function estimateLimit(node: Node, m: Message): number {
  const applied = callWithGas(node, m);
  if (applied.receipt.exit === EXIT.outOfGas) throw new RpcFailure('call ran out of gas', OUT_OF_GAS);
  if (applied.receipt.exit !== EXIT.ok) throw reverted(applied);
  return applied.receipt.gasUsed;
}

/**
 * The premium at the 55th percentile of recent blocks, weighted by gas; the minimum when they are nearly empty. A real
 * node adds noise of half a percent, this one none.
 */
function estimatePremium(from: Tipset, blocks: number): bigint {
  const wanted = blocks === 0 ? 1 : blocks;
  const seen: { price: bigint; limit: number }[] = [];
  let counted = 0;
  let t = from;
  for (let i = 0; i < wanted * 2 && t.parent !== null; i++) {
    t = t.parent;
    counted += 1;
    for (const m of t.messages) seen.push({ price: m.message.gasPremium, limit: m.message.gasLimit });
  }
  seen.sort((a, b) => (a.price === b.price ? 0 : a.price > b.price ? -1 : 1));
  const target = BLOCK_GAS_TARGET * counted;
  let left = target / 2 + target / 40;
  let [last, before] = [0n, 0n];
  for (const { price, limit } of seen) {
    [last, before] = [price, last];
    left -= limit;
    if (left < 0) break;
  }
  const median = before === 0n ? last : (last + before) / 2n;
  if (median >= MIN_PREMIUM) return median;
  return wanted === 1 ? 2n * MIN_PREMIUM : wanted === 2 ? (3n * MIN_PREMIUM) / 2n : MIN_PREMIUM;
}

function estimateFeeCap(at: Tipset, m: Message, queue: number): bigint {
  const factor = BigInt(Math.trunc(1.125 ** queue * 256));
  return (at.baseFee * factor) / 256n + m.gasPremium;
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

function capFee(m: Message, spec: SendSpec): Message {
  const maxFee = spec.maxFee === 0n ? DEFAULT_MAX_FEE : spec.maxFee;
  const limit = BigInt(m.gasLimit);
  const over = spec.maximizeFeeCap || m.gasFeeCap * limit > maxFee;
  const gasFeeCap = over && limit > 0n ? maxFee / limit : m.gasFeeCap;
  return { ...m, gasFeeCap, gasPremium: least(gasFeeCap, m.gasPremium) };
}

/** GasEstimateMessageGas: fills what is zero, keeps what is set, caps the whole by the highest fee. */
export function estimateMessage(node: Node, m: Message, spec: SendSpec): Message {
  const t = node.chain.head();
  const gasLimit =
    m.gasLimit === 0
      ? Math.min(Math.trunc(estimateLimit(node, m) * OVERESTIMATION), BLOCK_GAS_LIMIT)
      : m.gasLimit;
  const gasPremium = m.gasPremium === 0n ? estimatePremium(t, INCLUSION_BLOCKS) : m.gasPremium;
  const limited = { ...m, gasLimit, gasPremium };
  const gasFeeCap = m.gasFeeCap === 0n ? estimateFeeCap(t, limited, QUEUE_BLOCKS) : m.gasFeeCap;
  return capFee({ ...limited, gasFeeCap }, spec);
}

const FROM_KEY = 'getting tipset from key: ';

export function gasMethods(node: Node): Methods {
  return {
    // The tipset key of this one is not looked at: it always estimates at the head.
    GasEstimateMessageGas: method('read', [message, sendSpec, tipsetKey], (m, spec) => {
      const filled = estimateMessage(node, given(m), spec);
      return messageJson(filled, messageCid(filled));
    }),
    GasEstimateGasLimit: method('read', [message, tipsetKey], (m, key) => {
      tipsetAt(node, key, 'getting tipset: ');
      return estimateLimit(node, given(m));
    }),
    GasEstimateFeeCap: method('read', [message, int64, tipsetKey], (m, queue, key) =>
      estimateFeeCap(tipsetAt(node, key, FROM_KEY), given(m), queue).toString(),
    ),
    GasEstimateGasPremium: method('read', [uint64, address, int64, tipsetKey], (blocks, _who, _limit, key) =>
      estimatePremium(tipsetAt(node, key, FROM_KEY), blocks).toString(),
    ),
  };
}

import { link, signedJson, signedMessage, type Message, type SignedMessage } from '../message';
import type { Node } from '../node';
import { address, listOf, tipsetKey, anything } from '../rpc/decode';
import { message, pushedMessage, settled, type PushedMessage } from '../rpc/decode-message';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { actorAt } from '../vm/state';
import { estimateMessage, sendSpec, type SendSpec } from './gas';
import { given } from './execute';
import { keyAtHead } from './key-address';
import { messagePrototype, checkMessages } from './mpool-check';
import { signBy } from './wallet';

function push(node: Node, pushed: PushedMessage | null, untrusted: boolean): unknown {
  if (pushed === null) throw new Error('runtime error: invalid memory address or nil pointer dereference');
  const signed = signedMessage(settled(pushed.loose), pushed.signature);
  return link(node.push(pushed.loose, signed, untrusted));
}

const reason = (error: unknown): string => {
  if (error instanceof RpcFailure) return error.message;
  throw error;
};

/** MpoolPushMessage: gas, nonce and signature by the node, with a key of its wallet. */
function pushMessage(node: Node, asked: Message, spec: SendSpec): SignedMessage {
  const { state } = node.chain.head().before;
  const from = keyAtHead(node, asked.from, 'getting key address: ');
  if (asked.nonce !== 0) {
    throw new RpcFailure(`MpoolPushMessage expects message nonce to be 0, was ${asked.nonce}`);
  }
  let filled: Message;
  try {
    filled = estimateMessage(node, asked, spec);
  } catch (error) {
    throw new RpcFailure(`GasEstimateMessageGas error: ${reason(error)}`);
  }
  const balance = actorAt(state, from)?.balance ?? 0n;
  const required = filled.value + BigInt(filled.gasLimit) * filled.gasFeeCap;
  if (balance < required) throw new RpcFailure(`mpool push: not enough funds: ${balance} < ${required}`);
  const ready = { ...filled, from, nonce: node.mempool.nonce(from) };
  const signed = signBy(node, from, ready);
  try {
    node.push(ready, signed, false);
  } catch (error) {
    throw new RpcFailure(`mpool push: failed to push message: ${reason(error)}`);
  }
  return signed;
}

const pushes = (node: Node, untrusted: boolean) =>
  method('write', [pushedMessage], (m) => push(node, m, untrusted));
const batch = (node: Node, untrusted: boolean) =>
  method('write', [listOf(pushedMessage, '[]*types.SignedMessage')], (all) =>
    (all ?? []).map((m) => push(node, m, untrusted)),
  );

export function mpoolMethods(node: Node): Methods {
  const selected = (): SignedMessage[] => node.mempool.select(node.chain.baseFeeAfter(node.chain.head()));
  return {
    MpoolPush: pushes(node, false),
    MpoolPushUntrusted: pushes(node, true),
    MpoolBatchPush: batch(node, false),
    MpoolBatchPushUntrusted: batch(node, true),
    MpoolPushMessage: method('sign', [message, sendSpec], (m, spec) =>
      signedJson(pushMessage(node, given(m), spec)),
    ),
    MpoolGetNonce: method('read', [address], (who) => node.mempool.nonce(who)),
    MpoolPending: method('read', [tipsetKey], () => node.mempool.pending().map(signedJson)),
    MpoolSelect: method('read', [tipsetKey, anything], () => {
      const chosen = selected();
      return chosen.length === 0 ? null : chosen.map(signedJson);
    }),
    MpoolGetConfig: method('read', [], () => ({
      PriorityAddrs: null,
      SizeLimitHigh: 30000,
      SizeLimitLow: 20000,
      ReplaceByFeeRatio: 1.25,
      PruneCooldown: 60_000_000_000,
      GasLimitOverestimation: 1.25,
    })),
    MpoolCheckMessages: method('read', [listOf(messagePrototype, '[]*api.MessagePrototype')], (all) =>
      checkMessages(node, all ?? []),
    ),
    MpoolClear: method('write', [anything], () => node.dropMempool()),
  };
}

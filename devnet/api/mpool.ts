import { isEthereum, protocolOf } from '../address';
import { link, signedJson, signedMessage, type Message, type SignedMessage } from '../message';
import type { Node } from '../node';
import { address, listOf, tipsetKey, anything } from '../rpc/decode';
import {
  message,
  pushedMessage,
  settled,
  type LooseMessage,
  type PushedMessage,
} from '../rpc/decode-message';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { actorAt } from '../vm/state';
import { estimateMessage, sendSpec, type SendSpec } from './gas';
import { given } from './execute';
import { keyAtHead } from './key-address';
import { checkMessages, checkPending, checkReplace, messagePrototype } from './mpool-check';
import { stateTipset } from './tipset-at';
import { signBy } from './wallet';

const DELEGATED = 4;

/** Lotus' API keeps money from f4 addresses that no key and no contract can have. */
function whyInsane({ to }: Message): string | null {
  if (protocolOf(to) !== DELEGATED || isEthereum(to)) return null;
  return `message recipient ${to} is a delegated address but not a valid Eth Address`;
}

interface Ready {
  readonly loose: LooseMessage;
  readonly signed: SignedMessage;
}

function sane(pushed: PushedMessage | null): Ready {
  if (pushed === null) throw new Error('runtime error: invalid memory address or nil pointer dereference');
  const signed = signedMessage(settled(pushed.loose), pushed.signature);
  const why = whyInsane(signed.message);
  if (why === null) return { loose: pushed.loose, signed };
  const { from, nonce } = signed.message;
  throw new RpcFailure(`message ${signed.cid} from ${from} with nonce ${nonce} failed sanity check: ${why}`);
}

const push = (node: Node, { loose, signed }: Ready, untrusted: boolean): unknown =>
  link(node.push(loose, signed, untrusted));

const reason = (error: unknown): string => {
  if (error instanceof RpcFailure) return error.message;
  throw error;
};

/** MpoolPushMessage: gas, nonce and signature by the node, with a key of its wallet. */
function pushMessage(node: Node, asked: Message, spec: SendSpec): SignedMessage {
  const why = whyInsane(asked);
  if (why !== null) throw new RpcFailure(`message from ${asked.from} failed sanity check: ${why}`);
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
  let signed: SignedMessage;
  try {
    signed = signBy(node, from, ready);
  } catch (error) {
    throw new RpcFailure(`${reason(error)}, addr=${from}`);
  }
  try {
    node.push(ready, signed, false);
  } catch (error) {
    throw new RpcFailure(`mpool push: failed to push message: ${reason(error)}`);
  }
  return signed;
}

const pushes = (node: Node, untrusted: boolean) =>
  method('write', [pushedMessage], (m) => push(node, sane(m), untrusted));
const batch = (node: Node, untrusted: boolean) =>
  method('write', [listOf(pushedMessage, '[]*types.SignedMessage')], (all) => {
    // All are looked at before the first is pushed; the first refusal ends the batch, what went before stays.
    const pushed = (all ?? []).map(sane).map((m) => push(node, m, untrusted));
    return pushed.length === 0 ? null : pushed;
  });

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
    MpoolPending: method('read', [tipsetKey], (key) => {
      stateTipset(node, key);
      return node.mempool.pending().map(signedJson);
    }),
    MpoolSelect: method('read', [tipsetKey, anything], (key) => {
      stateTipset(node, key);
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
    MpoolCheckPendingMessages: method('read', [address], (from) => checkPending(node, from)),
    MpoolCheckReplaceMessages: method('read', [listOf(message, '[]*types.Message')], (all) =>
      checkReplace(node, all ?? []),
    ),
    MpoolClear: method('write', [anything], () => node.dropMempool()),
  };
}

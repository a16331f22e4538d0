import type { Address } from '../address';
import type { Cid } from '../cid';
import { listRoot, type Tipset } from '../chain/tipset';
import { searchBack, NO_LIMIT } from '../chain/search';
import { link, messageCid, type Message, type SignedMessage } from '../message';
import type { Node } from '../node';
import { cid, epoch, listOf, tipsetKey } from '../rpc/decode';
import { message } from '../rpc/decode-message';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { applyFree, applyMessage, NotApplicable, type Applied } from '../vm/apply';
import { BLOCK_GAS_LIMIT } from '../vm/prices';
import { actorAt, type Actor, type State } from '../vm/state';
import { implicitOf } from './implicit';
import { invocJson } from './invoc';
import { stateTipset } from './tipset-at';

export const noSender = (from: Address): string =>
  `sender ${from} not found on chain: sender validation failed`;

/** A nil message is a panic in Go. */
export function given(m: Message | null): Message {
  if (m === null) throw new Error('runtime error: invalid memory address or nil pointer dereference');
  return m;
}

export function mustSender(state: State, from: Address, wrap: string): Actor {
  const sender = from === '' ? undefined : actorAt(state, from);
  if (sender === undefined) throw new RpcFailure(`${wrap}${noSender(from)}`);
  return sender;
}

/** The state with these messages run on it; those that cannot run are passed over, as the VM gives them a code. */
export function runAll(start: State, t: Tipset, messages: readonly SignedMessage[]): State {
  let state = start;
  for (const m of messages) {
    try {
      state = applyMessage(state, t.height, t.baseFee, m.message, m.size).state;
    } catch (error) {
      if (!(error instanceof NotApplicable)) throw error;
    }
  }
  return state;
}

/** StateCall: after the same sender's messages of the tipset, without gas or nonce. */
function call(t: Tipset, m: Message): Record<string, unknown> {
  mustSender(t.before.state, m.from, '');
  const state = runAll(
    t.before.state,
    t,
    t.messages.filter((one) => one.message.from === m.from),
  );
  const sender = mustSender(state, m.from, '');
  const full = { ...m, gasLimit: m.gasLimit === 0 ? BLOCK_GAS_LIMIT : m.gasLimit, nonce: sender.nonce };
  return invocJson(messageCid(full), full, applyFree(state, t.height, full), false);
}

function replay(node: Node, t: Tipset, wanted: Cid): { message: SignedMessage; applied: Applied } {
  const found = node.chain.replay(t).find(({ message: m }) => m.cid === wanted);
  if (found === undefined) throw new RpcFailure('given message not found in tipset');
  return found;
}

/** The tipset that includes what the search found. */
function includedIn(node: Node, asked: Cid): { t: Tipset; landed: Cid } {
  const stored = node.messages.get(asked);
  if (stored === undefined) {
    throw new RpcFailure(
      `searching for msg ${asked}: %!w(*errors.errorString=&{failed to load message}): ipld: could not find ${asked}`,
    );
  }
  const found = searchBack(node.chain.head(), stored, asked, NO_LIMIT, true);
  if (found?.executedIn.parent == null) throw new RpcFailure(`didn't find msg ${asked}`);
  return { t: found.executedIn.parent, landed: found.cid };
}

/** All that ran in a tipset, the system's own messages too. */
function tipsetTrace(node: Node, t: Tipset): Record<string, unknown>[] {
  const { before, after } = implicitOf(t);
  const own = node.chain
    .replay(t)
    .map(({ message: m, applied }) => invocJson(m.cid, m.message, applied, true));
  return [...before, ...own, ...after];
}

/** StateCall, StateReplay and StateCompute. */
export function executeMethods(node: Node): Methods {
  return {
    StateCall: method('read', [message, tipsetKey], (m, key) => call(stateTipset(node, key), given(m))),
    StateReplay: method('read', [tipsetKey, cid], (key, asked) => {
      const { t, landed } =
        key.length === 0 ? includedIn(node, asked) : { t: stateTipset(node, key), landed: asked };
      const { message: m, applied } = replay(node, t, landed);
      return invocJson(landed, m.message, applied, true);
    }),
    StateCompute: method(
      'read',
      [epoch, listOf(message, '[]*types.Message'), tipsetKey],
      (height, more, key) => {
        const t = stateTipset(node, key);
        const trace = tipsetTrace(node, t);
        let { state } = node.chain.execute(t);
        for (const m of (more ?? []).map(given)) {
          mustSender(state, m.from, `applying message ${messageCid(m)}: `);
          const applied = applyFree(state, height, m);
          ({ state } = applied);
          trace.push(invocJson(messageCid(m), m, applied, false));
        }
        const extra = (more ?? []).map((m) => messageCid(given(m)));
        const root = extra.length === 0 ? node.chain.execute(t).root : listRoot(extra);
        return { Root: link(root), Trace: trace.length === 0 ? null : trace };
      },
    ),
  };
}

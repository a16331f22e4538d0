import { executedIn, NO_LIMIT, searchBack, type Found } from '../chain/search';
import type { Tipset } from '../chain/tipset';
import type { Cid } from '../cid';
import { link, type SignedMessage } from '../message';
import type { Node } from '../node';
import { bool, cid, epoch, tipsetKey, uint64 } from '../rpc/decode';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { actorAt } from '../vm/state';
import { receiptJson } from './invoc';
import { returnDec } from './return-dec';
import { stateTipset } from './tipset-at';

const lookupJson = (found: Found, decoded: unknown = null): Record<string, unknown> => ({
  Message: link(found.cid),
  Receipt: receiptJson(found.receipt),
  ReturnDec: decoded,
  TipSet: [link(found.executedIn.cid)],
  Height: found.executedIn.height,
});

function stored(node: Node, wanted: Cid): SignedMessage {
  const found = node.messages.get(wanted);
  if (found !== undefined) return found;
  throw new RpcFailure(`%!w(*errors.errorString=&{failed to load message}): ipld: could not find ${wanted}`);
}

interface Wait {
  readonly asked: Cid;
  readonly confidence: number;
  readonly limit: number;
  readonly allowReplaced: boolean;
}

function waitedJson(found: Found, { message }: SignedMessage): Record<string, unknown> {
  const { exit, ret } = found.receipt;
  const kind = actorAt(found.executedIn.before.state, message.to)?.kind ?? null;
  return lookupJson(found, exit === 0 ? returnDec(kind, message.method, ret) : null);
}

/**
 * Looks at each head; the limit counts back from the head at the start, what comes after it is always seen. What the
 * head at the start has just executed is given at once, whatever confidence was asked for.
 */
function waitFor(node: Node, wait: Wait, gone: AbortSignal): Promise<unknown> {
  const wanted = stored(node, wait.asked);
  const first = node.chain.head();
  const start = first.height;
  const fresh = executedIn(first, wanted, wait.asked, wait.allowReplaced);
  if (fresh !== null) return Promise.resolve(waitedJson(fresh, wanted));
  const find = (head: Tipset): Found | null => {
    const limit = wait.limit === NO_LIMIT ? NO_LIMIT : wait.limit + Math.max(0, head.height - start);
    const found = searchBack(head, wanted, wait.asked, limit, wait.allowReplaced);
    return found !== null && head.height >= found.executedIn.height + wait.confidence ? found : null;
  };
  return new Promise((resolve, reject) => {
    const look = (head: Tipset): boolean => {
      try {
        const found = find(head);
        if (found !== null) resolve(waitedJson(found, wanted));
        return found !== null;
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        return true;
      }
    };
    if (look(node.chain.head())) return;
    const stop = node.onHead((head) => {
      if (look(head)) stop();
    });
    gone.addEventListener('abort', () => {
      stop();
      reject(new RpcFailure('context canceled'));
    });
  });
}

/** StateSearchMsg, and StateWaitMsg, which ends when found deep enough or when the client hangs up. */
export function searchMethods(node: Node): Methods {
  return {
    StateSearchMsg: method('read', [tipsetKey, cid, epoch, bool], (key, asked, limit, allowReplaced) => {
      const from = stateTipset(node, key);
      const found = searchBack(from, stored(node, asked), asked, limit, allowReplaced);
      return found && lookupJson(found);
    }),
    StateWaitMsg: method('read', [cid, uint64, epoch, bool], (asked, deep, limit, allowReplaced, caller) => {
      const confidence = Math.min(deep, node.options.finality);
      return waitFor(node, { asked, confidence, limit, allowReplaced }, caller.gone);
    }),
  };
}

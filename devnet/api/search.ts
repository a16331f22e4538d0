import { NO_LIMIT, searchBack, type Found } from '../chain/search';
import type { Tipset } from '../chain/tipset';
import type { Cid } from '../cid';
import { link, type SignedMessage } from '../message';
import type { Node } from '../node';
import { bool, cid, epoch, tipsetKey, uint64 } from '../rpc/decode';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { receiptJson } from './invoc';
import { stateTipset } from './tipset-at';

const lookupJson = (found: Found): Record<string, unknown> => ({
  Message: link(found.cid),
  Receipt: receiptJson(found.receipt),
  ReturnDec: null,
  TipSet: [link(found.executedIn.cid)],
  Height: found.executedIn.height,
});

function stored(node: Node, wanted: Cid): SignedMessage {
  const found = node.messages.get(wanted);
  if (found !== undefined) return found;
  throw new RpcFailure(`%!w(*errors.errorString=&{failed to load message}): ipld: could not find ${wanted}`);
}

/** Resolves once the message is executed and `confidence` epochs deep; stops when the client hangs up. */
function waitFor(
  node: Node,
  find: () => Found | null,
  confidence: number,
  gone: AbortSignal,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const look = (head: Tipset): boolean => {
      try {
        const found = find();
        if (found === null || head.height < found.executedIn.height + confidence) return false;
        resolve(lookupJson(found));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      return true;
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

/** StateSearchMsg and StateWaitMsg. */
export function searchMethods(node: Node): Methods {
  return {
    StateSearchMsg: method('read', [tipsetKey, cid, epoch, bool], (key, asked, limit, allowReplaced) => {
      const from = stateTipset(node, key);
      const found = searchBack(from, stored(node, asked), asked, limit, allowReplaced);
      return found && lookupJson(found);
    }),
    StateWaitMsg: method(
      'read',
      [cid, uint64, epoch, bool],
      (asked, confidence, limit, allowReplaced, caller) => {
        const wanted = stored(node, asked);
        const deep = Math.min(confidence, node.options.finality);
        const find = (): Found | null =>
          searchBack(node.chain.head(), wanted, asked, limit === 0 ? NO_LIMIT : limit, allowReplaced);
        return waitFor(node, find, deep, caller.gone);
      },
    ),
  };
}

import { encodeHeader, isBls, tipsetJson, blockJson, type Tipset } from '../chain/tipset';
import type { Cid } from '../cid';
import { encodeMessage, encodeSigned, link, messageJson, signedJson, type SignedMessage } from '../message';
import type { Node } from '../node';
import { cid, epoch, tipsetKey } from '../rpc/decode';
import { RpcFailure } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import { actors } from '../vm/state';
import { actorBlock, actorHead } from './actor-json';
import { receiptJson } from './invoc';
import { stateTipset, tipsetAt } from './tipset-at';

const missing = (wanted: Cid): RpcFailure => new RpcFailure(`ipld: could not find ${wanted}`);

function blockOf(node: Node, wanted: Cid): Tipset {
  const found = node.chain.byCid(wanted);
  if (found === undefined) throw missing(wanted);
  return found;
}

const parentMessages = (t: Tipset): readonly SignedMessage[] => t.parent?.messages ?? [];

/** Messages of a tipset in order of execution; null when there are none, as Go prints an empty slice. */
function messagesJson(messages: readonly SignedMessage[]): unknown {
  if (messages.length === 0) return null;
  return messages.map((m) => ({ Cid: link(m.cid), Message: messageJson(m.message, m.unsignedCid) }));
}

/** Receipts of the parent's messages; the genesis block has no parent and Go's nil slice is null. */
const receiptsJson = (t: Tipset): unknown => (t.parent === null ? null : t.before.receipts.map(receiptJson));

/** The bytes behind a CID: headers, messages and what actors have stored. */
function rawObject(node: Node, wanted: Cid): Uint8Array | null {
  const stored = node.chain.blocks.get(wanted);
  if (stored !== undefined) return stored;
  const t = node.chain.byCid(wanted);
  if (t !== undefined) return encodeHeader(t, node.chain.clock);
  const m = node.messages.get(wanted);
  if (m !== undefined) {
    return wanted === m.unsignedCid ? encodeMessage(m.message) : encodeSigned(m.message, m.signature);
  }
  for (const actor of actors(node.chain.head().before.state)) {
    if (actorHead(actor) === wanted) return actorBlock(actor);
  }
  return null;
}

function byHeight(node: Node, height: number, key: readonly Cid[]): { from: Tipset } {
  const from = stateTipset(node, key);
  if (height < 0) throw new RpcFailure(`height ${height} is negative`);
  if (height > from.height) {
    const text = `looking for tipset with height greater than start point, req: ${height}, head: ${from.height}`;
    throw new RpcFailure(text);
  }
  return { from };
}

/** ChainHead and its kin. */
export function chainMethods(node: Node): Methods {
  const { chain } = node;
  const show = (t: Tipset): Record<string, unknown> => tipsetJson(t, chain.clock);
  const atOrBefore = (height: number, key: readonly Cid[]): Tipset =>
    chain.atOrBefore(height, byHeight(node, height, key).from);
  return {
    ChainHead: method('read', [], () => show(chain.head())),
    ChainGetGenesis: method('read', [], () => show(chain.genesis)),
    ChainGetTipSet: method('read', [tipsetKey], (key) => {
      // Alone among the methods it does not take an empty key for the head.
      if (key.length === 0) throw new RpcFailure('NewTipSet called with zero length array of blocks');
      return show(tipsetAt(node, key));
    }),
    ChainGetTipSetByHeight: method('read', [epoch, tipsetKey], (height, key) =>
      show(atOrBefore(height, key)),
    ),
    ChainGetTipSetAfterHeight: method('read', [epoch, tipsetKey], (height, key) =>
      show(chain.atOrAfter(height, byHeight(node, height, key).from)),
    ),
    ChainGetFinalizedTipSet: method('read', [], () =>
      show(atOrBefore(chain.head().height - node.options.finality, [])),
    ),
    ChainGetBlock: method('read', [cid], (wanted) => blockJson(blockOf(node, wanted), chain.clock)),
    ChainGetBlockMessages: method('read', [cid], (wanted) => {
      const { messages } = blockOf(node, wanted);
      const bls = messages.filter(isBls);
      const secp = messages.filter((m) => !isBls(m));
      return {
        BlsMessages: bls.map((m) => messageJson(m.message, m.unsignedCid)),
        SecpkMessages: secp.map(signedJson),
        Cids: [...bls, ...secp].map((m) => link(m.cid)),
      };
    }),
    ChainGetParentMessages: method('read', [cid], (wanted) =>
      messagesJson(parentMessages(blockOf(node, wanted))),
    ),
    ChainGetParentReceipts: method('read', [cid], (wanted) => receiptsJson(blockOf(node, wanted))),
    ChainGetMessagesInTipset: method('read', [tipsetKey], (key) =>
      messagesJson(tipsetAt(node, key).messages),
    ),
    ChainGetMessage: method('read', [cid], (wanted) => {
      const found = node.messages.get(wanted);
      if (found === undefined) throw missing(wanted);
      return messageJson(found.message, found.unsignedCid);
    }),
    ChainReadObj: method('read', [cid], (wanted) => {
      const bytes = rawObject(node, wanted);
      if (bytes === null) throw new RpcFailure(`blockstore get: ipld: could not find ${wanted}`);
      return Buffer.from(bytes).toString('base64');
    }),
    ChainHasObj: method('read', [cid], (wanted) => rawObject(node, wanted) !== null),
    ChainTipSetWeight: method(
      'read',
      [tipsetKey],
      (key) => blockJson(tipsetAt(node, key), chain.clock)['ParentWeight'],
    ),
  };
}

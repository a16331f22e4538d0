import type { Tipset } from '../chain/tipset';
import type { Cid } from '../cid';
import type { Node } from '../node';
import { RpcFailure } from '../rpc/failure';

/** The tipset of a key, the head for an empty one; throws as Lotus' chain store does. */
export function tipsetAt(node: Node, key: readonly Cid[], wrap = ''): Tipset {
  const first = key[0];
  if (first === undefined) return node.chain.head();
  const found = key.length === 1 ? node.chain.byCid(first) : undefined;
  if (found !== undefined) return found;
  const missing = key.find((cid) => node.chain.byCid(cid) === undefined) ?? first;
  throw new RpcFailure(`${wrap}get block ${missing}: ipld: could not find ${missing}`);
}

/** For State* methods, whose texts name the key. */
export const stateTipset = (node: Node, key: readonly Cid[]): Tipset =>
  tipsetAt(node, key, `loading tipset {${key.join(',')}}: `);

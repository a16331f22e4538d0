import type { Address } from '../address';
import type { Tipset } from '../chain/tipset';
import type { Node } from '../node';
import { RpcFailure } from '../rpc/failure';
import { accountKey } from '../vm/lookup';

/** The key behind an address at a tipset; an account that its own messages make is found by executing them. */
export function keyAt(node: Node, t: Tipset, who: Address): Address {
  try {
    return accountKey(t.before.state, who);
  } catch (error) {
    if (!(error instanceof RpcFailure)) throw error;
    return accountKey(node.chain.execute(t).state, who);
  }
}

/** The same at the head; `wrap` stands before the words of a refusal. */
export function keyAtHead(node: Node, who: Address, wrap: string): Address {
  try {
    return keyAt(node, node.chain.head(), who);
  } catch (error) {
    if (error instanceof RpcFailure) throw new RpcFailure(`${wrap}${error.message}`);
    throw error;
  }
}

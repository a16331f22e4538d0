import { tipsetJson, type Tipset } from '../chain/tipset';
import type { Cid } from '../cid';
import { link, type Message } from '../message';
import type { Node } from '../node';
import { address, epoch, field, kindOf, tipsetKey, UNDEFINED, type Decoder } from '../rpc/decode';
import { RpcFailure, WrongKind } from '../rpc/failure';
import { method, type Methods } from '../rpc/method';
import type { Address } from '../address';
import { lookupId } from '../vm/lookup';
import { stateTipset, tipsetAt } from './tipset-at';

interface Match {
  readonly to: Address;
  readonly from: Address;
}

const messageMatch: Decoder<Match | null> = {
  go: '**api.MessageMatch',
  read: (value) => {
    if (value === null) return null;
    if (typeof value !== 'object' || Array.isArray(value))
      throw new WrongKind(kindOf(value), 'api.MessageMatch');
    return {
      to: field<Address>(value, 'MessageMatch', 'To', address, UNDEFINED),
      from: field<Address>(value, 'MessageMatch', 'From', address, UNDEFINED),
    };
  },
};

function given(match: Match | null): Match {
  if (match === null) throw new Error('runtime error: invalid memory address or nil pointer dereference');
  return match;
}

/** CIDs of the messages of a branch, newest tipset first; addresses match only in the spelling of the message. */
function listMessages(from: Tipset, match: Match, toHeight: number): Cid[] | null {
  if (match.to === '' && match.from === '') {
    throw new RpcFailure('must specify at least To or From in message filter');
  }
  if (lookupId(from.before.state, match.to === '' ? match.from : match.to) === null) return null;
  const fits = (m: Message): boolean =>
    (match.from === '' || match.from === m.from) && (match.to === '' || match.to === m.to);
  const out: Cid[] = [];
  for (let t: Tipset | null = from; t !== null && t.height >= toHeight; t = t.parent) {
    for (const one of t.messages) if (fits(one.message)) out.push(one.cid);
  }
  return out.length === 0 ? null : out;
}

/** The tipsets to leave and those to enter, in that order, on the way between two branches. */
function path(from: Tipset, to: Tipset): { leave: Tipset[]; enter: Tipset[] } {
  const leave: Tipset[] = [];
  const enter: Tipset[] = [];
  let [left, right]: [Tipset, Tipset] = [from, to];
  while (left !== right) {
    if (left.height > right.height || (left.height === right.height && left.parent !== null)) {
      leave.push(left);
      if (left.parent === null) break;
      left = left.parent;
    } else {
      enter.unshift(right);
      if (right.parent === null) break;
      right = right.parent;
    }
  }
  return { leave, enter };
}

/** What needs a walk along the chain. */
export function historyMethods(node: Node): Methods {
  const load = (key: readonly Cid[], which: string): Tipset => {
    const wrap = `loading ${which} tipset {${key.join(',')}}: `;
    if (key.length === 0) throw new RpcFailure(`${wrap}NewTipSet called with zero length array of blocks`);
    return tipsetAt(node, key, wrap);
  };
  const change = (Type: string) => (t: Tipset) => ({ Type, Val: tipsetJson(t, node.chain.clock) });
  return {
    StateListMessages: method('read', [messageMatch, tipsetKey, epoch], (match, key, toHeight) => {
      const found = listMessages(stateTipset(node, key), given(match), toHeight);
      return found && found.map(link);
    }),
    ChainGetPath: method('read', [tipsetKey, tipsetKey], (from, to) => {
      const { leave, enter } = path(load(from, 'from'), load(to, 'to'));
      return [...leave.map(change('revert')), ...enter.map(change('apply'))];
    }),
  };
}

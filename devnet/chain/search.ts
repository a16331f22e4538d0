import type { Cid } from '../cid';
import { sameCall, type SignedMessage } from '../message';
import { RpcFailure } from '../rpc/failure';
import { actorAt } from '../vm/state';
import type { Receipt } from '../vm/apply';
import type { Tipset } from './tipset';

/** A message found executed: in the parent of `executedIn`, under the CID that landed. */
export interface Found {
  readonly cid: Cid;
  readonly receipt: Receipt;
  readonly executedIn: Tipset;
}

export const NO_LIMIT = -1;

/** Looks for the message, or what replaced it, among those that a tipset executed. */
export function executedIn(
  t: Tipset,
  wanted: SignedMessage,
  asked: Cid,
  allowReplaced: boolean,
): Found | null {
  const parent = t.parent;
  if (parent === null) return null;
  for (let i = parent.messages.length - 1; i >= 0; i--) {
    const m = parent.messages[i];
    const receipt = t.before.receipts[i];
    if (m === undefined || receipt === undefined) continue;
    if (m.message.from !== wanted.message.from || m.message.nonce !== wanted.message.nonce) continue;
    if (m.cid !== asked && !allowReplaced) return null;
    if (!sameCall(m.message, wanted.message)) {
      const facts = `(F:${asked} n ${wanted.message.nonce}, TS: ${m.cid} n${m.message.nonce})`;
      throw new RpcFailure(
        `message was replaced: found message with equal nonce as the one we are looking for that is NOT a valid replacement message ${facts}: message was replaced`,
      );
    }
    return { cid: m.cid, receipt, executedIn: t };
  }
  return null;
}

/**
 * Walks back from a tipset until the sender's nonce passes the message's, at most `limit` epochs (-1: no limit).
 * Null when the message is not on this branch.
 */
export function searchBack(
  from: Tipset,
  wanted: SignedMessage,
  asked: Cid,
  limit: number,
  allowReplaced: boolean,
): Found | null {
  const { nonce } = wanted.message;
  const at = (t: Tipset): number => actorAt(t.before.state, wanted.message.from)?.nonce ?? -1;
  for (let t = from; t.parent !== null; t = t.parent) {
    if (t !== from && limit !== NO_LIMIT && t.height <= from.height - limit) return null;
    const after = at(t);
    if (after <= nonce) return null;
    if (at(t.parent) <= nonce) return executedIn(t, wanted, asked, allowReplaced);
  }
  return null;
}

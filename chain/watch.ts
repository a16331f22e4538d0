/**
 * Reading the chain tipset by tipset: the hash-linked path to the head, what a tipset executed, and the transfers
 * hidden in traces. Knows nothing of whose addresses are whose.
 */
import type { Address } from '../domain/address';
import type { ChainMessage, Receipt, Tipset } from './answer';
import type { Trace } from './answer-call';
import type { Lotus } from './lotus';

/** Tipsets walked back in one piece; a chain further ahead is followed in pieces. */
const PIECE = 256;

/** A tipset's key as one text: its block CIDs in the node's order. */
export function keyText(key: readonly string[]): string {
  return key.join(',');
}

/** The inverse of `keyText`. */
export function keyOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(',');
}

export type Path =
  /** The next tipsets of the head's chain, oldest first, after `ancestor` (its key). */
  | { readonly kind: 'path'; readonly ancestor: string; readonly tipsets: readonly Tipset[] }
  /** The head's chain left ours below `floor`. */
  | { readonly kind: 'deep'; readonly height: number };

export interface PathQuestion {
  readonly head: Tipset;
  /** Height of the last tipset we walked. */
  readonly from: number;
  /** Height below which our chain cannot change. */
  readonly floor: number;
  /** Whether the tipset of this key is one we walked and did not revert. */
  readonly isKnown: (key: string) => Promise<boolean>;
}

/** The head, or a tipset on the way to it: further away where nothing but null rounds follows what we walked. */
async function goalOf(lotus: Lotus, { head, from }: PathQuestion): Promise<Tipset> {
  for (let piece = PIECE; head.height > from + piece; piece *= 2) {
    const at = await lotus.tipsetByHeight(from + piece, head.key);
    if (at.height > from) return at;
  }
  return head;
}

/** Follows parent links from the head (or a piece of the way to it) back to a tipset that we know. */
export async function pathToHead(lotus: Lotus, question: PathQuestion): Promise<Path> {
  const { floor, isKnown } = question;
  let at = await goalOf(lotus, question);
  const tipsets: Tipset[] = [];
  while (!(await isKnown(keyText(at.key)))) {
    if (at.height <= floor || at.parents.length === 0) return { kind: 'deep', height: at.height };
    tipsets.unshift(at);
    at = await lotus.tipset(at.parents);
  }
  return { kind: 'path', ancestor: keyText(at.key), tipsets };
}

/** One message of the parent tipset with what came of it in `child`, and its place in the order of execution. */
export interface Executed extends ChainMessage {
  readonly receipt: Receipt;
  readonly place: number;
}

/** What `child` executed: the messages of its parents, without duplicates, in order. */
export async function executedBy(
  lotus: Lotus,
  child: { readonly key: readonly string[]; readonly height: number },
): Promise<readonly Executed[]> {
  const [block] = child.key;
  if (block === undefined) throw new RangeError('a tipset without blocks');
  const [messages, receipts] = await Promise.all([lotus.parentMessages(block), lotus.parentReceipts(block)]);
  return messages.map((message, place) => {
    const receipt = receipts[place];
    if (receipt === undefined)
      throw new RangeError(
        `tipset at ${child.height}: ${messages.length} messages, ${receipts.length} receipts`,
      );
    return { ...message, receipt, place };
  });
}

/** A transfer inside the execution of a message. */
export interface Transfer {
  /** Depth-first place in the trace, all calls counted: 0 is the message itself. */
  readonly index: number;
  readonly from: Address;
  readonly to: Address;
  /** attoFIL, above 0. */
  readonly value: bigint;
}

/** The transfers of a trace that took effect: its own exit and those of all its callers are 0. */
export function transfersOf(trace: Trace): readonly Transfer[] {
  const found: Transfer[] = [];
  let index = -1;
  const visit = (node: Trace, effective: boolean): void => {
    index += 1;
    const took = effective && node.exitCode === 0;
    if (took && node.value > 0n) found.push({ index, from: node.from, to: node.to, value: node.value });
    for (const call of node.subcalls) visit(call, took);
  };
  visit(trace, true);
  return found;
}

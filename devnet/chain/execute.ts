import { actorAddress, type Address } from '../address';
import { encodeCbor } from '../cbor';
import { cidOf, type Cid } from '../cid';
import type { SignedMessage } from '../message';
import { encodeInfo, encodeMiner } from '../miner/info';
import { mapChanges } from '../persistent';
import { applyMessage, type Applied } from '../vm/apply';
import type { State } from '../vm/state';
import { operate } from './operation';
import type { Executed, Tipset } from './tipset';

/** Blocks of state that ChainReadObj gives: the info and the state of every miner as it ever was. */
export type Blocks = Map<Cid, Uint8Array>;

/** The robust address of a miner made by an operation. */
export const robustOf = (id: number): Address => actorAddress(encodeCbor(['devnet miner', id]));

/** Keeps the blocks of the miners that differ between two states. */
export function storeMiners(blocks: Blocks, before: State | null, after: State): void {
  for (const [, actor] of mapChanges(before?.actors ?? null, after.actors)) {
    if (actor.miner === null) continue;
    for (const block of [encodeInfo(actor.miner.info), encodeMiner(actor.miner)])
      blocks.set(cidOf(block), block);
  }
}

/** Runs a tipset's messages on the state before them. */
export function replayTipset(t: Tipset): {
  state: State;
  done: { message: SignedMessage; applied: Applied }[];
} {
  let { state } = t.before;
  const done = t.messages.map((message) => {
    const applied = applyMessage(state, t.height, t.baseFee, message.message, message.size);
    ({ state } = applied);
    return { message, applied };
  });
  return { state, done };
}

function rootAfter(t: Tipset): Cid {
  const done = [...t.messages.map((m) => m.cid), ...t.operations.map((_, i) => `${t.height}/${t.salt}/${i}`)];
  return cidOf(encodeCbor([t.before.root, t.cid, ...done]));
}

/** The state and receipts after a tipset: messages first, then the operations of the control namespace. */
export function executeTipset(t: Tipset, blocks: Blocks): Executed {
  if (t.messages.length === 0 && t.operations.length === 0) {
    return t.before.receipts.length === 0 ? t.before : { ...t.before, receipts: [] };
  }
  const { state: afterMessages, done } = replayTipset(t);
  let state = afterMessages;
  for (const operation of t.operations) state = operate(state, t.height, operation, robustOf);
  storeMiners(blocks, t.before.state, state);
  return { state, root: rootAfter(t), receipts: done.map(({ applied }) => applied.receipt) };
}

import { actorAddress, idAddress } from '../address';
import { encodeCbor } from '../cbor';
import { cidOf, type Cid } from '../cid';
import type { SignedMessage } from '../message';
import { applyMessage, type Applied, type Receipt } from '../vm/apply';
import { actors, type State } from '../vm/state';
import { encodeInfo, encodeMiner } from '../miner/info';
import { nextBaseFee } from './base-fee';
import { operate, type Operation } from './operation';
import { sealTipset, type Clock, type Executed, type Tipset } from './tipset';

export const genesisRoot = (state: State): Cid =>
  cidOf(encodeCbor([...actors(state)].map((a) => [a.id, a.balance.toString()])));

/** What changed in the miners between two states is put where ChainReadObj finds it. */
export type Blocks = Map<Cid, Uint8Array>;

export interface Chain {
  readonly clock: Clock;
  readonly blocks: Blocks;
  readonly genesis: Tipset;
  head: () => Tipset;
  byCid: (cid: Cid) => Tipset | undefined;
  /** The tipset at the height on the branch of `from`, or the last one before a null round. */
  atOrBefore: (height: number, from: Tipset) => Tipset;
  /** The tipset at the height on the branch of `from`, or the first one after a null round. */
  atOrAfter: (height: number, from: Tipset) => Tipset;
  execute: (t: Tipset) => Executed;
  replay: (t: Tipset) => readonly { message: SignedMessage; applied: Applied }[];
  baseFeeAfter: (t: Tipset) => bigint;
  extend: (
    height: number,
    messages: readonly SignedMessage[],
    operations: readonly Operation[],
    more: Extension,
  ) => Tipset;
  setHead: (t: Tipset) => void;
}

export interface Extension {
  /** A base fee that is held by the control namespace. */
  readonly baseFee: bigint | null;
  /** The CID when it is known already, from the log. */
  readonly cid: Cid | null;
}

export const robustOf = (id: number): ReturnType<typeof actorAddress> =>
  actorAddress(encodeCbor(['devnet miner', id]));

function storeMiners(blocks: Blocks, state: State, touched: Iterable<number>): void {
  const wanted = new Set(touched);
  if (wanted.size === 0) return;
  for (const actor of actors(state)) {
    if (actor.miner === null || !wanted.has(actor.id)) continue;
    for (const block of [encodeInfo(actor.miner.info), encodeMiner(actor.miner)])
      blocks.set(cidOf(block), block);
  }
}

/** Ids of the miners whose state differs: persistent objects are equal by identity when unchanged. */
function changedMiners(before: State | null, after: State): number[] {
  if (before === after) return [];
  const old = new Map(before === null ? [] : [...actors(before)].map((a) => [a.id, a.miner] as const));
  return [...actors(after)].filter((a) => a.miner !== null && old.get(a.id) !== a.miner).map((a) => a.id);
}

function applyAll(t: Tipset, from: State): { state: State; applied: Applied[] } {
  let state = from;
  const applied: Applied[] = [];
  for (const signed of t.messages) {
    const one = applyMessage(state, t.height, t.baseFee, signed.message, signed.size);
    applied.push(one);
    state = one.state;
  }
  return { state, applied };
}

function rootAfter(t: Tipset): Cid {
  const done = [...t.messages.map((m) => m.cid), ...t.operations.map((_, i) => `${t.height}/${t.salt}/${i}`)];
  return done.length === 0 ? t.before.root : cidOf(encodeCbor([t.before.root, t.cid, ...done]));
}

function executeTipset(t: Tipset, blocks: Blocks): Executed {
  if (t.messages.length === 0 && t.operations.length === 0) {
    return t.before.receipts.length === 0 ? t.before : { ...t.before, receipts: [] };
  }
  const { state: afterMessages, applied } = applyAll(t, t.before.state);
  let state = afterMessages;
  for (const operation of t.operations) state = operate(state, t.height, operation, robustOf);
  storeMiners(blocks, state, changedMiners(t.before.state, state));
  const receipts: readonly Receipt[] = applied.map((one) => one.receipt);
  return { state, root: rootAfter(t), receipts };
}

/** A chain of tipsets in memory; states share what they have in common. */
export function makeChain(genesisState: State, clock: Clock, baseFee: bigint): Chain {
  const blocks: Blocks = new Map();
  const index = new Map<Cid, Tipset>();
  storeMiners(blocks, genesisState, changedMiners(null, genesisState));
  const before = { state: genesisState, root: genesisRoot(genesisState), receipts: [] };
  const first = { height: 0, parent: null, salt: 0, before, messages: [], operations: [], baseFee };
  const genesis = sealTipset(first, clock, null);
  index.set(genesis.cid, genesis);
  let head = genesis;
  let salt = 0;
  // The current branch by height, with holes at null rounds: finds any height at once.
  let branch: (Tipset | undefined)[] = [genesis];

  const execute = (t: Tipset): Executed => (t.executed ??= executeTipset(t, blocks));
  const onBranch = (t: Tipset): boolean => branch[t.height] === t;
  const baseFeeAfter = (t: Tipset): bigint =>
    nextBaseFee(
      t.baseFee,
      t.messages.reduce((sum, m) => sum + m.message.gasLimit, 0),
    );

  const atOrBefore = (height: number, from: Tipset): Tipset => {
    let t = from;
    while (t.height > height && !onBranch(t) && t.parent !== null) t = t.parent;
    if (t.height <= height) return t;
    for (let h = height; h >= 0; h--) {
      const found = branch[h];
      if (found !== undefined) return found;
    }
    return genesis;
  };

  return {
    clock,
    blocks,
    genesis,
    head: () => head,
    byCid: (cid) => index.get(cid),
    atOrBefore,
    atOrAfter: (height, from) => {
      let t = from;
      while (t.parent !== null && t.parent.height >= height) {
        if (onBranch(t)) {
          for (let h = height; h <= t.height; h++) {
            const found = branch[h];
            if (found !== undefined) return found;
          }
        }
        t = t.parent;
      }
      return t;
    },
    execute,
    replay: (t) => {
      const { applied } = applyAll(t, t.before.state);
      return t.messages.flatMap((message, i) => {
        const one = applied[i];
        return one === undefined ? [] : [{ message, applied: one }];
      });
    },
    baseFeeAfter,
    extend: (height, messages, operations, more) => {
      const made = sealTipset(
        {
          height,
          parent: head,
          salt,
          before: execute(head),
          messages,
          operations,
          baseFee: more.baseFee ?? baseFeeAfter(head),
        },
        clock,
        more.cid,
      );
      index.set(made.cid, made);
      branch[height] = made;
      head = made;
      return made;
    },
    setHead: (t) => {
      salt += 1;
      head = t;
      branch = branch.slice(0, t.height + 1);
    },
  };
}

export const minerAddress = (id: number): string => idAddress(id);

import { encodeCbor } from '../cbor';
import { cidOf, type Cid } from '../cid';
import type { SignedMessage } from '../message';
import type { Applied } from '../vm/apply';
import { actors, type State } from '../vm/state';
import { nextBaseFee } from './base-fee';
import { makeBranch, type Branch } from './branch';
import { executeTipset, replayTipset, storeMiners, type Blocks } from './execute';
import type { Operation } from './operation';
import { sealTipset, type Clock, type Executed, type Tipset } from './tipset';

/** What a new tipset is made of beside its parent, the head. */
export interface Extension {
  readonly height: number;
  readonly messages: readonly SignedMessage[];
  readonly operations: readonly Operation[];
  /** A base fee that is held by the control namespace. */
  readonly baseFee: bigint | null;
  /** The CID when it is known already, from the log. */
  readonly cid: Cid | null;
}

/** A chain of tipsets in memory; states share what they have in common. */
export interface Chain extends Pick<Branch, 'atOrBefore' | 'atOrAfter'> {
  readonly clock: Clock;
  readonly blocks: Blocks;
  readonly genesis: Tipset;
  readonly head: () => Tipset;
  /** Any tipset that ever was, orphans too. */
  readonly byCid: (cid: Cid) => Tipset | undefined;
  readonly execute: (t: Tipset) => Executed;
  readonly replay: (t: Tipset) => readonly { readonly message: SignedMessage; readonly applied: Applied }[];
  readonly baseFeeAfter: (t: Tipset) => bigint;
  readonly extend: (extension: Extension) => Tipset;
  /** Moves the head back to one of its ancestors. */
  readonly setBack: (t: Tipset) => void;
}

const genesisRoot = (state: State): Cid =>
  cidOf(encodeCbor([...actors(state)].map((a) => [a.id, a.balance.toString()])));

const gasOf = (t: Tipset): number => t.messages.reduce((sum, m) => sum + m.message.gasLimit, 0);

function firstTipset(state: State, clock: Clock, baseFee: bigint): Tipset {
  const before = { state, root: genesisRoot(state), receipts: [] };
  return sealTipset(
    { height: 0, parent: null, salt: 0, before, messages: [], operations: [], baseFee },
    clock,
    null,
  );
}

export function makeChain(genesisState: State, clock: Clock, baseFee: bigint): Chain {
  const blocks: Blocks = new Map();
  storeMiners(blocks, null, genesisState);
  const genesis = firstTipset(genesisState, clock, baseFee);
  const index = new Map<Cid, Tipset>([[genesis.cid, genesis]]);
  const branch = makeBranch(genesis);
  let head = genesis;
  // Counts reorgs, so that a block made anew at the same height is another block.
  let salt = 0;

  const execute = (t: Tipset): Executed => (t.executed ??= executeTipset(t, blocks));
  const baseFeeAfter = (t: Tipset): bigint => nextBaseFee(t.baseFee, gasOf(t));

  return {
    clock,
    blocks,
    genesis,
    head: () => head,
    byCid: (cid) => index.get(cid),
    atOrBefore: branch.atOrBefore,
    atOrAfter: branch.atOrAfter,
    execute,
    replay: (t) => replayTipset(t).done,
    baseFeeAfter,
    extend: ({ height, messages, operations, baseFee: held, cid }) => {
      const body = { height, messages, operations, baseFee: held ?? baseFeeAfter(head) };
      head = sealTipset({ ...body, parent: head, salt, before: execute(head) }, clock, cid);
      index.set(head.cid, head);
      branch.grow(head);
      return head;
    },
    setBack: (t) => {
      salt += 1;
      head = t;
      branch.cutTo(t);
    },
  };
}

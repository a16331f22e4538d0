import { parseAddress, type Address } from './address';
import { MINIMUM_BASE_FEE } from './chain/base-fee';
import { makeChain, type Chain } from './chain/chain';
import { robustOf } from './chain/execute';
import { operate, type Operation } from './chain/operation';
import type { Tipset } from './chain/tipset';
import { genesisState, type Genesis } from './genesis';
import { makeHistory, makeMessageStore, type History, type MessageStore } from './history';
import { makeMempool, type Mempool } from './mempool/mempool';
import type { Options } from './options';
import type { Store } from './store';
import type { Wallet } from './wallet';

/** The whole simulated node, without its HTTP side. */
export interface Node {
  readonly options: Options;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly messages: Pick<MessageStore, 'get'>;
  readonly wallet: Wallet;
  readonly faucet: Address;
  /** MpoolPush: what is taken is kept over a restart. Throws RpcFailure. */
  readonly push: Mempool['push'];
  /** Makes a tipset `nulls` heights after the next, with what the mempool gives. */
  readonly mine: (nulls?: number) => Tipset;
  /** Makes the tipset that carries the operation and its child, so that the effect can be read. */
  readonly operate: (operation: Operation) => Tipset;
  readonly reorg: (depth: number) => Tipset;
  readonly dropMempool: () => void;
  readonly holdBaseFee: History['holdBaseFee'];
  /** Calls back at each new head; gives the way to stop. */
  readonly onHead: (seen: (head: Tipset) => void) => () => void;
}

/** A reorg that would undo what is final. */
export class ReorgRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReorgRefused';
  }
}

function checkDepth(chain: Chain, depth: number, finality: number): void {
  let target = chain.head();
  for (let i = 0; i < depth; i++) {
    if (target.parent === null) throw new ReorgRefused(`the chain has no ${depth} tipsets to undo`);
    target = target.parent;
  }
  if (chain.head().height - target.height >= finality) {
    throw new ReorgRefused(`a reorg to height ${target.height} would undo what is final`);
  }
}

/** Tells each new head to whoever waits for it. */
function makeBell() {
  const watchers = new Set<(head: Tipset) => void>();
  return {
    ring: (head: Tipset): Tipset => {
      for (const seen of [...watchers]) seen(head);
      return head;
    },
    onHead: (seen: (head: Tipset) => void) => {
      watchers.add(seen);
      return () => {
        watchers.delete(seen);
      };
    },
  };
}

function makeMining(chain: Chain, mempool: Mempool, history: History, ring: (head: Tipset) => Tipset) {
  const mine = (nulls = 0): Tipset => {
    const head = chain.head();
    const chosen = mempool.select(history.heldBaseFee() ?? chain.baseFeeAfter(head));
    return ring(history.tipset(head.height + 1 + nulls, chosen, []));
  };
  return {
    mine,
    operate: (operation: Operation): Tipset => {
      const head = chain.head();
      // Tried first on the state it will meet, and carried without messages, so that a refusal leaves no trace.
      operate(chain.execute(head).state, head.height + 1, operation, robustOf);
      ring(history.tipset(head.height + 1, [], [operation]));
      return mine();
    },
  };
}

/** Builds the chain of the data folder again from its log and goes on from there. */
export function makeNode(options: Options, genesis: Genesis, store: Store, wallet: Wallet): Node {
  const clock = { genesisTime: genesis.time, epochSeconds: options.epochSeconds };
  const chain = makeChain(genesisState(genesis), clock, MINIMUM_BASE_FEE);
  const messages = makeMessageStore();
  const mempool = makeMempool(chain, options.finality, messages.remember);
  const history = makeHistory(chain, mempool, messages, store.append);
  const bell = makeBell();
  history.replay(store.records());
  return {
    options,
    chain,
    mempool,
    messages,
    wallet,
    faucet: parseAddress(genesis.faucet),
    push: (loose, signed, untrusted) => {
      const cid = mempool.push(loose, signed, untrusted);
      history.pushed(signed);
      return cid;
    },
    ...makeMining(chain, mempool, history, bell.ring),
    reorg: (depth) => {
      checkDepth(chain, depth, options.finality);
      return bell.ring(history.setBack(depth));
    },
    dropMempool: history.dropMempool,
    holdBaseFee: history.holdBaseFee,
    onHead: bell.onHead,
  };
}

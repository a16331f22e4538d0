import { parseAddress, type Address } from './address';
import { MINIMUM_BASE_FEE } from './chain/base-fee';
import { makeChain, type Chain } from './chain/chain';
import { operate, operationJson, restoreOperation, type Operation } from './chain/operation';
import { robustOf } from './chain/chain';
import type { Tipset } from './chain/tipset';
import type { Cid } from './cid';
import { genesisState, type Genesis } from './genesis';
import { makeMempool, type Mempool } from './mempool/mempool';
import { signedJson, type SignedMessage } from './message';
import type { Options } from './options';
import { restoreSigned } from './rpc/decode-message';
import type { Store } from './store';
import type { Wallet } from './wallet';

/** A message the node has stored, under its signed and its unsigned CID. */
export type Messages = ReadonlyMap<Cid, SignedMessage>;

/** The whole simulated node, without its HTTP side. */
export interface Node {
  readonly options: Options;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly messages: Messages;
  readonly wallet: Wallet;
  readonly faucet: Address;
  /** MpoolPush: what is taken is kept over a restart. Throws RpcFailure. */
  readonly push: Mempool['push'];
  /** Makes a tipset `nulls` heights after the next, with what the mempool gives. */
  readonly mine: (nulls?: number, operations?: readonly Operation[]) => Tipset;
  /** Makes the tipset that carries the operation and its child, so that the effect can be read. */
  readonly operate: (operation: Operation) => Tipset;
  readonly reorg: (depth: number) => Tipset;
  readonly dropMempool: () => void;
  readonly holdBaseFee: (fee: bigint) => void;
  /** Calls back at each new head; gives the way to stop. */
  readonly onHead: (seen: (head: Tipset) => void) => () => void;
}

type LogRecord =
  | {
      readonly k: 't';
      readonly h: number;
      readonly c: string;
      readonly m?: readonly unknown[];
      readonly o?: readonly unknown[];
      readonly f?: string;
    }
  | { readonly k: 'p'; readonly m: unknown }
  | { readonly k: 'r'; readonly d: number }
  | { readonly k: 'd' }
  | { readonly k: 'b'; readonly f: string };

/** A reorg that would undo what is final. */
export class ReorgRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ReorgRefused';
  }
}

export function makeNode(options: Options, genesis: Genesis, store: Store, wallet: Wallet): Node {
  const clock = { genesisTime: genesis.time, epochSeconds: options.epochSeconds };
  const chain = makeChain(genesisState(genesis), clock, MINIMUM_BASE_FEE);
  const messages = new Map<Cid, SignedMessage>();
  const watchers = new Set<(head: Tipset) => void>();
  let held: bigint | null = null;
  let replaying = true;

  const write = (record: LogRecord): void => {
    if (!replaying) store.append(record);
  };
  const remember = (signed: SignedMessage): void => {
    messages.set(signed.cid, signed);
    messages.set(signed.unsignedCid, signed);
  };
  const mempool = makeMempool(chain, options.finality, remember);

  function append(
    height: number,
    chosen: readonly SignedMessage[],
    operations: readonly Operation[],
    cid: Cid | null,
  ): Tipset {
    const made = chain.extend(height, chosen, operations, { baseFee: held, cid });
    mempool.included(made);
    return made;
  }

  function mine(nulls = 0, operations: readonly Operation[] = []): Tipset {
    const head = chain.head();
    // A tipset with operations takes no messages: what was tried on the head's state then holds.
    const chosen = operations.length > 0 ? [] : mempool.select(held ?? chain.baseFeeAfter(head));
    const made = append(head.height + 1 + nulls, chosen, operations, null);
    write({
      k: 't',
      h: made.height,
      c: made.cid,
      ...(chosen.length === 0 ? {} : { m: chosen.map(signedJson) }),
      ...(operations.length === 0 ? {} : { o: operations.map(operationJson) }),
    });
    for (const seen of [...watchers]) seen(made);
    return made;
  }

  function setBack(depth: number): Tipset {
    const orphans: Tipset[] = [];
    let head = chain.head();
    for (let i = 0; i < depth && head.parent !== null; i++) {
      orphans.push(head);
      head = head.parent;
    }
    chain.setHead(head);
    for (const t of orphans.reverse()) for (const m of t.messages) mempool.restore(m);
    return head;
  }

  function reorg(depth: number): Tipset {
    let target = chain.head();
    for (let i = 0; i < depth; i++) {
      if (target.parent === null) throw new ReorgRefused(`the chain has no ${depth} tipsets to undo`);
      target = target.parent;
    }
    if (chain.head().height - target.height >= options.finality) {
      throw new ReorgRefused(`a reorg to height ${target.height} would undo what is final`);
    }
    const head = setBack(depth);
    write({ k: 'r', d: depth });
    for (const seen of [...watchers]) seen(head);
    return head;
  }

  function restore(record: LogRecord): void {
    switch (record.k) {
      case 't':
        append(
          record.h,
          (record.m ?? []).map(restored),
          (record.o ?? []).map(restoreOperation),
          record.c as Cid,
        );
        break;
      case 'p':
        mempool.restore(restoreSigned(record.m));
        break;
      case 'r':
        setBack(record.d);
        break;
      case 'd':
        mempool.clear();
        break;
      case 'b':
        held = BigInt(record.f);
        break;
    }
  }
  function restored(value: unknown): SignedMessage {
    const signed = restoreSigned(value);
    const known = messages.get(signed.cid) ?? signed;
    remember(known);
    return known;
  }

  for (const record of store.records()) restore(record as LogRecord);
  replaying = false;

  return {
    options,
    chain,
    mempool,
    messages,
    wallet,
    faucet: parseAddress(genesis.faucet),
    push: (loose, signed, untrusted) => {
      const cid = mempool.push(loose, signed, untrusted);
      write({ k: 'p', m: signedJson(signed) });
      return cid;
    },
    mine,
    operate: (operation) => {
      const head = chain.head();
      // Tried first on the state it will meet, so that a refusal leaves no trace.
      operate(chain.execute(head).state, head.height + 1, operation, robustOf);
      mine(0, [operation]);
      return mine();
    },
    reorg,
    dropMempool: () => {
      mempool.clear();
      write({ k: 'd' });
    },
    holdBaseFee: (fee) => {
      held = fee;
      write({ k: 'b', f: fee.toString() });
    },
    onHead: (seen) => {
      watchers.add(seen);
      return () => watchers.delete(seen);
    },
  };
}

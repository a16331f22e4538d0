import type { Chain, Extension } from './chain/chain';
import { operationJson, restoreOperation, type Operation } from './chain/operation';
import type { Tipset } from './chain/tipset';
import type { Cid } from './cid';
import type { Mempool } from './mempool/mempool';
import { signedJson, type SignedMessage } from './message';
import { restoreSigned } from './rpc/decode-message';

/** One line of the log: a tipset, a push, a reorg, a dropped mempool, a held base fee. */
type LogRecord =
  | {
      readonly k: 't';
      readonly h: number;
      readonly c: Cid;
      readonly m?: readonly unknown[];
      readonly o?: readonly unknown[];
    }
  | { readonly k: 'p'; readonly m: unknown }
  | { readonly k: 'r'; readonly d: number }
  | { readonly k: 'd' }
  | { readonly k: 'b'; readonly f: string | null };

/** What has happened to the node, in order: done now and written down, or done again from the log at a start. */
export interface History {
  readonly tipset: (
    height: number,
    messages: readonly SignedMessage[],
    operations: readonly Operation[],
  ) => Tipset;
  readonly pushed: (signed: SignedMessage) => void;
  readonly setBack: (depth: number) => Tipset;
  readonly dropMempool: () => void;
  /** Null lets the fee move by its rule again. */
  readonly holdBaseFee: (fee: bigint | null) => void;
  readonly heldBaseFee: () => bigint | null;
  readonly replay: (records: Iterable<unknown>) => void;
}

/** The messages that the node has stored, under their signed and unsigned CIDs. */
export interface MessageStore {
  readonly get: (cid: Cid) => SignedMessage | undefined;
  readonly remember: (signed: SignedMessage) => void;
}

export function makeMessageStore(): MessageStore {
  const held = new Map<Cid, SignedMessage>();
  return {
    get: (cid) => held.get(cid),
    remember: (signed) => {
      held.set(signed.cid, signed);
      held.set(signed.unsignedCid, signed);
    },
  };
}

/** The state that the log is played on. */
interface Stage {
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly messages: MessageStore;
  baseFee: bigint | null;
}

type Made = Pick<Extension, 'height' | 'messages' | 'operations' | 'cid'>;

function extend({ chain, mempool, baseFee }: Stage, made: Made): Tipset {
  const t = chain.extend({ ...made, baseFee });
  mempool.included(t);
  return t;
}

function setBack({ chain, mempool }: Stage, depth: number): Tipset {
  const orphans: Tipset[] = [];
  let head = chain.head();
  for (let i = 0; i < depth && head.parent !== null; i++) {
    orphans.push(head);
    head = head.parent;
  }
  chain.setBack(head);
  for (const t of orphans.reverse()) for (const m of t.messages) mempool.restore(m);
  return head;
}

function restored({ messages }: Stage, value: unknown): SignedMessage {
  const signed = restoreSigned(value);
  const known = messages.get(signed.cid) ?? signed;
  messages.remember(known);
  return known;
}

function again(stage: Stage, record: LogRecord): void {
  switch (record.k) {
    case 't': {
      const messages = (record.m ?? []).map((m) => restored(stage, m));
      const operations = (record.o ?? []).map(restoreOperation);
      extend(stage, { height: record.h, messages, operations, cid: record.c });
      break;
    }
    case 'p':
      stage.mempool.restore(restored(stage, record.m));
      break;
    case 'r':
      setBack(stage, record.d);
      break;
    case 'd':
      stage.mempool.clear();
      break;
    case 'b':
      stage.baseFee = record.f === null ? null : BigInt(record.f);
      break;
  }
}

export function makeHistory(
  chain: Chain,
  mempool: Mempool,
  messages: MessageStore,
  write: (record: unknown) => void,
): History {
  const stage: Stage = { chain, mempool, messages, baseFee: null };
  const log = (record: LogRecord): void => write(record);
  return {
    tipset: (height, chosen, operations) => {
      const made = extend(stage, { height, messages: chosen, operations, cid: null });
      const m = chosen.length === 0 ? {} : { m: chosen.map(signedJson) };
      const o = operations.length === 0 ? {} : { o: operations.map(operationJson) };
      log({ k: 't', h: height, c: made.cid, ...m, ...o });
      return made;
    },
    pushed: (signed) => log({ k: 'p', m: signedJson(signed) }),
    setBack: (depth) => {
      log({ k: 'r', d: depth });
      return setBack(stage, depth);
    },
    dropMempool: () => {
      mempool.clear();
      log({ k: 'd' });
    },
    holdBaseFee: (fee) => {
      stage.baseFee = fee;
      log({ k: 'b', f: fee?.toString() ?? null });
    },
    heldBaseFee: () => stage.baseFee,
    replay: (records) => {
      // The log is our own writing: its lines are records.
      for (const record of records) again(stage, record as LogRecord);
    },
  };
}

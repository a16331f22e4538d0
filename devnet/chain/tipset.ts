import { addressToBytes, idAddress } from '../address';
import { encodeCbor, type Cbor } from '../cbor';
import { cidOf, hash, type Cid } from '../cid';
import { BLS, link, type SignedMessage } from '../message';
import { bigToBytes } from '../token';
import type { Receipt } from '../vm/apply';
import type { State } from '../vm/state';
import { FIRST_MINER_ID } from '../vm/state';
import type { Operation } from './operation';

/** What executing a tipset's messages gave. */
export interface Executed {
  readonly state: State;
  readonly root: Cid;
  readonly receipts: readonly Receipt[];
}

/** A tipset of one block. `before` is the state its own messages will run on: that after its parent's. */
export interface Tipset {
  readonly cid: Cid;
  readonly height: number;
  readonly parent: Tipset | null;
  /** Tells tipsets of different forks apart, as a ticket does. */
  readonly salt: number;
  readonly before: Executed;
  readonly messages: readonly SignedMessage[];
  readonly operations: readonly Operation[];
  readonly baseFee: bigint;
  /** Filled when the tipset is executed, which is when a child is made or somebody asks. */
  executed: Executed | null;
}

export interface Clock {
  readonly genesisTime: number;
  readonly epochSeconds: number;
}

const WEIGHT_STEP = 256n;
const EMPTY_LIST = cidOf(encodeCbor([]));

/** A list of CIDs as the block store would root it; the root of an empty list is constant. */
export const listRoot = (cids: readonly Cid[]): Cid =>
  cids.length === 0 ? EMPTY_LIST : cidOf(encodeCbor(cids.map((cid) => ({ link: cid }))));

const receiptCbor = (r: Receipt): Cbor => [r.exit, r.ret, r.gasUsed, null];

export const receiptsRoot = (receipts: readonly Receipt[]): Cid =>
  receipts.length === 0 ? EMPTY_LIST : cidOf(encodeCbor(receipts.map(receiptCbor)));

export const messagesRoot = (messages: readonly SignedMessage[]): Cid => listRoot(messages.map((m) => m.cid));

export const isBls = (m: SignedMessage): boolean => m.signature.type === BLS;

function proof(t: Omit<Tipset, 'cid' | 'executed'>, label: string): Uint8Array {
  return hash(Buffer.from(`${label}/${t.height}/${t.salt}/${t.parent?.cid ?? 'genesis'}`));
}

type Unsealed = Omit<Tipset, 'cid' | 'executed'>;

export const timestampOf = (t: { height: number }, clock: Clock): number =>
  clock.genesisTime + t.height * clock.epochSeconds;

const weight = (t: Unsealed): bigint => BigInt(t.height) * WEIGHT_STEP;
const parentsOf = (t: Unsealed): readonly Cid[] => (t.parent === null ? [] : [t.parent.cid]);

/** The block header as chain CBOR; its hash is the block's CID. */
export function encodeHeader(t: Unsealed, clock: Clock): Uint8Array {
  const ticket = proof(t, 'ticket');
  return encodeCbor([
    addressToBytes(idAddress(FIRST_MINER_ID)),
    [ticket],
    [1, proof(t, 'election')],
    [],
    [],
    parentsOf(t).map((cid) => ({ link: cid })),
    bigToBytes(weight(t)),
    t.height,
    { link: t.before.root },
    { link: receiptsRoot(t.before.receipts) },
    { link: messagesRoot(t.messages) },
    Uint8Array.of(2, ...new Uint8Array(96)),
    timestampOf(t, clock),
    Uint8Array.of(2, ...new Uint8Array(96)),
    0,
    bigToBytes(t.baseFee),
  ]);
}

export const sealTipset = (t: Unsealed, clock: Clock, known: Cid | null): Tipset => ({
  ...t,
  cid: known ?? cidOf(encodeHeader(t, clock)),
  executed: null,
});

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const ZERO_SIGNATURE = { Type: 2, Data: base64(new Uint8Array(96)) };

export function blockJson(t: Tipset, clock: Clock): Record<string, unknown> {
  return {
    Miner: idAddress(FIRST_MINER_ID),
    Ticket: { VRFProof: base64(proof(t, 'ticket')) },
    ElectionProof: { WinCount: 1, VRFProof: base64(proof(t, 'election')) },
    BeaconEntries: null,
    WinPoStProof: null,
    Parents: parentsOf(t).map(link),
    ParentWeight: weight(t).toString(),
    Height: t.height,
    ParentStateRoot: link(t.before.root),
    ParentMessageReceipts: link(receiptsRoot(t.before.receipts)),
    Messages: link(messagesRoot(t.messages)),
    BLSAggregate: ZERO_SIGNATURE,
    Timestamp: timestampOf(t, clock),
    BlockSig: ZERO_SIGNATURE,
    ForkSignaling: 0,
    ParentBaseFee: t.baseFee.toString(),
  };
}

export const tipsetJson = (t: Tipset, clock: Clock): Record<string, unknown> => ({
  Cids: [link(t.cid)],
  Blocks: [blockJson(t, clock)],
  Height: t.height,
});

/**
 * A Lotus node, typed. Amounts are bigint attoFIL, addresses canonical text, absent things null.
 * Every State* call takes the tipset that it reads ([] = the head); decisions of several calls name one tipset.
 */
import { z } from 'zod';
import type { Address, AddressPrefix } from '../domain/address';
import type { ChainClock } from '../domain/epoch';
import * as answer from './answer';
import { computed, invocation, type Invocation } from './answer-call';
import { address, amount, cid } from './answer-field';
import {
  minerInfo,
  type MinerInfo,
  minerPower,
  type MinerPower,
  minerSectors,
  type MinerSectors,
  minerState,
  type MinerState,
} from './answer-miner';
import { type Call, type Gas, type LotusSignedMessage, type Message, toLotus } from './message';
import { METHOD, type OwnerReturn, readOwnerReturn } from './method';
import { LotusError, type LotusOptions, makeRpc, type Rpc } from './rpc';

export { LotusError } from './rpc';
export type { Actor, ChainMessage, Lookup, PendingMessage, Receipt, Tipset, TipsetKey } from './answer';
export type { Invocation, Trace } from './answer-call';
export type { MinerInfo, MinerPower, MinerSectors, MinerState } from './answer-miner';

type Key = answer.TipsetKey;

/** The network as the node itself shows it; checked against configuration by who has one. */
export interface Network extends ChainClock {
  readonly name: string;
  readonly prefix: AddressPrefix;
}

/** `replaced`: another call used the message's nonce, so that it can never land on this chain. */
export type Search = answer.Lookup | 'replaced' | null;

export interface Lotus {
  readonly version: () => Promise<{ version: string; epochSeconds: number }>;
  readonly genesis: () => Promise<answer.Tipset>;
  readonly networkName: () => Promise<string>;
  /** Asked once; prefix of the head's block miner, genesis time, epoch length, name. */
  readonly network: () => Promise<Network>;
  readonly chainHead: () => Promise<answer.Tipset>;
  readonly tipset: (key: Key) => Promise<answer.Tipset>;
  /** The tipset at the height, or the one before where that is a null round; an error beyond the head. */
  readonly tipsetByHeight: (height: number, key: Key) => Promise<answer.Tipset>;
  /** `finalityEpochs` null: the node's own finalised tipset; n: the one n epochs below the head. null = none yet. */
  readonly finalizedTipset: (policy: {
    readonly finalityEpochs: number | null;
  }) => Promise<answer.Tipset | null>;
  /** Messages of the block's PARENT tipset in execution order, with… */
  readonly parentMessages: (blockCid: string) => Promise<readonly answer.ChainMessage[]>;
  /** …their receipts, index for index. */
  readonly parentReceipts: (blockCid: string) => Promise<readonly answer.Receipt[]>;
  /** null where the node does not know the message. */
  readonly getMessage: (messageCid: string) => Promise<answer.ChainMessage['message'] | null>;
  /** Looks back from the tipset without limit; follows replacements by fee, so compare the CID that comes back. */
  readonly searchMsg: (messageCid: string, key?: Key, limit?: number) => Promise<Search>;
  /** Executes without effect; a failing call is a result, not an error. */
  readonly stateCall: (call: Call, key: Key) => Promise<Invocation>;
  /** Executes the message again where it was executed; `key` is the including tipset, [] lets the node find it. */
  readonly stateReplay: (key: Key, messageCid: string) => Promise<Invocation>;
  /** Executes all messages of the tipset again. */
  readonly stateCompute: (height: number, key: Key) => Promise<readonly Invocation[]>;
  readonly minerInfo: (miner: Address, key: Key) => Promise<MinerInfo>;
  /** Owner and nominee by GetOwner: StateMinerInfo never shows the nominee. */
  readonly minerPendingOwner: (miner: Address, key: Key) => Promise<OwnerReturn>;
  /** Withdrawable; negative while fee debt exceeds it. */
  readonly minerAvailable: (miner: Address, key: Key) => Promise<bigint>;
  readonly minerPower: (miner: Address, key: Key) => Promise<MinerPower>;
  readonly minerSectors: (miner: Address, key: Key) => Promise<MinerSectors>;
  readonly minerState: (miner: Address, key: Key) => Promise<MinerState>;
  /** Balance at the head; 0 for an address that nobody has used. */
  readonly walletBalance: (address: Address) => Promise<bigint>;
  /** null where there is no actor. */
  readonly getActor: (address: Address, key: Key) => Promise<answer.Actor | null>;
  /** Kinds of built-in actors by the CID of their code, as the network of that tipset has them. */
  readonly actorKinds: (key: Key) => Promise<ReadonlyMap<string, string>>;
  /** ID address; null where there is none yet. */
  readonly lookupId: (address: Address, key: Key) => Promise<Address | null>;
  /** f1 or f3 address of an account; null where the actor is none (miner, multisig, contract, nobody). */
  readonly accountKey: (address: Address, key: Key) => Promise<Address | null>;
  /** Only a hint: read any failure by `pushHint` and look at the chain. */
  readonly mpoolPush: (signed: LotusSignedMessage) => Promise<string>;
  /** Next nonce by chain and mempool; 0 for an address that nobody has used. */
  readonly mpoolNonce: (address: Address) => Promise<number>;
  readonly mpoolPending: () => Promise<readonly answer.PendingMessage[]>;
  /**
   * Gas by the node's estimate, limit × fee cap within `maxFee` (attoFIL; absent = the node's own maximum). What the
   * call presets is kept; without a limit the call is executed, and LotusError code 3 says that it would fail.
   */
  readonly estimateGas: (call: Call & Partial<Gas>, maxFee?: bigint) => Promise<Gas>;
}

const versionAnswer = z.object({ Version: z.string(), BlockDelay: z.number().int().positive() });
const NO_ACTOR = /actor not found|failed to find actor|resolution lookup failed/;
const NO_ACCOUNT =
  /actor code is not account|failed to find actor|actor not found|failed to get account actor/;
const UNKNOWN_MESSAGE = /failed to load message|could not find/;

const links = (key: Key): readonly { readonly '/': string }[] => key.map((block) => ({ '/': block }));

/** Executing messages again takes a node seconds, minutes where it is busy. */
const EXECUTION_TIMEOUT_MS = 60_000;

/** Makes a client; nothing is called before it is used. */
export function makeLotus(options: LotusOptions): Lotus {
  const rpc = makeRpc(options);
  const patient = makeRpc({ ...options, timeoutMs: Math.max(options.timeoutMs ?? 0, EXECUTION_TIMEOUT_MS) });
  return {
    ...chainCalls(rpc),
    ...stateCalls(rpc),
    ...executionCalls(patient),
    ...minerCalls(rpc),
    ...mempoolCalls(rpc),
  };
}

async function ask<T>(
  schema: z.ZodType<T>,
  rpc: Rpc,
  method: string,
  ...params: readonly unknown[]
): Promise<T> {
  const result = schema.safeParse(await rpc(method, ...params));
  if (result.success) return result.data;
  throw new LotusError('http', method, `an answer of another shape: ${z.prettifyError(result.error)}`, null);
}

/** The value, or null where the node says in words that match that there is none. */
async function unless<T>(words: RegExp, value: Promise<T>): Promise<T | null> {
  try {
    return await value;
  } catch (error) {
    if (error instanceof LotusError && error.kind === 'rpc' && words.test(error.text)) return null;
    throw error;
  }
}

function chainCalls(rpc: Rpc) {
  const chainHead = () => ask(answer.tipset, rpc, 'ChainHead');
  const genesis = () => ask(answer.tipset, rpc, 'ChainGetGenesis');
  const networkName = () => ask(z.string(), rpc, 'StateNetworkName');
  const version = async () => {
    const raw = await ask(versionAnswer, rpc, 'Version');
    return { version: raw.Version, epochSeconds: raw.BlockDelay };
  };
  const tipsetByHeight = (height: number, key: Key) =>
    ask(answer.tipset, rpc, 'ChainGetTipSetByHeight', height, links(key));
  const readNetwork = async (): Promise<Network> => {
    const [head, first, { epochSeconds }, name] = await Promise.all([
      chainHead(),
      genesis(),
      version(),
      networkName(),
    ]);
    return {
      name,
      prefix: head.miner.startsWith('t') ? 't' : 'f',
      genesisTime: first.timestamp,
      epochSeconds,
    };
  };
  let network: Promise<Network> | undefined;
  return {
    chainHead,
    genesis,
    networkName,
    version,
    tipsetByHeight,
    network: (): Promise<Network> => {
      network ??= readNetwork().catch((error: unknown) => {
        network = undefined;
        throw error;
      });
      return network;
    },
    tipset: (key: Key) => ask(answer.tipset, rpc, 'ChainGetTipSet', links(key)),
    finalizedTipset: async (policy: { readonly finalityEpochs: number | null }) => {
      if (policy.finalityEpochs === null) {
        return unless(/height -\d+ is negative/, ask(answer.tipset, rpc, 'ChainGetFinalizedTipSet'));
      }
      const head = await chainHead();
      const height = head.height - policy.finalityEpochs;
      return height < 0 ? null : tipsetByHeight(height, head.key);
    },
    parentMessages: (block: string) =>
      ask(answer.parentMessages, rpc, 'ChainGetParentMessages', { '/': block }),
    parentReceipts: (block: string) => ask(answer.receipts, rpc, 'ChainGetParentReceipts', { '/': block }),
    getMessage: (messageCid: string) =>
      unless(UNKNOWN_MESSAGE, ask(answer.message, rpc, 'ChainGetMessage', { '/': messageCid })),
  };
}

function stateCalls(rpc: Rpc) {
  const lookup = answer.lookup.nullable();
  return {
    searchMsg: async (messageCid: string, key: Key = [], limit = -1): Promise<Search> => {
      try {
        const found = ask(lookup, rpc, 'StateSearchMsg', links(key), { '/': messageCid }, limit, true);
        return await unless(UNKNOWN_MESSAGE, found);
      } catch (error) {
        if (error instanceof LotusError && error.text.includes('message was replaced')) return 'replaced';
        throw error;
      }
    },
    stateCall: (call: Call, key: Key) => ask(invocation, rpc, 'StateCall', toLotus(bare(call)), links(key)),
    walletBalance: (of: Address) => ask(amount, rpc, 'WalletBalance', of),
    getActor: (of: Address, key: Key) =>
      unless(NO_ACTOR, ask(answer.actor, rpc, 'StateGetActor', of, links(key))),
    actorKinds: async (key: Key): Promise<ReadonlyMap<string, string>> => {
      const networkVersion = await ask(z.number().int(), rpc, 'StateNetworkVersion', links(key));
      const codes = await ask(answer.actorCodes, rpc, 'StateActorCodeCIDs', networkVersion);
      return new Map(Object.entries(codes).map(([kind, code]) => [code, kind]));
    },
    lookupId: (of: Address, key: Key) => unless(NO_ACTOR, ask(address, rpc, 'StateLookupID', of, links(key))),
    accountKey: (of: Address, key: Key) =>
      unless(NO_ACCOUNT, ask(address, rpc, 'StateAccountKey', of, links(key))),
  };
}

function executionCalls(rpc: Rpc) {
  return {
    stateReplay: (key: Key, messageCid: string) =>
      ask(invocation, rpc, 'StateReplay', links(key), { '/': messageCid }),
    stateCompute: (height: number, key: Key) => ask(computed, rpc, 'StateCompute', height, null, links(key)),
  };
}

function minerCalls(rpc: Rpc) {
  const info = (miner: Address, key: Key) => ask(minerInfo, rpc, 'StateMinerInfo', miner, links(key));
  return {
    minerInfo: info,
    minerPendingOwner: async (miner: Address, key: Key): Promise<OwnerReturn> => {
      const { owner } = await info(miner, key);
      const call = { from: owner, to: miner, value: 0n, method: METHOD.getOwner, params: new Uint8Array() };
      const result = await ask(invocation, rpc, 'StateCall', toLotus(bare(call)), links(key));
      if (result.exitCode !== 0 || result.returned === null) {
        throw new LotusError(
          'rpc',
          'StateCall',
          `GetOwner of ${miner} failed: ${result.error}`,
          result.exitCode,
        );
      }
      return readOwnerReturn(result.returned, miner.startsWith('t') ? 't' : 'f');
    },
    minerAvailable: (miner: Address, key: Key) =>
      ask(amount, rpc, 'StateMinerAvailableBalance', miner, links(key)),
    minerPower: (miner: Address, key: Key) => ask(minerPower, rpc, 'StateMinerPower', miner, links(key)),
    minerSectors: (miner: Address, key: Key) =>
      ask(minerSectors, rpc, 'StateMinerSectorCount', miner, links(key)),
    minerState: (miner: Address, key: Key) => ask(minerState, rpc, 'StateReadState', miner, links(key)),
  };
}

function mempoolCalls(rpc: Rpc) {
  return {
    mpoolPush: (signed: LotusSignedMessage) => ask(cid, rpc, 'MpoolPush', signed),
    mpoolNonce: async (of: Address): Promise<number> =>
      (await unless(NO_ACTOR, ask(z.number().int(), rpc, 'MpoolGetNonce', of))) ?? 0,
    mpoolPending: () => ask(answer.signedMessages, rpc, 'MpoolPending', null),
    estimateGas: async (call: Call & Partial<Gas>, maxFee = 0n): Promise<Gas> => {
      const spec = { MaxFee: maxFee.toString() };
      const filled = await ask(answer.message, rpc, 'GasEstimateMessageGas', toLotus(bare(call)), spec, []);
      const { gasLimit, gasFeeCap, gasPremium } = filled;
      return { gasLimit, gasFeeCap, gasPremium };
    },
  };
}

/** Nonce, and gas that is not preset, left to the node. */
function bare(call: Call & Partial<Gas>): Message {
  return { gasLimit: 0, gasFeeCap: 0n, gasPremium: 0n, ...call, nonce: 0 };
}

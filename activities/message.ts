/** One on-chain message outside the signer: draft, estimate, push, follow. Queue `chain`; nothing here can sign. */
import type { Knex } from 'knex';
import { type Lotus, LotusError } from '../chain/lotus';
import { highestFeeCap } from '../chain/gas';
import type { Gas } from '../chain/message';
import { type Attempt, newestAttempt } from '../chain/outbox';
import { push, type PushHint } from '../chain/push';
import {
  cancelDraft,
  type Draft,
  markPushed,
  type MessageKind,
  type MessageState,
  noteNeedsAction,
  readMessage,
  type StoredMessage,
  writeDraft,
} from '../db/message';
import { type Address, addressFrom } from '../domain/address';
import { type Atto, attoFrom, type AttoText, attoText } from '../domain/money';

export interface MessageDeps {
  readonly knex: Knex;
  readonly lotus: Lotus;
  readonly config: {
    readonly lotus: { readonly maxFee: Atto };
    /** Epochs without inclusion after which a message is replaced. */
    readonly stuckEpochs: number;
    readonly waitCapSeconds: number;
  };
}

/** Gas on the wire: the amounts as decimal text. */
export interface GasText {
  readonly gasLimit: number;
  readonly gasFeeCap: string;
  readonly gasPremium: string;
}

export interface MessageInput {
  readonly id: string;
  readonly kind: MessageKind;
  readonly from: string;
  readonly to: string;
  /** attoFIL; 'everything' is fixed when it is signed and leaves the highest fee that policy allows. */
  readonly value: AttoText | 'everything';
  readonly method: number;
  /** Base64; null = none. */
  readonly params: string | null;
  readonly subjectKind: string;
  readonly subjectId: string;
  /** The auditor's sentence. */
  readonly summary: string;
  readonly approvalId?: string;
  /** Give up, instead of asking a person, where the chain says that the call would fail. */
  readonly failFast?: boolean;
  /** Give up what so many tries could not sign: whoever planned it has other things to see to, and plans it anew. */
  readonly tries?: number;
  /** Tell the workflow that it is a child of when the node has taken it. */
  readonly announce?: boolean;
}

/**
 * How it ended. `final`: exit code 0. `failed`: another exit code; gas was paid, the value was not. `cancelled`: it
 * never was signed, or a foreign message took its nonce finally; it can never land.
 */
export interface MessageOutcome {
  readonly outcome: 'final' | 'failed' | 'cancelled';
  readonly exitCode: number | null;
  readonly cid: string | null;
  readonly includedEpoch: number | null;
  readonly executedEpoch: number | null;
  /** Base64; null = none. */
  readonly returnData: string | null;
  /** What it cost, and what it moved (0 unless final). */
  readonly gas: AttoText;
  readonly value: AttoText;
  /** Why it was given up; null otherwise. */
  readonly reason: string | null;
  /** Given up by nobody: it could not be signed in as many tries as it had. */
  readonly outOfTries?: true;
}

export type Estimate =
  | { readonly ok: true; readonly gas: GasText }
  | { readonly ok: false; readonly exitCode: number | null; readonly reason: string };

export interface Progress {
  readonly state: MessageState;
  /** Of the newest attempt; null where nothing is signed. */
  readonly cid: string | null;
  readonly landed: MessageOutcome | null;
  /** Set where the message is stuck and should be replaced by a dearer attempt. */
  readonly replace: { readonly attemptId: number; readonly gas: GasText } | null;
  /** What a person must know, or null. */
  readonly needsAction: string | null;
}

/** Waits between two looks, when no signal comes; milliseconds. */
export interface Pace {
  readonly state: MessageState;
  readonly openMs: number;
  readonly includedMs: number;
}

const OPEN_EPOCHS = 4;
const INCLUDED_EPOCHS = 20;

/** The message activities; queue `chain`. */
export function makeMessageActivities(deps: MessageDeps) {
  return {
    draftMessage: (input: { readonly workflowId: string; readonly message: MessageInput }): Promise<Pace> =>
      draftMessage(deps, input.workflowId, input.message),
    estimateMessage: (input: { readonly messageId: string }): Promise<Estimate> =>
      estimateMessage(deps, input.messageId),
    pushMessage: (input: { readonly messageId: string }): Promise<{ hint: PushHint['hint'] }> =>
      pushMessage(deps, input.messageId),
    followMessage: (input: { readonly messageId: string }): Promise<Progress> =>
      followMessage(deps, input.messageId),
    cancelMessage: async (input: { readonly messageId: string }): Promise<{ state: MessageState }> => ({
      state: await cancelDraft(deps.knex, input.messageId),
    }),
    noteMessageNeeds: (input: {
      readonly messageId: string;
      readonly sentence: string | null;
    }): Promise<void> => noteNeedsAction(deps.knex, input.messageId, input.sentence),
  };
}

export function fromGasText(gas: GasText): Gas {
  return {
    gasLimit: gas.gasLimit,
    gasFeeCap: attoFrom(gas.gasFeeCap),
    gasPremium: attoFrom(gas.gasPremium),
  };
}

function gasText(gas: Gas): GasText {
  return {
    gasLimit: gas.gasLimit,
    gasFeeCap: gas.gasFeeCap.toString(),
    gasPremium: gas.gasPremium.toString(),
  };
}

async function draftMessage(deps: MessageDeps, workflowId: string, input: MessageInput): Promise<Pace> {
  const draft: Draft = {
    id: input.id,
    workflowId,
    kind: input.kind,
    from: addressFrom(input.from),
    to: addressFrom(input.to),
    value: input.value === 'everything' ? null : attoFrom(input.value),
    method: input.method,
    params: input.params === null ? new Uint8Array() : Uint8Array.from(Buffer.from(input.params, 'base64')),
    subjectKind: input.subjectKind,
    subjectId: input.subjectId,
    summary: input.summary,
    approvalId: input.approvalId ?? null,
  };
  const [{ state }, { epochSeconds }] = await Promise.all([
    writeDraft(deps.knex, draft),
    deps.lotus.network(),
  ]);
  const wait = (epochs: number): number => Math.min(epochs * epochSeconds, deps.config.waitCapSeconds) * 1000;
  return { state, openMs: wait(OPEN_EPOCHS), includedMs: wait(INCLUDED_EPOCHS) };
}

async function estimateMessage(deps: MessageDeps, messageId: string): Promise<Estimate> {
  const message = await readMessage(deps.knex, messageId);
  const { maxFee } = deps.config.lotus;
  const left = message.value ?? (await deps.lotus.walletBalance(message.from)) - maxFee;
  // Whether nothing at all is left to send is the signer's to say: it knows whether the node is as far as the books.
  const value = left < 0n ? 0n : left;
  try {
    return { ok: true, gas: gasText(await deps.lotus.estimateGas({ ...message, value }, maxFee)) };
  } catch (error) {
    const failure = error instanceof LotusError ? wouldFail(error, message.from) : null;
    if (failure === null) throw error;
    return { ok: false, ...failure };
  }
}

const INSUFFICIENT_FUNDS = 6;

/** What the chain says against the call itself, in our words and its own; null where it is the node that failed. */
function wouldFail(error: LotusError, from: Address): { exitCode: number | null; reason: string } | null {
  if (error.kind !== 'rpc') return null;
  const exit = /exit=\[\w*\((\d+)\)\]/.exec(error.text);
  if (!exit && !/not found on chain|execution failed|not enough funds/.test(error.text)) return null;
  const exitCode = exit ? Number(exit[1]) : null;
  const short = exitCode === INSUFFICIENT_FUNDS || error.text.includes('not enough funds');
  const ours = short ? `${from} does not hold enough for this` : 'The chain would refuse the call';
  return { exitCode, reason: `${ours}: ${error.text}` };
}

async function pushMessage(deps: MessageDeps, messageId: string): Promise<{ hint: PushHint['hint'] }> {
  const attempt = await newestAttempt(deps.knex, messageId);
  if (attempt === null) throw new Error(`message ${messageId} is not signed`);
  const answer = await pushAttempt(deps, attempt);
  return { hint: answer.hint };
}

async function pushAttempt(deps: MessageDeps, attempt: Attempt): Promise<PushHint> {
  const answer = await push(deps.lotus, attempt.signed);
  if (answer.hint === 'pending' || answer.hint === 'used') await markPushed(deps.knex, attempt.messageId);
  return answer;
}

/**
 * One look at an open message: what booking wrote about it and, while the chain has not executed it, the push of its
 * newest attempt again (the mempool forgets) and whether it is stuck.
 */
async function followMessage(deps: MessageDeps, messageId: string): Promise<Progress> {
  const message = await readMessage(deps.knex, messageId);
  const attempt = await newestAttempt(deps.knex, messageId);
  if (attempt === null || (message.state !== 'signed' && message.state !== 'pushed'))
    return restOf(message, attempt);
  const head = await deps.lotus.chainHead();
  const actor = await deps.lotus.getActor(message.from, head.key);
  // The nonce is spent: chain-watch will say by what.
  if (actor !== null && actor.nonce > attempt.nonce) return progress(deps, message, attempt, null);
  const answer = await pushAttempt(deps, attempt);
  const sentence = answer.hint === 'refused' ? `The node does not take the message: ${answer.words}` : null;
  const stuck =
    head.height - attempt.createdEpoch >= deps.config.stuckEpochs && actor?.nonce === attempt.nonce;
  if (!stuck) return progress(deps, message, attempt, sentence);
  // Nothing that policy allows can land: a dearer attempt would bid up its premium and wait all the same.
  const highest = highestFeeCap(attempt.gas.gasLimit, deps.config.lotus.maxFee);
  if (head.baseFee > highest) {
    const tooDear = `The base fee is above ${highest} attoFIL a unit, the most that policy pays: it lands when the fee falls.`;
    return progress(deps, message, attempt, sentence ?? tooDear);
  }
  const estimate = await estimateMessage(deps, messageId);
  const gas = estimate.ok ? estimate.gas : gasText(attempt.gas);
  return { ...(await progress(deps, message, attempt, sentence)), replace: { attemptId: attempt.id, gas } };
}

/** Where nothing can be pushed: not signed yet, or the chain has it. */
const restOf = (message: StoredMessage, attempt: Attempt | null): Progress => ({
  state: message.state,
  cid: message.cid ?? attempt?.cid ?? null,
  landed: landedOf(message),
  replace: null,
  needsAction: message.needsAction,
});

async function progress(
  deps: MessageDeps,
  message: StoredMessage,
  { cid }: Attempt,
  sentence: string | null,
): Promise<Progress> {
  if (sentence !== message.needsAction) await noteNeedsAction(deps.knex, message.id, sentence);
  const { state } = await readMessage(deps.knex, message.id);
  return { state, cid, landed: null, replace: null, needsAction: sentence };
}

function landedOf(message: StoredMessage): MessageOutcome | null {
  const { state, cid, exitCode, includedEpoch, executedEpoch, gas, value, returned } = message;
  if (state !== 'final' && state !== 'failed') return null;
  if (cid === null || exitCode === null || includedEpoch === null || executedEpoch === null || gas === null) {
    throw new Error(`message ${message.id} is ${state} without its outcome`);
  }
  return {
    outcome: state,
    exitCode,
    cid,
    includedEpoch,
    executedEpoch,
    returnData: returned === null ? null : Buffer.from(returned).toString('base64'),
    gas: attoText(gas),
    value: attoText(state === 'final' ? (value ?? 0n) : 0n),
    reason: null,
  };
}

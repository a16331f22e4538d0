/**
 * One on-chain message (design 6): draft → signed → pushed → included → final or failed. It signs once, pushes as
 * often as it takes, replaces what is stuck in the same nonce slot, and waits; chain-watch books the outcome.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { makeMessageActivities, MessageInput, MessageOutcome, Pace } from '../activities/message';
import type { makeSignerActivities } from '../activities/signer';
import { attoText } from '../domain/money';
import { cancelAndRelease, type HelpRequest, look, retryNow, SA, standing } from './handles';
import { OPTIONS } from './options';

export type { MessageInput, MessageOutcome } from '../activities/message';

const chain = proxyActivities<ReturnType<typeof makeMessageActivities>>(OPTIONS.chain);
const signer = proxyActivities<ReturnType<typeof makeSignerActivities>>(OPTIONS.signer);

const ZERO = attoText(0n);

/** What the workflow knows between two steps. */
interface Course {
  readonly input: MessageInput;
  pace: Pace;
  state: string;
  needsAction: string | null;
  /** Rung by signals and by a person's retry. */
  rung: boolean;
  /** A person's reason for giving up before anything was signed. */
  givenUp: string | null;
}

export async function message(input: MessageInput): Promise<MessageOutcome> {
  const course: Course = {
    input,
    pace: { state: 'draft', openMs: 0, includedMs: 0 },
    state: 'draft',
    needsAction: null,
    rung: false,
    givenUp: null,
  };
  listen(course);
  course.pace = await chain.draftMessage.executeWithOptions({ summary: input.summary }, [
    { workflowId: workflowInfo().workflowId, message: input },
  ]);
  moveTo(course, course.pace.state);
  const never = course.state === 'draft' ? await untilSigned(course) : null;
  const outcome = never ?? (await untilLanded(course));
  await condition(allHandlersFinished);
  return outcome;
}

function listen(course: Course): void {
  const ring = (): void => {
    course.rung = true;
  };
  const reasoned = ({ reason }: HelpRequest): void => {
    if (reason.trim() === '')
      throw ApplicationFailure.nonRetryable('A reason is required.', 'reason-required');
  };
  setHandler(look, ring);
  setHandler(standing, () => ({
    state: course.state,
    waitingFor: course.state === 'draft' ? 'a signature' : 'finality',
    needsAction: course.needsAction,
  }));
  setHandler(
    retryNow,
    () => {
      ring();
      return { state: course.state };
    },
    { validator: reasoned, description: 'Look again and try the next step now' },
  );
  setHandler(
    cancelAndRelease,
    ({ reason }) => {
      course.givenUp = reason;
      ring();
      return { state: course.state };
    },
    {
      validator: (request: HelpRequest) => {
        reasoned(request);
        if (course.state === 'draft' || course.state === 'conflict') return;
        const text = 'The message is signed: it may land at any time and cannot be given up.';
        throw ApplicationFailure.nonRetryable(text, 'wrong-state');
      },
      description: 'Give the message up before it is signed, or after a foreign message took its nonce',
    },
  );
}

/** Tries to sign until it is signed (null) or given up. A refusal is waited out: nothing is in the air yet. */
async function untilSigned(course: Course): Promise<MessageOutcome | null> {
  const messageId = course.input.id;
  for (;;) {
    const refusal = await trySigning(course);
    if (refusal === null) return null;
    const reason =
      course.input.failFast === true && refusal.exitCode !== null ? refusal.sentence : course.givenUp;
    if (reason !== null) {
      const summary = 'Give the message up: nothing was signed';
      const { state } = await chain.cancelMessage.executeWithOptions({ summary }, [{ messageId }]);
      moveTo(course, state);
      return state === 'cancelled' ? cancelled(reason, refusal.exitCode) : null;
    }
    await ask(course, refusal.sentence);
    await pause(course, course.pace.includedMs, 'Until the next try, or a person decides');
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof message>(course.input);
  }
}

interface Refused {
  readonly sentence: string;
  /** With which the chain says that the call would fail; null where it does not say that. */
  readonly exitCode: number | null;
}

async function trySigning(course: Course): Promise<Refused | null> {
  const messageId = course.input.id;
  const summary = 'Ask the node what the gas costs now';
  const estimate = await chain.estimateMessage.executeWithOptions({ summary }, [{ messageId }]);
  if (!estimate.ok) return { sentence: estimate.reason, exitCode: estimate.exitCode };
  try {
    await signer.signMessage.executeWithOptions({ summary: 'Bind a nonce, sign, store the signature' }, [
      { messageId, gas: estimate.gas },
    ]);
  } catch (error) {
    return { sentence: refusalOf(error), exitCode: null };
  }
  moveTo(course, 'signed');
  await ask(course, null);
  await chain.pushMessage.executeWithOptions({ summary: 'Hand the signature to the node' }, [{ messageId }]);
  return null;
}

/** Follows the signed message until booking has written its end. */
async function untilLanded(course: Course): Promise<MessageOutcome> {
  const messageId = course.input.id;
  for (;;) {
    const summary = 'Look whether it landed; push it again while it has not';
    const progress = await chain.followMessage.executeWithOptions({ summary }, [{ messageId }]);
    moveTo(course, progress.state);
    if (progress.landed !== null) return landed(course, progress.landed);
    if (progress.state === 'cancelled') return cancelled('given up before it was signed', null);
    if (progress.state === 'conflict' && course.givenUp !== null) {
      return cancelled(course.givenUp, null);
    }
    const dearer = progress.replace === null ? null : await replace(messageId, progress.replace);
    await ask(course, dearer ?? progress.needsAction);
    const waitMs = progress.state === 'included' ? course.pace.includedMs : course.pace.openMs;
    await pause(course, waitMs, 'Until chain-watch reports, or the next look');
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof message>(course.input);
  }
}

/** A dearer attempt in the same slot; gives the sentence where it was refused. */
async function replace(
  messageId: string,
  by: { readonly attemptId: number; readonly gas: Parameters<typeof signer.signMessage>[0]['gas'] },
): Promise<string | null> {
  try {
    const summary = 'Sign a dearer attempt in the same nonce: the last one is stuck';
    await signer.replaceMessage.executeWithOptions({ summary }, [{ messageId, ...by }]);
  } catch (error) {
    if (isRefusal(error, 'wrong-state')) return null;
    return `Stuck, and not replaced: ${refusalOf(error)}`;
  }
  await chain.pushMessage.executeWithOptions({ summary: 'Hand the dearer attempt to the node' }, [
    { messageId },
  ]);
  return null;
}

function landed(course: Course, outcome: MessageOutcome): MessageOutcome {
  if (course.needsAction !== null) upsertSearchAttributes([{ key: SA.needsAction, value: false }]);
  return outcome;
}

function cancelled(reason: string, exitCode: number | null): MessageOutcome {
  const nothing = {
    cid: null,
    includedEpoch: null,
    executedEpoch: null,
    returnData: null,
    gas: ZERO,
    value: ZERO,
  };
  return { outcome: 'cancelled', exitCode, ...nothing, reason };
}

/** Asks a person for help, or says that none is needed any more; in the database too, for the home screen. */
async function ask(course: Course, sentence: string | null): Promise<void> {
  if (sentence === course.needsAction) return;
  course.needsAction = sentence;
  upsertSearchAttributes([{ key: SA.needsAction, value: sentence !== null }]);
  const summary = sentence === null ? 'No help is needed any more' : 'Ask a person for help';
  await chain.noteMessageNeeds.executeWithOptions({ summary }, [{ messageId: course.input.id, sentence }]);
}

async function pause(course: Course, ms: number, summary: string): Promise<void> {
  await condition(() => course.rung, ms, { summary });
  course.rung = false;
}

function moveTo(course: Course, state: string): void {
  if (course.state !== state || state === 'draft') upsertSearchAttributes([{ key: SA.state, value: state }]);
  course.state = state;
}

/** The sentence of a refusal; any other failure is not ours to swallow. */
function refusalOf(error: unknown): string {
  if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure)
    return error.cause.message;
  throw error;
}

function isRefusal(error: unknown, code: string): boolean {
  return (
    error instanceof ActivityFailure && error.cause instanceof ApplicationFailure && error.cause.type === code
  );
}

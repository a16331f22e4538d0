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
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  setHandler,
  TemporalFailure,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { makeMessageActivities, MessageInput, MessageOutcome } from '../activities/message';
import type { makeSignerActivities } from '../activities/signer';
import { attoText } from '../domain/money';
import { giveUp as toldToGiveUp, look, pushed, SA, standing } from './handles';
import { withdrawHelp, type HelpAsked } from './help';
import { ask, askedOf, GivenUp, listenToHelp, patientOf, serveSteps, type Course } from './message-help';
import { OPTIONS } from './options';
import { PATIENCE, persistent } from './persist';

export type { MessageInput, MessageOutcome } from '../activities/message';

const round = { scheduleToCloseTimeout: PATIENCE } as const;
const chain = persistent(
  proxyActivities<ReturnType<typeof makeMessageActivities>>({ ...OPTIONS.chain, ...round }),
  patientOf,
);
const signer = persistent(
  proxyActivities<ReturnType<typeof makeSignerActivities>>({ ...OPTIONS.signer, ...round }),
  patientOf,
);

const ZERO = attoText(0n);

/** `asked` comes from the run before: help that waits for a second person. */
export async function message(input: MessageInput, asked: HelpAsked | null = null): Promise<MessageOutcome> {
  const course: Course = {
    input,
    pace: { state: 'draft', openMs: 0, includedMs: 0 },
    state: 'draft',
    needsAction: null,
    rung: false,
    givenUp: null,
    ending: false,
    asked,
    announced: input.announce !== true,
  };
  serveSteps(course);
  listen(course);
  const drafted = await draft(course);
  const never = drafted ? await untilSigned(course) : await giveUp(course, course.givenUp ?? '', null);
  const outcome = never ?? (await untilLanded(course));
  await condition(allHandlersFinished);
  await withdrawHelp(askedOf(course));
  return outcome;
}

function listen(course: Course): void {
  setHandler(look, () => {
    course.rung = true;
  });
  setHandler(toldToGiveUp, (reason) => {
    if (course.state === 'draft') course.givenUp ??= reason;
    course.rung = true;
  });
  setHandler(standing, () => ({
    state: course.state,
    waitingFor: course.state === 'draft' ? 'a signature' : 'finality',
    needsAction: course.needsAction,
  }));
  listenToHelp(course);
}

/** Writes the message down. @returns false where a person gave it up meanwhile */
async function draft(course: Course): Promise<boolean> {
  const { input } = course;
  try {
    course.pace = await chain.draftMessage.executeWithOptions({ summary: input.summary }, [
      { workflowId: workflowInfo().workflowId, message: input },
    ]);
  } catch (error) {
    if (error instanceof GivenUp) return false;
    throw error;
  }
  moveTo(course, course.pace.state);
  return true;
}

/** Null where it was signed before. */
async function giveUp(
  course: Course,
  reason: string,
  exitCode: number | null,
): Promise<MessageOutcome | null> {
  course.ending = true;
  const summary = 'Give the message up: nothing was signed';
  const messageId = course.input.id;
  const { state } = await chain.cancelMessage.executeWithOptions({ summary }, [{ messageId }]);
  moveTo(course, state);
  return state === 'cancelled' ? cancelled(reason, exitCode) : null;
}

/** Tries to sign until it is signed (null) or given up. A refusal is waited out: nothing is in the air yet. */
async function untilSigned(course: Course): Promise<MessageOutcome | null> {
  for (let tried = 1; course.state === 'draft'; tried += 1) {
    const refusal = await trySigning(course);
    if (refusal === null) return null;
    const end = endOf(course, refusal, tried);
    if (end !== null) {
      const outcome = await giveUp(course, end.reason, refusal.exitCode);
      return outcome !== null && end.outOfTries ? { ...outcome, outOfTries: true } : outcome;
    }
    await ask(course, refusal.sentence);
    await pause(course, course.pace.includedMs, 'Until the next try, or a person decides');
    if (course.givenUp === null) await goOn(course);
  }
  return null;
}

/** Why it is given up after so many tries, or null. Nobody who waits for a second person is cut off. */
function endOf(
  { input: { failFast = false, tries = Infinity }, givenUp, asked }: Course,
  { sentence, exitCode, stale }: Refused,
  tried: number,
): { readonly reason: string; readonly outOfTries: boolean } | null {
  if (givenUp !== null) return { reason: givenUp, outOfTries: false };
  if ((failFast && exitCode !== null) || stale) return { reason: sentence, outOfTries: false };
  return tried >= tries && asked === null ? { reason: sentence, outOfTries: true } : null;
}

/** The amount was approved under other rules; or all that was to be sent is gone already. */
const STALE = ['approval-changed', 'nothing-to-send'];

interface Refused {
  readonly sentence: string;
  /** With which the chain says that the call would fail; null where it does not say that. */
  readonly exitCode: number | null;
  /** It was drafted on what is not so any more: no waiting makes it right. */
  readonly stale: boolean;
}

async function trySigning(course: Course): Promise<Refused | null> {
  try {
    return await signOnce(course);
  } catch (error) {
    if (error instanceof GivenUp) return { sentence: 'given up', exitCode: null, stale: false };
    throw error;
  }
}

async function signOnce(course: Course): Promise<Refused | null> {
  const messageId = course.input.id;
  const summary = 'Ask the node what the gas costs now';
  const estimate = await chain.estimateMessage.executeWithOptions({ summary }, [{ messageId }]);
  if (!estimate.ok) return { sentence: estimate.reason, exitCode: estimate.exitCode, stale: false };
  try {
    await signer.signMessage.executeWithOptions({ summary: 'Bind a nonce, sign, store the signature' }, [
      { messageId, gas: estimate.gas },
    ]);
  } catch (error) {
    const stale = STALE.some((code) => isRefusal(error, code));
    return { sentence: refusalOf(error), exitCode: null, stale };
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
    await announce(course, progress.cid);
    if (progress.landed !== null) return landed(course, progress.landed);
    if (progress.state === 'cancelled') return cancelled('given up before it was signed', null);
    if (progress.state === 'conflict' && course.givenUp !== null) {
      return cancelled(course.givenUp, null);
    }
    const dearer = progress.replace === null ? null : await replace(messageId, progress.replace);
    await ask(course, dearer ?? progress.needsAction);
    const waitMs = progress.state === 'included' ? course.pace.includedMs : course.pace.openMs;
    await pause(course, waitMs, 'Until chain-watch reports, or the next look');
    if (course.givenUp === null) await goOn(course);
  }
}

/** Tells the parent, once, that the message is on its way; a parent that is over need not know. */
async function announce(course: Course, cid: string | null): Promise<void> {
  const { parent } = workflowInfo();
  const onItsWay = course.state === 'pushed' || course.state === 'included';
  if (course.announced || !onItsWay || cid === null || parent === undefined) return;
  course.announced = true;
  try {
    await getExternalWorkflowHandle(parent.workflowId).signal(pushed, cid);
  } catch (error) {
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
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
  course.needsAction = null;
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

/** In a new run where the history has grown long; nobody's Update is cut off. */
async function goOn(course: Course): Promise<void> {
  if (!workflowInfo().continueAsNewSuggested) return;
  await condition(allHandlersFinished);
  await continueAsNew<typeof message>(course.input, course.asked);
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

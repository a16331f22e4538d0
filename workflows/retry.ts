/**
 * The help that a workflow takes which cannot go on and where nothing is decided: a person has it tried again. For a step
 * that does not succeed, and for a message whose workflow somebody terminated.
 */
import { allHandlersFinished, condition, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { MessageInput, MessageOutcome } from '../activities/message';
import { SA } from './handles';
import { listenForHelp } from './help';
import { AGAIN_MS, type Patient, wordsOf } from './persist';
import { refuse } from './refuse';
import { gaveNoOutcome, send } from './send';

/** Part of what such a workflow knows. */
export interface Retried {
  needsAction: string | null;
  /** Rung by signals, and by a person's retry. */
  rung: boolean;
}

/** For `persistent`: `again` is the text of the waiting timer; `anew` begins a new run where the history has grown long. */
export function patientOf(course: Retried, again: string, anew: () => Promise<never>): Patient {
  return {
    stuck: (sentence) => {
      ask(course, sentence);
      return Promise.resolve();
    },
    wait: async () => {
      await condition(() => course.rung, AGAIN_MS, { summary: again });
      course.rung = false;
      if (!workflowInfo().continueAsNewSuggested) return;
      await condition(allHandlersFinished);
      await anew();
    },
    relieved: () => {
      ask(course, null);
      return Promise.resolve();
    },
  };
}

/**
 * How a message ended, however often its workflow was terminated: a person has it followed again, the same message in the
 * same nonce slot, never a second payment.
 */
export async function sendFollowed(course: Retried, draft: MessageInput): Promise<MessageOutcome> {
  for (;;) {
    try {
      const outcome = await send(draft);
      ask(course, null);
      return outcome;
    } catch (error) {
      if (!gaveNoOutcome(error)) throw error;
      course.rung = false;
      ask(course, `The workflow of message ${draft.id} gave no outcome: ${wordsOf(error)}`);
      await condition(() => course.rung);
    }
  }
}

/** Says what it waits for, for the home screen; null when it needs nobody any more. */
export function ask(course: Retried, sentence: string | null): void {
  if ((sentence === null) !== (course.needsAction === null))
    upsertSearchAttributes([{ key: SA.needsAction, value: sentence !== null }]);
  course.needsAction = sentence;
}

/** Takes a person's retry; there is nothing that could be cancelled. Called before anything is awaited. */
export function listenForRetry(
  course: Retried,
  subject: { readonly kind: string; readonly id: string; readonly state: () => string },
): void {
  listenForHelp({
    asked: { get: () => null, set: () => undefined },
    subjectKind: subject.kind,
    subjectId: subject.id,
    facts: () => ({ [subject.kind]: subject.id }),
    needs: () => course.needsAction,
    state: subject.state,
    expectPossible: (verb) => {
      if (course.needsAction === null) refuse('wrong-state', `The ${subject.kind} asks for no help.`);
      if (verb === 'cancel') refuse('wrong-state', 'There is nothing to release here.');
    },
    movesMoney: () => false,
    act: () => {
      course.rung = true;
    },
  });
}

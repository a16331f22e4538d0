/**
 * A message followed to its end by a workflow that has nothing else to wait for. Its workflow always answers; where
 * somebody terminated it, a person has it followed again: the same message in the same nonce slot, never a second payment.
 */
import { condition, upsertSearchAttributes } from '@temporalio/workflow';
import type { MessageInput, MessageOutcome } from '../activities/message';
import { SA } from './handles';
import { listenForHelp } from './help';
import { wordsOf } from './persist';
import { refuse } from './refuse';
import { gaveNoOutcome, send } from './send';

/** What the workflow knows of its message. */
export interface Followed {
  needsAction: string | null;
  /** Rung by signals, and by a person's retry. */
  rung: boolean;
}

/** How the message ended, however often its workflow was terminated. */
export async function sendFollowed(course: Followed, draft: MessageInput): Promise<MessageOutcome> {
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
export function ask(course: Followed, sentence: string | null): void {
  if ((sentence === null) !== (course.needsAction === null))
    upsertSearchAttributes([{ key: SA.needsAction, value: sentence !== null }]);
  course.needsAction = sentence;
}

/** Takes a person's retry; there is nothing that could be cancelled. Called before anything is awaited. */
export function listenForRetry(
  course: Followed,
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
      if (verb === 'cancel') refuse('wrong-state', 'Its message cannot be called back here.');
    },
    movesMoney: () => false,
    act: () => {
      course.rung = true;
    },
  });
}

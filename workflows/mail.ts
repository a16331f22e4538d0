/**
 * One mail, as a workflow of its own: the step that it tells of has gone on, and no money waits for a mail server. It
 * tries until the mail is handed over; one that is stuck says so first on the home screen, and goes on trying.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { makeMailActivities } from '../activities/mail';
import type { Letter } from '../activities/mail-post';
import { SA, standing } from './handles';
import { listenForHelp } from './help';
import { OPTIONS } from './options';
import { AGAIN_MS, PATIENCE, persistent, type Patient } from './persist';
import { refuse } from './refuse';

export interface MailOutcome {
  readonly outcome: 'sent' | 'given-up';
}

interface Course {
  readonly letter: Letter;
  /** Why it is stuck; null while it is not. */
  needs: string | null;
  rung: boolean;
  givenUp: boolean;
}

class GivenUp extends Error {}

/** `needs` comes from the run before. */
export async function mail(letter: Letter, needs: string | null = null): Promise<MailOutcome> {
  const course: Course = { letter, needs, rung: false, givenUp: false };
  listen(course);
  const outcome = await handOver(course);
  upsertSearchAttributes([{ key: SA.state, value: outcome }]);
  ask(course, null);
  await condition(allHandlersFinished);
  return { outcome };
}

async function handOver(course: Course): Promise<MailOutcome['outcome']> {
  const { letter } = course;
  const options = { ...OPTIONS.mail, scheduleToCloseTimeout: PATIENCE };
  const post = persistent(proxyActivities<ReturnType<typeof makeMailActivities>>(options), () =>
    patientOf(course),
  );
  try {
    if (letter.to === 'customer')
      await post.sendMail.executeWithOptions({ summary: 'Hand the mail to the mail server' }, [letter]);
    else if (letter.to === 'staff')
      await post.mailStaff.executeWithOptions({ summary: 'Mail all of staff whom it concerns' }, [letter]);
    else await post.mailDeciders.executeWithOptions({ summary: 'Mail all who may decide' }, [letter]);
    return 'sent';
  } catch (error) {
    if (error instanceof GivenUp) return 'given-up';
    throw error;
  }
}

function patientOf(course: Course): Patient {
  return {
    stuck: async (sentence) => {
      ask(course, sentence);
      return Promise.resolve();
    },
    wait: async () => {
      await condition(() => course.rung, AGAIN_MS, { summary: 'Until the mail is tried again' });
      course.rung = false;
      if (course.givenUp) throw new GivenUp();
      if (!workflowInfo().continueAsNewSuggested) return;
      await condition(allHandlersFinished);
      await continueAsNew<typeof mail>(course.letter, course.needs);
    },
    relieved: async () => Promise.resolve(),
  };
}

function ask(course: Course, sentence: string | null): void {
  if (sentence === course.needs) return;
  course.needs = sentence;
  upsertSearchAttributes([{ key: SA.needsAction, value: sentence !== null }]);
}

function listen(course: Course): void {
  const state = (): string => (course.needs === null ? 'sending' : 'stuck');
  setHandler(standing, () => ({
    state: state(),
    waitingFor: 'the mail server',
    needsAction: course.needs,
  }));
  listenForHelp({
    asked: { get: () => null, set: () => undefined },
    subjectKind: 'mail',
    subjectId: course.letter.key,
    facts: () => ({ mail: course.letter.key }),
    needs: () => course.needs,
    state,
    expectPossible: () => {
      if (course.needs === null) refuse('wrong-state', 'The mail asks for no help.');
    },
    movesMoney: () => false,
    act: (verb) => {
      course.givenUp = verb === 'cancel';
      course.rung = true;
    },
  });
}

/** An on-chain message that cannot go on: whom it asks, what they may do, and what needs a second person. */
import {
  type ActivityFailure,
  ApplicationFailure,
  condition,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { makeMessageActivities, MessageInput, Pace } from '../activities/message';
import { decide, SA, type Decision } from './handles';
import { decideHelp, decidesHelp, listenForHelp, type HelpAsked, type HelpDesk, type HelpVerb } from './help';
import { OPTIONS } from './options';
import { AGAIN_MS, type Patient } from './persist';
import { refuse } from './refuse';

const chain = proxyActivities<ReturnType<typeof makeMessageActivities>>(OPTIONS.chain);

/** What the workflow knows between two steps. */
export interface Course {
  readonly input: MessageInput;
  pace: Pace;
  state: string;
  needsAction: string | null;
  /** Rung by signals and by a person's retry. */
  rung: boolean;
  /** A person's reason for giving up before anything was signed. */
  givenUp: string | null;
  /** The giving up is being carried out. */
  ending: boolean;
  /** Help that was asked for and waits for a second person. */
  asked: HelpAsked | null;
  /** The workflow that it is a child of knows that it is on its way, or need not. */
  announced: boolean;
}

/** A person had the message given up while a step of it waited for help. */
export class GivenUp extends Error {}

/** Asks a person for help, or says that none is needed any more; in the database too, for the home screen. */
export async function ask(course: Course, sentence: string | null): Promise<void> {
  if (sentence === course.needsAction) return;
  course.needsAction = sentence;
  upsertSearchAttributes([{ key: SA.needsAction, value: sentence !== null }]);
  const summary = sentence === null ? 'No help is needed any more' : 'Ask a person for help';
  await chain.noteMessageNeeds.executeWithOptions({ summary }, [{ messageId: course.input.id, sentence }]);
}

function impossible({ state, needsAction }: Course, verb: HelpVerb): string | null {
  if (verb === 'retry') return needsAction === null ? 'The message asks for no help.' : null;
  return state === 'draft' || state === 'conflict'
    ? null
    : 'The message is signed: it may land at any time and cannot be given up.';
}

export const askedOf = (course: Course): HelpDesk['asked'] => ({
  get: () => course.asked,
  set: (asked) => {
    course.asked = asked;
  },
});

/** A message that carries FIL, or draws it from a miner, is helped on or given up by two people. */
function deskOf(course: Course): HelpDesk {
  const { id, kind, from, to, value } = course.input;
  const moves = value !== '0' || kind === 'withdraw-balance';
  return {
    asked: askedOf(course),
    subjectKind: 'message',
    subjectId: id,
    facts: () => ({ message: id, kind, from, to, amount: value, state: course.state }),
    needs: () => course.needsAction,
    state: () => course.state,
    expectPossible: (verb) => {
      const why = impossible(course, verb);
      if (why !== null) refuse('wrong-state', why);
    },
    movesMoney: () => moves,
    act: (verb, { reason }) => {
      if (verb === 'cancel') course.givenUp = reason;
      course.rung = true;
    },
  };
}

/** Registers the Updates; called before anything is awaited. */
export function listenToHelp(course: Course): void {
  const desk = deskOf(course);
  listenForHelp(desk);
  setHandler(decide, (decision: Decision) => decideHelp(desk, decision), {
    validator: (decision: Decision) => {
      if (!decidesHelp(desk, decision)) refuse('not-found', 'This message waits for no such approval.');
    },
    description: 'Agrees or disagrees to the help that was asked for',
  });
}

/** A refusal tells the workflow what to do next; every other failure is waited out. */
function isRefusal(error: ActivityFailure): boolean {
  return error.cause instanceof ApplicationFailure && error.cause.nonRetryable === true;
}

let steps: Patient | null = null;

/** Makes the steps ask for help of this message; a workflow has its own copy of this module. */
export function serveSteps(course: Course): void {
  steps = {
    stuck: (sentence) => ask(course, sentence),
    wait: async () => {
      const summary = 'Until the step is tried again, or a person decides';
      await condition(() => course.rung, AGAIN_MS, { summary });
      course.rung = false;
      if (course.givenUp !== null && !course.ending && course.state === 'draft') throw new GivenUp();
    },
    relieved: () => ask(course, null),
    passes: isRefusal,
  };
}

/** @throws Error before `serveSteps`: a bug of ours */
export function patientOf(): Patient {
  if (steps === null) throw new Error('nobody serves the steps of this message');
  return steps;
}

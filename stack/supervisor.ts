import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from './child';
import { markProcess, type ProcessMark } from './process-identity';
import type { Progress, Step } from './progress';

/** A part that runs: its process and where people find it. */
export interface Running {
  readonly child: Child;
  readonly where: string;
}

export interface PartPlan<R extends Running> {
  readonly name: string;
  /** Starts it and resolves when it is ready; ends at once when the signal is raised. */
  readonly start: (signal: AbortSignal, step: Step) => Promise<R>;
}

export interface Supervisor {
  /** Starts the part, shows it in the list and starts it again whenever it dies. */
  readonly run: <R extends Running>(plan: PartPlan<R>) => Promise<R>;
  /** What is no process of its own but takes its time: migrations, the build of the admin UI. */
  readonly task: <T>(
    name: string,
    work: (step: Step, signal: AbortSignal) => Promise<T>,
    where: (result: T) => string,
  ) => Promise<T>;
  readonly processes: () => readonly (ProcessMark & { readonly name: string })[];
  /** Ends all parts in reverse order of the calls of `run`; safe to repeat. */
  readonly stop: () => Promise<void>;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A part that ran this long has recovered: its next restart waits briefly again. */
const STEADY_MS = 60_000;
const GRACE_MS = 25_000;

interface Supervised {
  readonly plan: PartPlan<Running>;
  /** Place in the order of calls: parts that start side by side become ready in any order. */
  readonly place: number;
  child: Child;
}

interface State {
  readonly progress: Progress;
  readonly onChange: () => void;
  /** Raised by `stop`; running parts are then ended one by one. */
  readonly stopping: AbortController;
  readonly parts: Supervised[];
  /** Starts and tasks that have not ended yet. */
  readonly underWay: Set<Promise<unknown>>;
}

type Work<T> = (step: Step, signal: AbortSignal) => Promise<T>;

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The signal given to the work holds for the work only: a part that is up must not end before those above it. */
async function perform<T>(
  state: State,
  name: string,
  work: Work<T>,
  where: (result: T) => string,
): Promise<T> {
  const { signal } = state.stopping;
  signal.throwIfAborted();
  const working = new AbortController();
  const abort = (): void => working.abort();
  signal.addEventListener('abort', abort, { once: true });
  const step = state.progress.step(name);
  try {
    const result = await work(step, working.signal);
    step.done(where(result));
    return result;
  } catch (error) {
    step.failed(signal.aborted ? 'stopped' : message(error));
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function tracked<T>(state: State, promise: Promise<T>): Promise<T> {
  state.underWay.add(promise);
  const forget = (): void => void state.underWay.delete(promise);
  promise.then(forget, forget);
  return promise;
}

function startPart<R extends Running>(state: State, plan: PartPlan<R>): Promise<R> {
  return perform(
    state,
    plan.name,
    (step, signal) => plan.start(signal, step),
    ({ where }) => where,
  );
}

/** Restarts until it is up again or the stack stops. */
async function restart(state: State, part: Supervised, firstPause: number): Promise<void> {
  const { signal } = state.stopping;
  for (let pause = firstPause; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    state.progress.line(`${part.plan.name} starts again in ${pause / 1000} s`);
    await delay(pause, undefined, { signal }).catch(() => undefined);
    if (isStopping(state)) return;
    try {
      part.child = (await tracked(state, startPart(state, part.plan))).child;
      state.onChange();
      return;
    } catch {
      // the list shows why; the next round waits longer
    }
  }
}

/** A call, because the compiler takes a property to stay what it was before an await. */
const isStopping = (state: State): boolean => state.stopping.signal.aborted;

async function watch(state: State, part: Supervised): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const since = performance.now();
    const how = await part.child.exited;
    if (isStopping(state)) return;
    pause = performance.now() - since > STEADY_MS ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
    state.progress.line(`${part.plan.name} ended unasked (${how}), log: ${part.child.logFile}`);
    await restart(state, part, pause);
    if (isStopping(state)) return;
  }
}

async function stopAll(state: State): Promise<void> {
  state.stopping.abort();
  await Promise.allSettled(state.underWay);
  for (const { plan, child } of [...state.parts].sort((a, b) => b.place - a.place)) {
    const since = performance.now();
    await child.stop(GRACE_MS);
    state.progress.line(`stopped ${plan.name} (${((performance.now() - since) / 1000).toFixed(1)} s)`);
  }
}

/** `onChange` is called whenever a part got a new process. */
export function makeSupervisor(progress: Progress, onChange: () => void): Supervisor {
  const state: State = {
    progress,
    onChange,
    stopping: new AbortController(),
    parts: [],
    underWay: new Set(),
  };
  let stopped: Promise<void> | undefined;
  let places = 0;

  async function runPart<R extends Running>(plan: PartPlan<R>): Promise<R> {
    places += 1;
    const place = places;
    const running = await startPart(state, plan);
    const part: Supervised = { plan, place, child: running.child };
    state.parts.push(part);
    onChange();
    void watch(state, part);
    return running;
  }

  return {
    run: (plan) => tracked(state, runPart(plan)),
    task: (name, work, where) => tracked(state, perform(state, name, work, where)),
    processes: () =>
      state.parts.flatMap(({ plan, child }) => {
        const mark = markProcess(child.pid);
        return mark === undefined ? [] : [{ name: plan.name, ...mark }];
      }),
    stop: () => {
      stopped ??= stopAll(state);
      return stopped;
    },
  };
}

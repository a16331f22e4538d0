/** The watch over the miners that FIL is lent to: reads them at intervals, tells loans what threatens them. */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { TemporalFailure } from '@temporalio/common';
import type { makeAlertActivities, makeCollateralActivities } from '../activities/collateral';
import { mayDo } from '../domain/permission';
import { look, SA, standing, workflowIds } from './handles';
import { acknowledgeAlert, collateralNeeds, type AlertRequest } from './handles-collateral';
import { requireReason } from './loan-refuse';
import { OPTIONS } from './options';
import { persistent } from './persist';
import { passingRefusals, refuse } from './refuse';
import { ask, listenForRetry, patientOf, type Retried } from './retry';

/** What one run hands to the next. */
export interface CollateralState {
  /** Height of the last reading. */
  readonly last: number | null;
  /** What each loan was told last and has not been told otherwise. */
  readonly told: Readonly<Record<string, string>>;
  /** What it asks for; absent or null while it reads every miner. */
  readonly needs?: string | null;
}

const ROUNDS_A_RUN = 200;

const chain = proxyActivities<ReturnType<typeof makeCollateralActivities>>({
  ...OPTIONS.chain,
  startToCloseTimeout: '30m',
  heartbeatTimeout: '2m',
  scheduleToCloseTimeout: '1h',
});
const ledger = proxyActivities<ReturnType<typeof makeAlertActivities>>(OPTIONS.ledger);

type Needs = readonly { readonly loanId: string; readonly sentence: string }[];

/** A loan that is over cannot be told, and need not. */
async function tell(loanId: string, sentence: string | null): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowIds.loan(loanId)).signal(collateralNeeds, sentence);
  } catch (error) {
    if (!(error instanceof TemporalFailure) || isCancellation(error)) throw error;
  }
}

/** Tells the loans whose need is another than they were told. */
async function tellLoans(told: Map<string, string>, needs: Needs): Promise<void> {
  const now = new Map(needs.map(({ loanId, sentence }) => [loanId, sentence]));
  for (const [loanId, sentence] of now) {
    if (told.get(loanId) === sentence) continue;
    told.set(loanId, sentence);
    await tell(loanId, sentence);
  }
  for (const loanId of [...told.keys()].filter((id) => !now.has(id))) {
    told.delete(loanId);
    await tell(loanId, null);
  }
}

async function acknowledged(told: Map<string, string>, request: AlertRequest) {
  const { actor, alertId, reason } = request;
  const summary = `Acknowledged by ${actor.role} ${actor.id}`;
  const input = { alertId, actor, reason };
  const done = ledger.acknowledgeAlert.executeWithOptions({ summary }, [input]);
  const { loanId, needs } = await passingRefusals(done);
  await tellLoans(told, needs);
  return { alertId, loanId };
}

function validate(request: AlertRequest): void {
  if (!mayDo(request.actor.role, 'alert:acknowledge')) refuse('not-allowed');
  requireReason(request);
}

const NAMED = 5;

function unreadSentence({ height, unread }: Awaited<ReturnType<typeof chain.readCollateral>>) {
  if (unread.length === 0) return null;
  const more = unread.length > NAMED ? ` and ${unread.length - NAMED} more` : '';
  return `At epoch ${height} the node could not show ${unread.slice(0, NAMED).join(', ')}${more}: what threatens their loans is not seen.`;
}

function listen(course: Retried): void {
  setHandler(standing, () => ({
    state: 'watching',
    waitingFor: 'the next reading',
    needsAction: course.needsAction,
  }));
  setHandler(look, () => {
    course.rung = true;
  });
  listenForRetry(course, { kind: 'collateral', id: workflowInfo().workflowId, state: () => 'watching' });
}

/**
 * Runs for ever: each round reads every miner that FIL is lent to, once the interval has passed, and hands each loan
 * what threatens it. Readings and alerts are in the database; a run that dies costs nothing.
 */
export async function collateral(state: CollateralState = { last: null, told: {} }): Promise<void> {
  const told = new Map(Object.entries(state.told));
  let { last } = state;
  const course: Retried = { needsAction: state.needs ?? null, rung: false };
  const goOn = (): Promise<never> =>
    continueAsNew<typeof collateral>({ last, told: Object.fromEntries(told), needs: course.needsAction });
  const { readCollateral } = persistent(chain, () => patientOf(course, 'Until it is read again', goOn));
  listen(course);
  setHandler(acknowledgeAlert, (request) => acknowledged(told, request), {
    validator: validate,
    description: 'A person of staff has seen an alert',
  });
  upsertSearchAttributes([{ key: SA.state, value: 'watching' }]);
  for (let round = 0; round < ROUNDS_A_RUN && !workflowInfo().continueAsNewSuggested; round += 1) {
    const now = course.rung;
    course.rung = false;
    const summary = 'Read every miner that FIL is lent to, at a finalised tipset';
    const seen = await readCollateral.executeWithOptions({ summary }, [{ last, now }]);
    if (seen.read) ask(course, unreadSentence(seen));
    // What could not be read is read again before the interval has passed.
    if (seen.read && course.needsAction === null) last = seen.height;
    await tellLoans(told, seen.needs);
    await condition(() => course.rung, seen.waitMs, { summary: 'Waiting for the next reading' });
  }
  await condition(allHandlersFinished);
  await goOn();
}

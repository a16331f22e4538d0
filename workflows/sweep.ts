import {
  allHandlersFinished,
  condition,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { SweepId, makeSweepActivities } from '../activities/sweep';
import type { AttoText } from '../domain/money';
import { SA, standing } from './handles';
import { OPTIONS } from './options';
import { listenForRetry, sendFollowed, type Retried } from './retry';

const ledger = proxyActivities<ReturnType<typeof makeSweepActivities>>(OPTIONS.ledger);

export interface SweepOutcome {
  readonly outcome: 'swept' | 'failed';
  readonly amount: AttoText;
}

/**
 * Sends what is at one address to the hot wallet, all but the gas headroom (an escrow address keeps its gas money
 * while its loan lives). A message that fails on chain moves nothing; the next arrival starts the next sweep.
 */
export async function sweep(id: SweepId): Promise<SweepOutcome> {
  const course: Retried = { needsAction: null, rung: false };
  let state = 'running';
  listenForRetry(course, { kind: 'sweep', id: `${id.address}/${id.n}`, state: () => state });
  setHandler(standing, () => ({
    state,
    waitingFor: state === 'running' ? 'its message to be final' : null,
    needsAction: course.needsAction,
  }));
  upsertSearchAttributes([{ key: SA.state, value: state }]);
  const draft = await ledger.draftSweep.executeWithOptions(
    { summary: 'Draft the message to the hot wallet' },
    [id],
  );
  const sent = await sendFollowed(course, draft);
  const ok = sent.outcome === 'final';
  const end = { ...id, ok, value: sent.value };
  await ledger.closeSweep.executeWithOptions({ summary: 'Note how the sweep ended' }, [end]);
  state = ok ? 'swept' : 'failed';
  upsertSearchAttributes([{ key: SA.state, value: state }]);
  await condition(allHandlersFinished);
  return { outcome: ok ? 'swept' : 'failed', amount: sent.value };
}

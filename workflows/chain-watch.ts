import {
  ParentClosePolicy,
  WorkflowIdReusePolicy,
  continueAsNew,
  proxyActivities,
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Followed, makeWatchActivities } from '../activities/watch';
import { SA, standing, workflowIds } from './handles';
import { OPTIONS } from './options';
import { deposit } from './deposit';
import { startSweep } from './sweep-start';

/** What one run hands to the next. */
export interface ChainWatchState {
  /** Deposit ids started lately: booking names a deposit until its workflow has opened it. */
  readonly started: readonly string[];
}

const ROUNDS_A_RUN = 200;
const REMEMBERED = 500;

const { followChain } = proxyActivities<ReturnType<typeof makeWatchActivities>>({
  ...OPTIONS.chain,
  startToCloseTimeout: '2m',
  // It asks a failing node again by itself; what ends a round in failure is soon tried anew.
  retry: { ...OPTIONS.chain.retry, maximumInterval: '5s' },
  summary: 'Follow the chain: see arrivals, book what is final, move the pool clock',
});

/**
 * Follows the chain for ever: each round walks new tipsets, books final ones and starts the workflow of each new
 * deposit. The place reached is in watch.cursor; a run that dies costs nothing.
 */
export async function chainWatch(state: ChainWatchState = { started: [] }): Promise<void> {
  let halted: string | null = null;
  let started = [...state.started];
  setHandler(standing, () => ({
    state: halted === null ? 'following' : 'halted',
    waitingFor: 'the next tipset',
    needsAction: halted,
  }));
  upsertSearchAttributes([{ key: SA.state, value: 'following' }]);
  for (let round = 0; round < ROUNDS_A_RUN && !workflowInfo().continueAsNewSuggested; round += 1) {
    const seen: Followed = await followChain({ started, halted: halted !== null });
    // Together: one after the other, each would cost a workflow task, and a crowd of arrivals would hold up the chain.
    await Promise.all([
      ...seen.deposits.map(startDeposit),
      ...seen.unswept.map(({ address, openedBy }) => startSweep(address, openedBy)),
    ]);
    started = [...started, ...seen.deposits.map(({ cid, index }) => `${cid}-${index}`)].slice(-REMEMBERED);
    if ((seen.halted === null) !== (halted === null)) showHalt(seen.halted);
    halted = seen.halted;
  }
  await continueAsNew<typeof chainWatch>({ started });
}

function showHalt(sentence: string | null): void {
  upsertSearchAttributes([
    { key: SA.state, value: sentence === null ? 'following' : 'halted' },
    { key: SA.needsAction, value: sentence !== null },
  ]);
}

async function startDeposit(found: { cid: string; index: number; customerId: string }): Promise<void> {
  try {
    await startChild(deposit, {
      workflowId: workflowIds.deposit(found.cid, found.index),
      args: [found],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
      staticSummary: 'A deposit: seen on chain, credited once it is final, then swept',
      typedSearchAttributes: [
        { key: SA.lifecycle, value: 'deposit' },
        { key: SA.customerRef, value: found.customerId },
      ],
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** A long life of the kind that loans lead: looks, waits, steps that fail first, states, now and then a signal. */
import { defineSignal, proxyActivities, setHandler, sleep, workflowInfo } from '@temporalio/workflow';

interface Steps {
  look(input: { readonly n: number }): Promise<{ readonly journalId: number }>;
  stumble(input: { readonly n: number }): Promise<void>;
}

const steps = proxyActivities<Steps>({
  taskQueue: 'bench',
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1ms', maximumInterval: '1ms' },
});

export const nudge = defineSignal('look');

/** The last task, and the events between its start and the end. */
const LAST = 4;
const EACH_SO_MANY = 25;

/** Lives until its history has this many events; every sentence is another one, so that nothing folds. */
export async function longLife(events: number): Promise<number> {
  setHandler(nudge, () => undefined);
  let n = 0;
  while (workflowInfo().historyLength < events - LAST) {
    n += 1;
    const step = n % EACH_SO_MANY === 0 ? steps.stumble : steps.look;
    await step.executeWithOptions({ summary: `Look at epoch ${n} and book what is final` }, [{ n }]);
    if (n % EACH_SO_MANY === 1) await sleep(1, { summary: `Until epoch ${n + 1} is final` });
  }
  return n;
}

import { continueAsNew, proxyActivities, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Copied, makeHistoryExportActivities } from '../activities/history-export';
import { SA } from './handles';
import { OPTIONS } from './options';

const { copyClosedRuns, patrolClosedRuns } = proxyActivities<ReturnType<typeof makeHistoryExportActivities>>({
  ...OPTIONS.batch,
});

const PAGES_A_RUN = 20;

/** What one run hands to the next when there is more to copy than one run does. */
export interface HistoryExportState {
  /** Close time to go on from, RFC 3339; null: from where the front stands. */
  readonly from: string | null;
}

export interface HistoryExported {
  readonly copied: number;
  readonly late: number;
}

const need = (pages: readonly Copied[]): boolean => pages.some(({ unreadable }) => unreadable.length > 0);

/**
 * One run of the Schedule `history-export`: copies the history of every run that closed into Postgres, page by page,
 * then one page of the patrol. Its own runs, closed too, are copied by the next.
 */
export async function historyExport(state: HistoryExportState = { from: null }): Promise<HistoryExported> {
  const { workflowId } = workflowInfo();
  upsertSearchAttributes([{ key: SA.state, value: 'copying' }]);
  const pages: Copied[] = [];
  let { from } = state;
  do {
    const page = await copyClosedRuns.executeWithOptions(
      { summary: 'Copy the histories of runs that closed' },
      [{ from, workflowId }],
    );
    pages.push(page);
    from = page.next;
  } while (from !== null && pages.length < PAGES_A_RUN);
  if (from !== null) {
    upsertSearchAttributes([{ key: SA.needsAction, value: need(pages) }]);
    return continueAsNew<typeof historyExport>({ from });
  }
  const patrol = await patrolClosedRuns.executeWithOptions(
    { summary: 'Look through older runs for what was listed late' },
    [{ from: null, workflowId }],
  );
  upsertSearchAttributes([
    { key: SA.state, value: 'copied' },
    { key: SA.needsAction, value: need([...pages, patrol]) },
  ]);
  return { copied: pages.reduce((sum, { copied }) => sum + copied, 0), late: patrol.copied };
}

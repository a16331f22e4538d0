/** Posting a correction of the books that two people agreed to. */
import type { Knex } from 'knex';
import { poolClock } from '../db/clock';
import { postingsOf, type CorrectionLine } from '../domain/correction';
import { post } from './post';
import { expectVanishes } from './read-correction';

/**
 * Posts what two people agreed to, where with it every difference of the newest run vanishes.
 * @returns the journal's id, or null where none was needed
 * @throws RefusalError break-remains, journal-invalid, amount-above-balance
 */
export async function postCorrection(
  trx: Knex.Transaction,
  lines: readonly CorrectionLine[],
  by: { readonly workflowId: string; readonly approvalId: string },
): Promise<number | null> {
  const { height } = await expectVanishes(trx, lines);
  if (lines.length === 0) return null;
  const { journalId } = await post(trx, {
    key: `${by.workflowId}/correction`,
    kind: 'correction',
    asset: 'FIL',
    postings: postingsOf(lines),
    effectiveEpoch: await poolClock(trx),
    executedEpoch: height,
    workflowId: by.workflowId,
    approvalId: by.approvalId,
  });
  return journalId;
}

/** A row of the comparison with other platforms: one enters it, another looks at its source and decides. */
import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { makeComparisonActivities } from '../activities/comparison';
import type { ComparisonRequest } from '../domain/comparison';
import { awaitApproval } from './approval';
import { SA, standing } from './handles';
import { OPTIONS } from './options';

export interface ComparisonOutcome {
  /** `impossible`: the row had changed since it was asked for; nothing was done. */
  readonly outcome: 'shown' | 'refused' | 'expired' | 'impossible';
  readonly version: number | null;
  /** The refusal's code where it was impossible. */
  readonly code: string | null;
}

const ledger = proxyActivities<ReturnType<typeof makeComparisonActivities>>(OPTIONS.ledger);

/** The code of an activity's refusal; anything else is thrown on. */
function codeIn(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (cause instanceof ApplicationFailure && cause.nonRetryable === true && typeof cause.type === 'string')
    return cause.type;
  throw error;
}

export async function comparison(request: ComparisonRequest): Promise<ComparisonOutcome> {
  const { row, basedOn, reason, actor } = request;
  const { workflowId } = workflowInfo();
  let state = 'asked';
  setHandler(standing, () => ({
    state,
    waitingFor: state === 'asked' ? 'a second person' : null,
    needsAction: null,
  }));
  const move = (next: string): void => {
    state = next;
    upsertSearchAttributes([{ key: SA.state, value: next }]);
  };
  const end = (
    outcome: ComparisonOutcome['outcome'],
    of: Partial<ComparisonOutcome> = {},
  ): ComparisonOutcome => {
    move(outcome);
    return { outcome, version: null, code: null, ...of };
  };
  move('asked');
  try {
    const looked = { summary: `Entered by ${actor.role} ${actor.id}: look at the row` };
    await ledger.checkComparison.executeWithOptions(looked, [request]);
    const approvalId = uuid4();
    const decision = await awaitApproval({
      id: approvalId,
      kind: 'comparison',
      subjectKind: 'comparison',
      subjectId: row.platform,
      workflowId,
      subject: { ...row, basedOn, reason },
      makerId: actor.id,
      summary: 'Ask somebody else whether source and figures agree',
    });
    if (decision !== 'accepted') return end(decision);
    const added = { summary: `Add version ${basedOn + 1} of the row` };
    const version = await ledger.addComparison.executeWithOptions(added, [{ request, approvalId }]);
    return end('shown', { version });
  } catch (error) {
    return end('impossible', { code: codeIn(error) });
  }
}

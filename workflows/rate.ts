import {
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { makeRateActivities, RateTexts } from '../activities/rate';
import { awaitApproval } from './approval';
import { SA, standing, type Actor } from './handles';
import { OPTIONS } from './options';
import { codeIn } from './refuse';

export interface RateInput extends RateTexts {
  readonly id: string;
  readonly poolId: string;
  /** The first epoch that they are for. */
  readonly fromEpoch: number;
  readonly reason: string;
  /** Who proposes; somebody else decides. */
  readonly actor: Actor;
}

export interface RateOutcome {
  /** `too-late`: accepted when the epoch had passed; `impossible`: nobody could lend so, or one waits already. */
  readonly outcome: 'accepted' | 'refused' | 'expired' | 'too-late' | 'impossible';
  readonly version: number | null;
  /** The refusal's code where it was impossible. */
  readonly code: string | null;
}

const ledger = proxyActivities<ReturnType<typeof makeRateActivities>>(OPTIONS.ledger);
const DAY_MS = 86_400_000;
const MONTH_MS = 30 * DAY_MS;

/** New rates of a pool from a coming epoch on: one proposes, another decides before that epoch is in the books. */
export async function rate(input: RateInput): Promise<RateOutcome> {
  const { actor, ...proposal } = input;
  const { workflowId } = workflowInfo();
  let state: string = 'proposed';
  const waitingFor = (): string | null => (state === 'proposed' ? 'the approval of somebody else' : null);
  setHandler(standing, () => ({ state, waitingFor: waitingFor(), needsAction: null }));
  const end = (
    outcome: RateOutcome['outcome'],
    version: number | null = null,
    code: string | null = null,
  ) => {
    state = outcome;
    upsertSearchAttributes([{ key: SA.state, value: outcome }]);
    return { outcome, version, code };
  };
  upsertSearchAttributes([{ key: SA.state, value: state }]);
  const proposed = { ...proposal, makerId: actor.id, workflowId };
  const summary = `Proposed by ${actor.role} ${actor.id}`;
  let msLeft: number;
  try {
    ({ msLeft } = await ledger.proposeRate.executeWithOptions({ summary }, [proposed]));
  } catch (error) {
    return end('impossible', null, codeIn(error));
  }
  const approvalId = uuid4();
  const remindAfterMs = Math.max(1000, Math.min(DAY_MS, Math.floor(msLeft / 2)));
  const { id, reason, ...values } = proposal;
  const decision = await awaitApproval({
    id: approvalId,
    kind: 'rate',
    subjectKind: 'rate',
    subjectId: id,
    workflowId,
    subject: { ...values, reason },
    makerId: actor.id,
    summary: 'Ask somebody else to decide on the rates',
    remindAfterMs,
    expireAfterMs: Math.min(MONTH_MS, Math.max(1000, msLeft - remindAfterMs)),
  });
  if (decision !== 'accepted') {
    const closing = { summary: `Close the proposal: ${decision}` };
    await ledger.closeRateProposal.executeWithOptions(closing, [{ id, state: decision }]);
    return end(decision);
  }
  const booking = { summary: 'Write the version down, unless its epoch has passed' };
  const booked = await ledger.bookRate.executeWithOptions(booking, [{ id, approvalId }]);
  return end(booked.state === 'accepted' ? 'accepted' : 'too-late', booked.version);
}

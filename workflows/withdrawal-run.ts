/** What a withdrawal's workflow knows between two steps, and what all of its stages do. */
import {
  condition,
  proxyActivities,
  upsertSearchAttributes,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import type { makePostActivities } from '../activities/mail-post';
import type { MailContent } from '../activities/mail-templates';
import type { makeWithdrawalActivities, WithdrawalStanding } from '../activities/withdrawal';
import type { makeWithdrawalChainActivities } from '../activities/withdrawal-chain';
import type { AttoText } from '../domain/money';
import { isOpen } from '../domain/withdrawal';
import { SA, workflowIds } from './handles';
import type { HelpAsked } from './help';
import type { message } from './message';
import { OPTIONS } from './options';
import { PATIENCE } from './persist';

export const ledger = proxyActivities<
  ReturnType<typeof makeWithdrawalActivities> & ReturnType<typeof makePostActivities>
>(OPTIONS.ledger);
/** Bounded, so that a person is asked. */
export const chain = proxyActivities<ReturnType<typeof makeWithdrawalChainActivities>>({
  ...OPTIONS.chain,
  scheduleToCloseTimeout: PATIENCE,
});

export interface WithdrawalInput {
  readonly withdrawalId: string;
  readonly customerId: string;
  /** Of the customer's list. */
  readonly addressId: string;
  readonly amount: AttoText;
  /** From the run before: it stands where the database says. */
  readonly resumed?: Pick<WithdrawalRun, 'sent' | 'round' | 'asked'>;
}

export interface WithdrawalRun {
  readonly input: WithdrawalInput;
  /** Null before the money was set aside, or it was refused. */
  now: WithdrawalStanding | null;
  needsAction: string | null;
  /** Rung by signals, by what people say, and by a cancellation. */
  rung: boolean;
  /** Messages drafted so far. */
  sent: number;
  /** Approvals asked for so far: a change of the policy voids one. */
  round: number;
  child: ChildWorkflowHandle<typeof message> | null;
  /** Help that was asked for and waits for a second person. */
  asked: HelpAsked | null;
}

export const idOf = ({ input }: WithdrawalRun): string => workflowIds.withdrawal(input.withdrawalId);

/** Not cancelled meanwhile, nor over otherwise. */
export const goesOn = ({ now }: WithdrawalRun): boolean => now !== null && isOpen(now.state);

/** Notes where it stands now. */
export function reached(run: WithdrawalRun, next: WithdrawalStanding): void {
  if (next.state !== run.now?.state) upsertSearchAttributes([{ key: SA.state, value: next.state }]);
  run.now = next;
}

/** Mails the customer, once a step. */
export async function tell(run: WithdrawalRun, step: string, content: MailContent): Promise<void> {
  const { customerId } = run.input;
  const mail = { to: 'customer', customerId, key: `${idOf(run)}/${step}`, ...content } as const;
  await ledger.postMail.executeWithOptions({ summary: `Mailed the customer: ${step}` }, [mail]);
}

/** Lets it go where what was accepted counts still; else it waits for people again, and the customer is told. */
export async function clear(run: WithdrawalRun, summary: string, approvalId: string | null): Promise<void> {
  const { withdrawalId, amount } = run.input;
  const cleared = await ledger.clearWithdrawal.executeWithOptions({ summary }, [
    { withdrawalId, approvalId },
  ]);
  reached(run, cleared);
  const { state, people } = cleared;
  if (state !== 'held') return;
  const anew = { template: 'withdrawal-judged-anew', data: { amount, people } } as const;
  await tell(run, `anew-${run.round}`, anew);
}

/** Says what it waits for, for the home screen; null when it needs nobody any more. */
export async function ask(run: WithdrawalRun, sentence: string | null): Promise<void> {
  if (run.needsAction === sentence) return;
  run.needsAction = sentence;
  upsertSearchAttributes([{ key: SA.needsAction, value: sentence !== null }]);
  const { withdrawalId } = run.input;
  const summary = sentence ?? 'No help is needed any more';
  await ledger.noteWithdrawalNeeds.executeWithOptions({ summary }, [{ withdrawalId, sentence }]);
}

/** Until something rings, or the time has passed. */
export async function pause(run: WithdrawalRun, ms: number, summary: string): Promise<void> {
  await condition(() => run.rung || !goesOn(run), ms, { summary });
  run.rung = false;
}

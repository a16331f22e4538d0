/** How a stranger becomes a customer: code mailed → email confirmed → profile → review by staff → account open. */
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  proxyActivities,
  setHandler,
  upsertSearchAttributes,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import type { makeAddressActivities } from '../activities/address';
import type { makeMailActivities } from '../activities/mail';
import type { makeLoginCodeActivities, makeOnboardingActivities } from '../activities/onboarding';
import { awaitApproval } from './approval';
import { SA, standing } from './handles';
import {
  confirmEmail,
  submitProfile,
  type OnboardingInput,
  type OnboardingState,
} from './handles-onboarding';
import { OPTIONS } from './options';

const ledger = proxyActivities<
  ReturnType<typeof makeOnboardingActivities> & ReturnType<typeof makeAddressActivities>
>(OPTIONS.ledger);
const mail = proxyActivities<
  ReturnType<typeof makeMailActivities> & ReturnType<typeof makeLoginCodeActivities>
>(OPTIONS.mail);

const DAY_MS = 86_400_000;
/** Until a reminder, and from it until the registration ends. */
const CONFIRM = { remindMs: DAY_MS, expireMs: 6 * DAY_MS, reminder: 'finish-registration' } as const;
const PROFILE = { remindMs: 3 * DAY_MS, expireMs: 27 * DAY_MS, reminder: 'profile-wanted' } as const;

const WAITING_FOR: Record<OnboardingState, string | null> = {
  registered: 'the customer, to confirm the email with the mailed code',
  verified: 'the customer, to tell who they are',
  in_review: 'staff, to decide on the account',
  open: null,
  refused: null,
  expired: null,
};

interface Progress {
  readonly customerId: string;
  state: OnboardingState;
  /** Which registration of this email it is: 1, or more after an expiry; part of the keys of mails. */
  round: number;
  /** Which code confirmed the email. */
  codeKey: string | null;
  profileId: string | null;
}

/**
 * Onboards one customer. Ends with the account open, refused, or expired; an expired customer may register again,
 * which runs it anew.
 */
export async function onboarding({ customerId }: OnboardingInput): Promise<{ state: OnboardingState }> {
  const progress: Progress = { customerId, state: 'registered', round: 1, codeKey: null, profileId: null };
  listen(progress);
  upsertSearchAttributes([
    { key: SA.lifecycle, value: 'onboarding' },
    { key: SA.state, value: 'registered' },
    { key: SA.customerRef, value: customerId },
  ]);
  await run(progress);
  await condition(allHandlersFinished);
  return { state: progress.state };
}

function listen(progress: Progress): void {
  const refuseUnless = (wanted: OnboardingState, what: string): void => {
    if (progress.state !== wanted) {
      throw ApplicationFailure.nonRetryable(
        `The onboarding is ${progress.state}; ${what} is too late.`,
        'wrong-state',
      );
    }
  };
  setHandler(standing, () => ({
    state: progress.state,
    waitingFor: WAITING_FOR[progress.state],
    needsAction: null,
  }));
  setHandler(
    confirmEmail,
    async ({ codeKey }: { readonly codeKey: string }) => {
      progress.codeKey ??= codeKey;
      await condition(() => progress.state !== 'registered');
      return { state: progress.state };
    },
    {
      validator: (input: { readonly codeKey: string }) => refuseUnless('registered', input.codeKey),
      description: 'The mailed code was right',
    },
  );
  setHandler(
    submitProfile,
    async ({ profileId }: { readonly profileId: string }) => {
      progress.profileId ??= profileId;
      await condition(() => progress.state !== 'verified');
      return { state: progress.state };
    },
    {
      validator: (input: { readonly profileId: string }) => refuseUnless('verified', input.profileId),
      description: 'The customer told who they are',
    },
  );
}

async function run(progress: Progress): Promise<void> {
  const { customerId } = progress;
  const { workflowId } = workflowInfo();
  const made = await ledger.adoptRegistration.executeWithOptions(
    { summary: 'Made the customer of the registration' },
    [{ customerId }],
  );
  if (made.state !== 'registered') {
    enter(progress, made.state);
    return;
  }
  progress.round = made.round;
  await mail.mailLoginCode.executeWithOptions({ summary: 'Made a one-time code and mailed it' }, [
    { customerId, key: `${workflowId}/code-${made.round}` },
  ]);
  if (!(await patiently(progress, () => progress.codeKey !== null, CONFIRM))) return expire(progress);
  await move(progress, 'verified', 'Noted that the email is confirmed');

  if (!(await patiently(progress, () => progress.profileId !== null, PROFILE))) return expire(progress);
  const profileId = progress.profileId ?? '';
  await ledger.adoptProfile.executeWithOptions({ summary: 'Took the profile and began the review' }, [
    { customerId, profileId },
  ]);
  enter(progress, 'in_review');
  await decide(progress, profileId);
}

async function decide(progress: Progress, profileId: string): Promise<void> {
  const { customerId } = progress;
  const decision = await awaitApproval({
    id: uuid4(),
    kind: 'onboarding',
    subjectKind: 'customer',
    subjectId: customerId,
    workflowId: workflowInfo().workflowId,
    subject: { customerId, profileId },
    makerId: null,
    summary: 'Asked staff to decide on the account',
  });
  if (decision === 'expired') return expire(progress);
  if (decision === 'refused') {
    await move(progress, 'refused', 'Refused the account');
    return tell(progress, 'account-refused', 'Told the customer');
  }
  await ledger.assignDepositAddress.executeWithOptions({ summary: 'Assigned a deposit address' }, [
    { customerId },
  ]);
  await move(progress, 'open', 'Opened the account');
  await tell(progress, 'account-open', 'Told the customer that the account is open');
}

function enter(progress: Progress, state: OnboardingState): void {
  progress.state = state;
  upsertSearchAttributes([{ key: SA.state, value: state }]);
}

async function move(progress: Progress, to: OnboardingState, summary: string): Promise<void> {
  const { customerId, state } = progress;
  await ledger.moveCustomer.executeWithOptions({ summary }, [{ customerId, from: state, to }]);
  enter(progress, to);
}

async function tell(
  progress: Progress,
  template: 'finish-registration' | 'profile-wanted' | 'account-open' | 'account-refused' | 'account-expired',
  summary: string,
): Promise<void> {
  const { customerId, round } = progress;
  const key = `${workflowInfo().workflowId}/${template}-${round}`;
  await mail.sendMail.executeWithOptions({ summary }, [{ customerId, template, data: {}, key }]);
}

/** Waits, reminds once, waits on. */
async function patiently(
  progress: Progress,
  happened: () => boolean,
  times: typeof CONFIRM | typeof PROFILE,
): Promise<boolean> {
  const first = { summary: 'Waiting for the customer; then a reminder' };
  if (await condition(happened, times.remindMs, first)) return true;
  await tell(progress, times.reminder, 'Reminded the customer');
  return condition(happened, times.expireMs, {
    summary: 'Waiting for the customer; then the registration ends',
  });
}

async function expire(progress: Progress): Promise<void> {
  await move(progress, 'expired', 'Ended the registration: nothing came in time');
  await tell(progress, 'account-expired', 'Told the customer that the registration has ended');
}

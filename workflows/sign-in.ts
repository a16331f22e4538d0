import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { makeLoginCodeActivities } from '../activities/onboarding';
import type { SignInInput } from './handles-onboarding';
import { OPTIONS } from './options';

const mail = proxyActivities<ReturnType<typeof makeLoginCodeActivities>>({
  ...OPTIONS.mail,
  // Later the person has asked again or gone: an old code would only void a newer one.
  scheduleToCloseTimeout: '10m',
});

/** Mails a one-time code to somebody who asks to sign in; to nobody where the customer is unknown. */
export async function signIn(input: SignInInput): Promise<void> {
  const key = `${workflowInfo().workflowId}/code`;
  await mail.mailLoginCode.executeWithOptions({ summary: 'Made a one-time code and mailed it' }, [
    { customerId: input.customerId, key },
  ]);
}

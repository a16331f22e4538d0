/** What may be said to an onboarding. Free of side effects: the API imports it too. */
import { defineUpdate } from '@temporalio/workflow';

export interface OnboardingInput {
  readonly customerId: string;
}

export type OnboardingState = 'registered' | 'verified' | 'in_review' | 'open' | 'refused' | 'expired';

/** The API checked an emailed code, known by its key. Update id: that key. */
export const confirmEmail = defineUpdate<{ state: OnboardingState }, [{ readonly codeKey: string }]>(
  'confirmEmail',
);

/** A sealed profile is in the database under this id. Update id: that id. */
export const submitProfile = defineUpdate<{ state: OnboardingState }, [{ readonly profileId: string }]>(
  'submitProfile',
);

export interface SignInInput {
  readonly customerId: string;
}

export const signInWorkflowId = (id: string): string => `sign-in/${id}`;

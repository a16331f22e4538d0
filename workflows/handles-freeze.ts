/** What may be said to a freeze's workflow. Free of side effects: the API imports it too. */
import { defineUpdate } from '@temporalio/workflow';
import type { HelpRequest } from './handles';

export interface LiftAsked {
  readonly state: string;
  /** The approval in which another person decides. */
  readonly approvalId: string;
}

/** One person asks that it be lifted; another decides. */
export const liftFreeze = defineUpdate<LiftAsked, [HelpRequest]>('liftFreeze');

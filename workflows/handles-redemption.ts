/** What may be said to a redemption's workflow. Free of side effects: the API imports it too. */
import { defineUpdate } from '@temporalio/workflow';
import type { HelpRequest } from './handles';

/** Gives up what still waits; what was paid stays paid. */
export const giveUpRedemption = defineUpdate<{ state: string }, [HelpRequest]>('giveUpRedemption');

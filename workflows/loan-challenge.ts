/** The challenge that precedes a loan: a text for the miner's owner to sign, kept so that it is used once. */
import { proxyActivities } from '@temporalio/workflow';
import type { makeLoanApplicationActivities } from '../activities/loan-application';
import type { Challenge, ChallengeInput } from './handles-loan';
import { OPTIONS } from './options';

const { issueOwnerChallenge } = proxyActivities<ReturnType<typeof makeLoanApplicationActivities>>(
  OPTIONS.chain,
);

/** Answers the challenge; the same id again answers the same. */
export async function ownerChallenge(input: ChallengeInput): Promise<Challenge> {
  return issueOwnerChallenge.executeWithOptions({ summary: 'Make the text that the owner signs' }, [input]);
}

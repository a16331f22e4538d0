/** The challenge that precedes a loan: a text for the miner's owner to sign, kept so that it is used once. */
import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import type { makeLoanApplicationActivities } from '../activities/loan-application';
import { REFUSALS, refuse, type Refusal, type RefusalCode } from '../domain/refusal';
import type { Challenge, ChallengeInput } from './handles-loan';
import { OPTIONS } from './options';

const { issueOwnerChallenge } = proxyActivities<ReturnType<typeof makeLoanApplicationActivities>>(
  OPTIONS.chain,
);

function isCode(type: string): type is RefusalCode {
  return type in REFUSALS;
}

/** Answers the challenge, or why there is none; the same id again answers the same. */
export async function ownerChallenge(input: ChallengeInput): Promise<Challenge | Refusal> {
  try {
    return await issueOwnerChallenge.executeWithOptions({ summary: 'Make the text that the owner signs' }, [
      input,
    ]);
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    const code = cause instanceof ApplicationFailure ? (cause.type ?? '') : '';
    if (isCode(code)) return refuse(code, cause?.message);
    throw error;
  }
}

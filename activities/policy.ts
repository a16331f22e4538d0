/** New values of a policy, task queue `ledger`. */
import type { Knex } from 'knex';
import { bookPolicy, expectPolicyProposable, type PolicyProposal } from '../db/policy-proposal';
import { refusing } from './refusal';

export function makePolicyActivities({ knex }: { readonly knex: Knex }) {
  return {
    /** Judges what is proposed. @returns the version that it would follow */
    judgePolicy: refusing(
      async (input: PolicyProposal & { readonly workflowId: string }): Promise<{ follows: number }> => ({
        follows: (await expectPolicyProposable(knex, input, input.workflowId)).version,
      }),
    ),

    /** Accepted by somebody else: in force from now on. */
    bookPolicy: refusing((input: { readonly approvalId: string }) =>
      knex.transaction((trx) => bookPolicy(trx, input.approvalId)),
    ),
  };
}

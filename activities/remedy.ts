/** Letting go on what was stopped for a person, task queue `ledger`; a sender's nonces are the signer's matter. */
import type { Knex } from 'knex';
import { expectNotAsked, remedyFacts, resolveFinding, type RemedyFacts } from '../db/remedy';
import type { RemedyRequest } from '../domain/remedy';
import { workflowIds } from '../workflows/handles';
import { refusing } from './refusal';

export function makeRemedyActivities({ knex }: { readonly knex: Knex }) {
  return {
    /** What the checker sees beside the reason; refused where it is not possible, or asked for already. */
    describeRemedy: refusing(async ({ id, kind, subjectId }: RemedyRequest): Promise<RemedyFacts> => {
      const facts = await remedyFacts(knex, kind, subjectId);
      await expectNotAsked(knex, kind, subjectId, workflowIds.remedy(id));
      return facts;
    }),

    /** Accepted: the finding is dealt with. */
    resolveFinding: refusing((input: { readonly findingId: string; readonly approvalId: string }) =>
      knex.transaction((trx) => resolveFinding(trx, input.findingId, input.approvalId)),
    ),
  };
}

/** Rows of the comparison with other platforms, task queue `ledger`. */
import type { Knex } from 'knex';
import { addComparison, expectChange } from '../db/comparison';
import type { ComparisonRequest } from '../domain/comparison';
import { refusing } from './refusal';

export function makeComparisonActivities({ knex }: { readonly knex: Knex }) {
  return {
    /** Looks at the row before anybody is asked to decide on it. */
    checkComparison: refusing((request: ComparisonRequest): Promise<void> => expectChange(knex, request)),

    /** Accepted: the row's next version. */
    addComparison: refusing(
      ({ request, approvalId }: { readonly request: ComparisonRequest; readonly approvalId: string }) =>
        knex.transaction((trx) => addComparison(trx, request, approvalId)),
    ),
  };
}

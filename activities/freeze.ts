/** Freezing and lifting, task queue `ledger`; each is one transaction and, done twice, done once. */
import type { Knex } from 'knex';
import { liftFreeze, setFreeze } from '../db/freeze';
import type { FreezeRequested } from '../domain/freeze';
import { refusing } from './refusal';

export function makeFreezeActivities({ knex }: { readonly knex: Knex }) {
  return {
    /** In force when it returns. Refusals: 'already-frozen'. */
    setFreeze: refusing((asked: FreezeRequested, workflowId: string) =>
      knex.transaction((trx) => setFreeze(trx, asked, workflowId)),
    ),

    /** Two people agreed: it is over, and what waited for it is told to look again. */
    liftFreeze: refusing((input: { readonly id: string; readonly approvalId: string }) =>
      knex.transaction((trx) => liftFreeze(trx, input.id, input.approvalId)),
    ),
  };
}

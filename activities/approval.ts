/** Approvals, task queue `ledger`. The rules are in db/approval.ts and in the triggers below it. */
import type { Knex } from 'knex';
import {
  closeApproval,
  noteReminder,
  openApproval,
  recordDecision,
  type DecisionInput,
  type NewApproval,
} from '../db/approval';
import { refusing } from './refusal';

export function makeApprovalActivities({ knex }: { readonly knex: Knex }) {
  return {
    /** Opens the approval; the checker must name the hash of what they saw. */
    requestApproval: refusing((approval: NewApproval) =>
      knex.transaction((trx) => openApproval(trx, approval)),
    ),

    /** Refused by the database too when the maker decides, when it is closed, or when the subject changed. */
    recordDecision: refusing((decision: DecisionInput) =>
      knex.transaction((trx) => recordDecision(trx, decision)),
    ),

    /** Closes what still waits; a decision that came first stands and is answered. */
    expireApproval: refusing((input: { id: string; state: 'expired' | 'cancelled' }) =>
      knex.transaction((trx) => closeApproval(trx, input.id, input.state)),
    ),

    noteApprovalReminder: (input: { id: string }): Promise<void> =>
      knex.transaction((trx) => noteReminder(trx, input.id)),
  };
}

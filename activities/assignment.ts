/** Suspense becomes a customer's, task queue `ledger`; each step one transaction, done twice done once. */
import type { Knex } from 'knex';
import { askAssignment, closeAssignment, lockAssignment, type SuspenseFacts } from '../db/assignment';
import { poolClock } from '../db/clock';
import type { AssignmentRequest } from '../domain/assignment';
import { attoFrom, attoText, type AttoText } from '../domain/money';
import { credit, debit } from '../domain/posting';
import { RefusalError } from '../domain/refusal';
import { post } from '../ledger/post';
import { refusing } from './refusal';

interface Agreed {
  readonly id: string;
  readonly approvalId: string;
}

async function assign(trx: Knex.Transaction, { id, approvalId }: Agreed): Promise<{ amount: AttoText }> {
  const row = await lockAssignment(trx, id);
  const amount = attoFrom(row.amount);
  if (row.state === 'assigned') return { amount: attoText(amount) };
  if (row.state !== 'asked') throw new RefusalError('wrong-state', `The assignment is ${row.state}.`);
  const { journalId } = await post(trx, {
    key: `${row.workflow_id}/assigned`,
    kind: 'assignment',
    asset: 'FIL',
    postings: [
      debit('suspense.unidentified', '', amount),
      credit('customer.available', row.customer_id, amount),
    ],
    effectiveEpoch: await poolClock(trx),
    workflowId: row.workflow_id,
    approvalId,
  });
  await closeAssignment(trx, id, { state: 'assigned', approvalId, journalId });
  return { amount: attoText(amount) };
}

export function makeAssignmentActivities({ knex }: { readonly knex: Knex }) {
  return {
    /** Writes down what is asked for, and what the checker sees. Refused: not in suspense, asked for or assigned before. */
    askAssignment: refusing(
      (input: {
        readonly asked: AssignmentRequest;
        readonly actorId: string;
        readonly workflowId: string;
      }): Promise<SuspenseFacts> => knex.transaction((trx) => askAssignment(trx, input.asked, input)),
    ),

    /** Accepted: suspense → the customer, once. Refused where suspense does not hold it any more. */
    assignSuspense: refusing((input: Agreed) => knex.transaction((trx) => assign(trx, input))),

    endAssignment: (input: {
      readonly id: string;
      readonly state: 'refused' | 'expired' | 'impossible';
    }): Promise<void> => knex.transaction((trx) => closeAssignment(trx, input.id, input)),
  };
}

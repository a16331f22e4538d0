/** FIL of nobody that becomes a customer's: who asked for it, and how it ended. Triggers hold that two people agreed. */
import type { Knex } from 'knex';
import type { AssignmentRequest } from '../domain/assignment';
import { attoFrom, attoText, type AttoText } from '../domain/money';
import { RefusalError } from '../domain/refusal';

export type AssignmentState = 'asked' | 'assigned' | 'refused' | 'expired' | 'impossible';

export interface AssignmentRow {
  readonly id: string;
  readonly cid: string;
  readonly idx: number;
  readonly customer_id: string;
  readonly amount: string;
  readonly reason: string;
  readonly asked_by: string;
  readonly workflow_id: string;
  readonly state: AssignmentState;
  readonly approval_id: string | null;
  readonly journal_id: number | null;
}

/** What an arrival in suspense is, for who asks and who decides. */
export interface SuspenseFacts {
  readonly cid: string;
  readonly index: number;
  readonly amount: AttoText;
  readonly from: string;
  readonly to: string;
}

interface TransferRow {
  readonly cid: string;
  readonly idx: number;
  readonly value: string;
  readonly from_address: string;
  readonly to_address: string;
  readonly booked_as: string | null;
}

/**
 * Whether the arrival may be assigned to the customer.
 * @param id of the asking itself, which does not stand against itself
 * @throws RefusalError not-found, wrong-state (not in suspense), assignment-asked, assigned-already
 */
export async function expectAssignable(db: Knex, asked: AssignmentRequest): Promise<SuspenseFacts> {
  const { id, cid, index, customerId } = asked;
  const row = await db<TransferRow>('watch.transfer').where({ cid, idx: index }).first();
  if (row === undefined) throw new RefusalError('not-found', 'There is no such arrival.');
  if (row.booked_as !== 'suspense') throw new RefusalError('wrong-state', 'It does not lie in suspense.');
  const customer: unknown = await db('customer').where({ id: customerId, state: 'open' }).first('id');
  if (customer === undefined)
    throw new RefusalError('not-found', 'There is no such customer with an open account.');
  const other = await db<AssignmentRow>('assignment')
    .where({ cid, idx: index })
    .whereIn('state', ['asked', 'assigned'])
    .whereNot({ id })
    .first('state');
  if (other?.state === 'assigned') throw new RefusalError('assigned-already');
  if (other !== undefined) throw new RefusalError('assignment-asked');
  return {
    cid,
    index,
    amount: attoText(attoFrom(row.value)),
    from: row.from_address,
    to: row.to_address,
  };
}

/** The assignment under its lock. */
export async function lockAssignment(trx: Knex.Transaction, id: string): Promise<AssignmentRow> {
  const row = await trx<AssignmentRow>('assignment').where({ id }).forUpdate().first();
  if (row === undefined) throw new RefusalError('not-found', `There is no assignment ${id}.`);
  return row;
}

/** Writes down what is asked for; the same again changes nothing. @throws as `expectAssignable` */
export async function askAssignment(
  trx: Knex.Transaction,
  asked: AssignmentRequest,
  by: { readonly actorId: string; readonly workflowId: string },
): Promise<SuspenseFacts> {
  // The transfer's lock: of two that ask at once, the second sees the first.
  await trx('watch.transfer').where({ cid: asked.cid, idx: asked.index }).forUpdate().first('cid');
  const facts = await expectAssignable(trx, asked);
  await trx('assignment')
    .insert({
      id: asked.id,
      cid: asked.cid,
      idx: asked.index,
      customer_id: asked.customerId,
      amount: facts.amount,
      reason: asked.reason,
      asked_by: by.actorId,
      workflow_id: by.workflowId,
    })
    .onConflict('id')
    .ignore();
  return facts;
}

/** How it ended; an end that came first stands. */
export async function closeAssignment(
  trx: Knex.Transaction,
  id: string,
  end:
    | { readonly state: 'assigned'; readonly approvalId: string; readonly journalId: number }
    | { readonly state: 'refused' | 'expired' | 'impossible' },
): Promise<void> {
  const booked = end.state === 'assigned' ? { approval_id: end.approvalId, journal_id: end.journalId } : {};
  await trx('assignment')
    .where({ id, state: 'asked' })
    .update({ state: end.state, closed_at: trx.fn.now(), ...booked });
}

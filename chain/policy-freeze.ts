/** What the signer demands first: that nothing which the message belongs to is frozen. */
import type { Knex } from 'knex';
import type { StoredMessage } from '../db/message';
import { frozenWhat, STOPS, type FreezeScope } from '../domain/freeze';
import { RefusalError } from '../domain/refusal';

/**
 * Refuses a message of a kind that is frozen. Until the transaction ends no freeze is written: one that commits finds
 * this signature made, or it is refused. The database refuses the attempt once more (migration 0034).
 * @throws RefusalError payouts-frozen, lending-frozen, customer-frozen
 */
export async function checkFrozen(
  trx: Knex.Transaction,
  { kind, subjectKind, subjectId }: Pick<StoredMessage, 'kind' | 'subjectKind' | 'subjectId'>,
): Promise<void> {
  const { rows } = await trx.raw<{
    rows: readonly { scope: FreezeScope; customer_id: string | null; reason: string }[];
  }>('SELECT scope, customer_id, reason FROM freeze_over(?, ?, ?)', [kind, subjectKind, subjectId]);
  const [freeze] = rows;
  if (freeze === undefined) return;
  const { scope, customer_id: customerId, reason } = freeze;
  const what = `${frozenWhat(scope, customerId)}: “${reason}”.`;
  throw new RefusalError(STOPS[scope].code, `${what} It is signed once two people have lifted that.`);
}

/** What the signer demands before FIL goes to the cold address: the approval, the amount, and the address it was told itself. */
import type { Knex } from 'knex';
import type { StoredMessage } from '../db/message';
import { owedOf, type CustodyTransferRow } from '../db/custody';
import { HOT, addressOf } from '../db/address';
import type { Address } from '../domain/address';
import { formatCoins, type Atto } from '../domain/money';
import { RefusalError } from '../domain/refusal';
import { bound } from './outbox';

export interface ColdSight {
  /** From the signer's own configuration: no row of the database can name another. */
  readonly coldAddress: Address | null;
  /** The hot wallet at the head. */
  readonly actor: { readonly balance: bigint; readonly nonce: number };
}

/** @throws RefusalError approval-missing, funds-short (what is owed would not be there any more) */
export async function checkToCold(
  trx: Knex.Transaction,
  message: StoredMessage,
  { coldAddress, actor }: ColdSight,
): Promise<void> {
  if (message.kind !== 'to-cold') return;
  const fault = await faultOf(trx, message, coldAddress);
  if (fault !== null) throw new RefusalError('approval-missing', fault);
  const left = actor.balance - (await bound(trx, message.from, actor.nonce)) - (message.value ?? 0n);
  const owed: Atto = await owedOf(trx);
  if (left >= owed) return;
  const short = `it would leave ${formatCoins(left)} FIL, ${formatCoins(owed)} FIL is owed`;
  throw new RefusalError('funds-short', `Nothing goes to the cold address now: ${short}.`);
}

async function faultOf(
  trx: Knex.Transaction,
  message: StoredMessage,
  coldAddress: Address | null,
): Promise<string | null> {
  if (coldAddress === null) return 'The signer was told no cold address.';
  if (message.to !== coldAddress) return 'It pays another address than the cold one of the signer.';
  if (message.from !== (await addressOf(trx, HOT))) return 'It is not sent from the hot wallet.';
  const row =
    message.subjectKind === 'custody'
      ? await trx<CustodyTransferRow>('custody_transfer')
          .where({ n: Number(message.subjectId) })
          .first()
      : undefined;
  if (row?.direction !== 'to-cold' || row.state !== 'approved') return 'No such transfer is approved.';
  if (message.everything || message.value?.toString() !== row.amount) return 'It is another amount.';
  if (row.approval_id !== message.approvalId) return 'Another approval was given for it.';
  return approvalFault(trx, message, row);
}

async function approvalFault(
  trx: Knex.Transaction,
  message: StoredMessage,
  row: CustodyTransferRow,
): Promise<string | null> {
  const approval = await trx('approval')
    .where({ id: row.approval_id, kind: 'to-cold', state: 'accepted', subject_id: message.subjectId })
    .first<{ subject: { readonly amount?: unknown; readonly to?: unknown } } | undefined>('subject');
  if (approval?.subject.amount !== row.amount || approval.subject.to !== message.to)
    return 'Approved was another amount or address.';
  return null;
}
